import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EntryStore } from '../../../src/connections/entries/entry-store.js';
import { TIMER_NEXT } from '../../../src/connections/entries/record.js';
import { ReadAhead } from '../../../src/connections/timers/read-ahead.js';
import { LEVEL0, WHEEL_SLOTS } from '../../../src/connections/timers/wheel-slots.js';

const LISTS = 8;
const WORDS = 16;

/** Lists of entries by millisecond, with a store that notes which entries are read. */
function listsFrom(start: number, lengths: readonly number[], slots: number) {
  const records = new Int32Array(WORDS * 1000);
  const heads = new Int32Array(WHEEL_SLOTS);
  const reads: number[] = [];
  const store = {
    slots,
    recordsOf: (): Int32Array => records,
    offsetOf: (slot: number): number => {
      reads.push(slot);
      return slot * WORDS;
    },
  } as unknown as EntryStore;
  let slot = 0;
  const lists = lengths.map((length, ms) => {
    const entries = Array.from({ length }, () => slot++);
    heads[(start + ms) & (LEVEL0 - 1)] = length === 0 ? 0 : entries[0] + 1;
    entries.forEach((entry, i) => {
      records[entry * WORDS + TIMER_NEXT] = entries[i + 1] ?? -1;
    });
    return entries;
  });
  return { ahead: new ReadAhead(store, heads), lists, reads, records };
}

const starts = fc.constantFrom(0, 5, LEVEL0 - 3, 2 ** 40 - 2);
const lengths = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 20, maxLength: 20 });

describe('the timers of the next milliseconds', () => {
  it('are read a step of each list per eight timers, whatever the steps of time', () => {
    fc.assert(
      fc.property(starts, lengths, fc.integer({ min: 1, max: 11 }), (start, list, ms) => {
        const { ahead, lists, reads } = listsFrom(start, list, 0x10000);
        ahead.moveTo(start - 20, start);
        ahead.moveTo(start, start + ms);
        for (let steps = 1; steps <= 3; steps++) {
          for (let timers = 0; timers < 7; timers++) ahead.timerTaken();
          const before = reads.length;
          ahead.timerTaken();
          const coming = lists.slice(ms + 1, ms + 1 + LISTS);
          const expected = coming.flatMap((entries) => entries.slice(steps - 1, steps));
          expect(reads.slice(before).toSorted((a, b) => a - b)).toEqual(expected);
        }
      }),
    );
  });

  it('are not read where a record tells of no entry any more', () => {
    const { ahead, reads, records } = listsFrom(1, [2], 0x10000);
    ahead.moveTo(-20, 0);
    for (const ticket of [0x10000, -1, 0x7fffffff, 1 << 31]) {
      records[TIMER_NEXT] = ticket;
      for (let timers = 0; timers < 16; timers++) ahead.timerTaken();
      expect(reads).toEqual([0]);
    }
  });

  it('are not read ahead in a table that the caches hold', () => {
    const { ahead, reads } = listsFrom(1, [2, 2, 2], 0xffff);
    ahead.moveTo(-20, 0);
    for (let timers = 0; timers < 16; timers++) ahead.timerTaken();
    expect(reads).toEqual([]);
  });
});
