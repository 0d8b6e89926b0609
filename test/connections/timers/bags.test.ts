import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntryStore } from '../../../src/connections/entries/entry-store.js';
import { PLACE } from '../../../src/connections/entries/record.js';
import { Bags } from '../../../src/connections/timers/bags.js';

const SLOTS = 4;

/** A few bags, and what they should have. */
class Pair {
  readonly store = new EntryStore();
  readonly bags = new Bags(this.store);
  readonly model: number[][] = Array.from({ length: SLOTS }, () => []);

  add(wheelSlot: number): void {
    const entries = this.model[wheelSlot];
    const slot = this.store.allocate(4);
    expect(this.bags.add(wheelSlot, slot)).toBe(entries.length === 0);
    entries.push(slot);
  }

  take(wheelSlot: number): void {
    const entries = this.model[wheelSlot];
    if (entries.length === 0) return;
    const slot = this.bags.take(wheelSlot);
    expect(entries).toContain(slot);
    entries.splice(entries.indexOf(slot), 1);
    this.store.release(slot);
    expect(this.bags.isEmpty(wheelSlot)).toBe(entries.length === 0);
  }

  remove(wheelSlot: number, which: number): void {
    const entries = this.model[wheelSlot];
    if (entries.length === 0) return;
    const [slot] = entries.splice(which % entries.length, 1);
    const place = this.store.recordsOf(slot)[this.store.offsetOf(slot) + PLACE];
    expect(this.bags.remove(place)).toBe(entries.length === 0 ? wheelSlot : -1);
    this.store.release(slot);
  }
}

describe('the bags of a wheel', () => {
  it('have the entries that were added to each and not taken out, whatever the order', () => {
    const steps = fc.array(
      fc.record({
        // Several at a time, so that bags have more than a line.
        adds: fc.nat(20),
        takes: fc.nat(3),
        removes: fc.array(fc.nat(), { maxLength: 20 }),
        wheelSlot: fc.nat(SLOTS - 1),
      }),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(steps, (list) => {
        const pair = new Pair();
        for (const { adds, takes, removes, wheelSlot } of list) {
          for (let i = 0; i < adds; i++) pair.add(wheelSlot);
          for (const which of removes) pair.remove(wheelSlot, which);
          for (let i = 0; i < takes; i++) pair.take(wheelSlot);
        }
        for (let wheelSlot = 0; wheelSlot < SLOTS; wheelSlot++) {
          while (pair.model[wheelSlot].length > 0) pair.take(wheelSlot);
        }
      }),
    );
  });

  it('give back the entry that was added last', () => {
    const pair = new Pair();
    for (let i = 0; i < 50; i++) pair.add(1);
    const taken = Array.from({ length: 50 }, () => pair.bags.take(1));
    expect(taken).toEqual(pair.model[1].toReversed());
  });

  it('take no more memory each time they are filled and emptied', () => {
    const pair = new Pair();
    const sizes = Array.from({ length: 3 }, () => {
      for (let wheelSlot = 0; wheelSlot < SLOTS; wheelSlot++) {
        for (let i = 0; i < 100; i++) pair.add(wheelSlot);
      }
      for (let wheelSlot = 0; wheelSlot < SLOTS; wheelSlot++) {
        for (let i = 0; i < 50; i++) pair.remove(wheelSlot, 7 * i);
        for (let i = 0; i < 50; i++) pair.take(wheelSlot);
      }
      return pair.bags.bytes;
    });
    expect(new Set(sizes).size).toBe(1);
  });
});
