/** The memory that a table counts is that of its arrays, all of them. */
import { describe, expect, it } from 'vitest';
import { ConnectionKey } from '../../src/connections/entries/connection-key.js';
import { ConnectionTable } from '../../src/connections/connection-table.js';
import { FLAG_TEMPLATE } from '../../src/connections/entries/flags.js';
import { clientKey, oneServer, TCP, templateKey, VIP } from './support/fixtures.js';
import { partsOf } from './support/parts.js';

/** Bytes of all typed arrays that can be reached from a value. */
function bytesOf(value: unknown, seen = new Set<unknown>()): number {
  if (typeof value !== 'object' || value === null || seen.has(value)) return 0;
  seen.add(value);
  if (ArrayBuffer.isView(value)) return value.byteLength;
  return Object.values(value).reduce<number>((sum, each) => sum + bytesOf(each, seen), 0);
}

/** A table with entries of each kind, some of which have gone. */
function filled(entries: number): ConnectionTable {
  const table = new ConnectionTable({ seed: 5 });
  const server = oneServer();
  const template = table.insert(templateKey(1), 0, server, 80, FLAG_TEMPLATE);
  for (let n = 0; n < entries; n++) {
    const slot = table.insert(clientKey(n), 0, server, 80);
    table.setController(slot, template);
    if (n % 9 === 0) table.connection(slot);
    // One client with so many connections that they need overflow buckets.
    const key = new ConnectionKey().set4(TCP, 1, 1024, VIP + n, 80);
    if (n % 3 === 0) table.insert(key, 0, server, 80);
    key.family = 6;
    const data = table.insert(key, 0, server, 80);
    if (n % 5 === 0) table.setController(data, slot);
  }
  partsOf(table).index.flush();
  return table;
}

describe('the bytes of a table', () => {
  it.each([0, 10, 100, 3000])(
    'are those of its records, buckets and timers, with %d clients',
    (n) => {
      const table = filled(n);
      const { entries, index, lifecycle } = partsOf(table);
      const { buckets } = index;
      const timers = lifecycle.timers;
      const wheel = timers['lists'];
      const timersBytes =
        bytesOf([wheel.heads, wheel.used0, wheel.used1, wheel.used2]) + bytesOf(timers['ready']);

      expect(entries.store.bytes).toBe(bytesOf(entries.store));
      expect(buckets.bytes).toBe(bytesOf([buckets.memory, buckets.overflow]));
      expect(timers.bytes).toBe(timersBytes);
      expect(table.statistics.bytes).toBe(entries.store.bytes + buckets.bytes + timers.bytes);
    },
  );

  it('grow with the timers that are due at once, and those of entries that have gone do not count', () => {
    const table = filled(3000);
    const { bytes } = table.statistics;
    while (!table.advance(3001, 100) && table.size > 3000);
    const ready = partsOf(table).lifecycle.timers['ready'];
    expect(ready.bytes).toBe(bytesOf(ready));
    expect(table.statistics.bytes).toBeGreaterThan(bytes);
  });
});
