import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectionTable } from '../../src/connections/connection-table.js';
import { clientKey, oneServer } from './support/fixtures.js';

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
    expect(table.isLive(slot)).toBe(true);
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
