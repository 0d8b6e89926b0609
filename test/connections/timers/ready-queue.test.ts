import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectionTable } from '../../../src/connections/connection-table.js';
import { ReadyQueue } from '../../../src/connections/timers/ready-queue.js';
import { clientKey, oneServer } from '../support/fixtures.js';
import { partsOf } from '../support/parts.js';

const DUE_MS = 3000;
const ENTRIES = 12;

/** A table whose entries are all due at the same moment and have been collected, but not run. */
function collected(): { table: ConnectionTable; slots: number[] } {
  const table = new ConnectionTable({ seed: 7 });
  const server = oneServer();
  const slots = Array.from({ length: ENTRIES }, (_, n) =>
    table.insert(clientKey(n), 0, server, 80),
  );
  expect(table.advance(DUE_MS + 1, ENTRIES)).toBe(false);
  expect(table.size).toBe(ENTRIES);
  return { table, slots };
}

describe('the ready queue', () => {
  it('come out in order, however they were put in and taken out in between', () => {
    const timer = fc.record({ timeout: fc.constantFrom(0, 1, 0x9000_0000), pops: fc.nat(2) });
    fc.assert(
      fc.property(fc.array(timer, { size: 'large' }), fc.boolean(), (list, falling) => {
        const due = new ReadyQueue();
        const model: { slot: number; ticket: number; timeout: number; armed: number }[] = [];
        list.forEach(({ timeout, pops }, i) => {
          // Numbers that run over, and mostly fall, as they do when a list is gone through from its newest entry.
          const armed = (0x7fff_fff0 + (falling && i % 7 !== 0 ? -i : i)) | 0;
          model.push({ slot: i, ticket: due.push(i, timeout, armed), timeout, armed });
          model.sort((a, b) => a.timeout - b.timeout || (b.armed - a.armed) | 0);
          for (let n = Math.min(pops, model.length); n > 0; n--) {
            const next = model.shift();
            expect(due.pop()).toBe(next?.slot);
            expect(due.ticket).toBe(next?.ticket);
          }
          expect(due.size).toBe(model.length);
        });
        for (const { slot, ticket } of model) {
          expect(due.pop()).toBe(slot);
          expect(due.ticket).toBe(ticket);
        }
      }),
    );
  });
});

describe('an entry that is removed when its timer is due', () => {
  it('is not run any more, in whatever order entries are removed', () => {
    const orders = fc.shuffledSubarray(Array.from({ length: ENTRIES }, (_, n) => n));
    fc.assert(
      fc.property(orders, (order) => {
        const { table, slots } = collected();
        for (const n of order) table.remove(slots[n]);
        const run: number[] = [];
        table.observer = { connectionRemoved: (slot) => run.push(slot) };
        table.advance(DUE_MS + 1);
        expect(run.length).toBe(ENTRIES - order.length);
        expect(table.size).toBe(0);
      }),
    );
  });

  it('does not end the entry that has its slot now, which runs when it is due itself', () => {
    const { table, slots } = collected();
    table.remove(slots[0]);
    const slot = table.insert(clientKey(100), DUE_MS, oneServer(), 80);
    expect(slot).toBe(slots[0]);
    table.advance(DUE_MS + 1);
    expect(table.size).toBe(1);
    expect(partsOf(table).entries.isLive(slot)).toBe(true);
    table.advance(2 * DUE_MS + 1);
    expect(table.size).toBe(0);
  });

  it('does not bring the entry that has its slot now before others', () => {
    const { table, slots } = collected();
    // Of timers due together the one with the longer timeout runs last.
    table.remove(slots[ENTRIES - 1]);
    const slot = table.insert(clientKey(100), DUE_MS, oneServer(), 80);
    expect(slot).toBe(slots[ENTRIES - 1]);
    table.setTimeout(slot, 0);
    table.touch(slot, DUE_MS);
    table.setTimeout(slot, 2 * DUE_MS);
    const run: number[] = [];
    table.observer = { connectionRemoved: (removed) => run.push(removed) };
    table.advance(DUE_MS + 1);
    expect(run.length).toBe(ENTRIES);
    expect(run.at(-1)).toBe(slot);
  });
});

it('runs timers at once whose moment has passed already', () => {
  const table = new ConnectionTable();
  const server = oneServer();
  table.insert(clientKey(1), 0, server, 80, 0, 0, { state: 0, active: false, timeoutMs: 900_000 });
  table.advance(100_000);
  // A clock that went back.
  const late = table.insert(clientKey(2), 50_000, server, 80);
  expect(table.advance(100_001, 10)).toBe(true);
  expect([partsOf(table).entries.isLive(late), table.size]).toEqual([false, 1]);
});
