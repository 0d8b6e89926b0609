/** The rule of deferred work: every public read first flushes what is pending; `advance` flushes timers. */
import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConnectionKey } from '../../src/connections/entries/connection-key.js';
import { BlockPrefetch } from '../../src/connections/doors/block-prefetch.js';
import { ConnectionTable } from '../../src/connections/connection-table.js';
import { FLAG_TEMPLATE } from '../../src/connections/entries/flags.js';
import { TimerWheel } from '../../src/connections/timers/timer-wheel.js';
import { clientKey, oneServer, TCP, templateKey, VIP } from './support/fixtures.js';

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;
const SERVER = 0x0a000001;

/** Reads of an entry of client n, each of which gives its slot, or −1. */
const reads: Readonly<Record<string, (table: ConnectionTable, n: number) => number>> = {
  findIn: (table, n) => table.findIn(clientKey(n)),
  findIn4: (table, n) => table.findIn4(TCP, 0x0a000000 + n, 1024, VIP, 80),
  findOut: (table, n) =>
    table.findOut(new ConnectionKey().set4(TCP, 0x0a000000 + n, 1024, SERVER, 80)),
  'fastPath.find4': (table, n) => table.fastPath.find4(TCP, 0x0a000000 + n, VIP, (1024 << 16) | 80),
  'a prefetch': (table, n) => {
    const prefetch = new BlockPrefetch(table.fastPath, 1);
    prefetch.set(0, TCP, 0x0a000000 + n, 1024);
    prefetch.read(1);
    // An entry in an overflow bucket is no candidate.
    const candidate = prefetch.candidate(0);
    return candidate < 0 ? table.findIn(clientKey(n)) : candidate;
  },
  'toJSON and fromJSON': (table, n) => {
    const copy = ConnectionTable.fromJSON(table.toJSON(), () => undefined, { seed: 1 });
    return copy.findIn(clientKey(n)) < 0 ? -1 : table.findIn(clientKey(n));
  },
};

afterEach(() => vi.restoreAllMocks());

describe('deferred work', () => {
  it.each(Object.entries(reads))('is flushed before %s', (_, read) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(39), (count, chosen) => {
        const table = new ConnectionTable({ seed: 5 });
        const server = oneServer({ forwardingMethod: 'masquerading' });
        const n = chosen % count;
        const slots = Array.from({ length: count }, (__, i) =>
          table.insert(clientKey(i), 0, server, 80),
        );
        expect(read(table, n)).toBe(slots[n]);
        for (const slot of slots) table.remove(slot);
        expect(read(table, n)).toBe(-1);
        const again = slots.map((__, i) => table.insert(clientKey(i), 0, server, 80));
        table.remove(again[n]);
        expect(read(table, n)).toBe(-1);
      }),
      { numRuns: 30 },
    );
  });

  it('is flushed before a look-up of templates', () => {
    const table = new ConnectionTable({ seed: 5 });
    const slot = table.insert(templateKey(1), 0, oneServer(), 80, FLAG_TEMPLATE);
    expect(table.findTemplate(templateKey(1))).toBe(slot);
    table.remove(slot);
    expect(table.findTemplate(templateKey(1))).toBe(-1);
  });

  it('of timers is flushed by advance and nextDueMs, with the timeout that the entry has then', () => {
    for (let count = 1; count <= 40; count++) {
      const table = new ConnectionTable({ seed: 5 });
      const server = oneServer();
      for (let n = 0; n < count; n++) {
        const slot = table.insert(clientKey(n), 0, server, 80);
        table.setTimeout(slot, 100);
        table.touch(slot, 0);
      }
      expect(table.nextDueMs()).toBe(100);
      table.advance(100);
      expect(table.size).toBe(count);
      table.advance(101);
      expect(table.size).toBe(0);
      expect(table.nextDueMs()).toBe(Infinity);
    }
  });
});

describe('a jump of the time', () => {
  it.each([1, 1000, DAY_MS, 100 * DAY_MS, YEAR_MS, 100 * YEAR_MS])(
    'by %d ms takes few steps, whatever is in the table',
    (ms) => {
      for (const entries of [0, 1, 1000]) {
        const table = new ConnectionTable({ seed: 5 });
        const server = oneServer();
        for (let n = 0; n < entries; n++) table.insert(clientKey(n), n, server, 80);
        const steps = vi.spyOn(
          TimerWheel.prototype as unknown as { nextStop(): number },
          'nextStop',
        );
        table.advance(entries + ms);
        expect(steps.mock.calls.length).toBeLessThanOrEqual(3 * entries + 3);
        if (ms > DAY_MS) expect(table.size).toBe(0);
        steps.mockRestore();
      }
    },
  );

  it('by a millisecond at a time takes few steps as well, while nothing is due', () => {
    const table = new ConnectionTable({ seed: 5 });
    const server = oneServer();
    const initial = { state: 0, active: true, timeoutMs: 60_000 };
    for (let n = 0; n < 10; n++) table.insert(clientKey(n), n, server, 80, 0, 0, initial);
    const steps = vi.spyOn(TimerWheel.prototype as unknown as { nextStop(): number }, 'nextStop');
    for (let now = 0; now < 70_000; now++) table.advance(now);
    expect(table.size).toBe(0);
    // Two for each of the 274 windows of 256 ms, and a few for each entry.
    expect(steps.mock.calls.length).toBeLessThanOrEqual(2 * 274 + 4 * 10);
  });

  it('ends a million entries in bounded portions, in the order of their timers', () => {
    const entries = 1_000_000;
    const budget = 4096;
    const table = new ConnectionTable({ seed: 5 });
    const server = oneServer();
    const key = new ConnectionKey();
    for (let n = 0; n < entries; n++) {
      const initial = { state: 0, active: false, timeoutMs: 1000 + (n % 7) * 100_000_000 };
      table.insert(key.set4(TCP, n, 1024, VIP, 80), n >> 8, server, 80, 0, 0, initial);
    }
    let before = 0;
    let portions = 0;
    let disorder = 0;
    table.observer = {
      connectionRemoved: (slot) => {
        const due = table.expiryMs(slot);
        if (due < before) disorder++;
        before = due;
      },
    };
    let done = false;
    while (!done) {
      const { size } = table;
      done = table.advance(100 * YEAR_MS, budget);
      expect(size - table.size).toBeLessThanOrEqual(budget);
      portions++;
    }
    expect([disorder, table.size, server.total]).toEqual([0, 0, 0]);
    // An entry is collected and run, and cascades from at most two coarser levels before.
    expect(portions).toBeLessThanOrEqual((4 * entries) / budget + 1);
  });
});
describe('a table that is far behind the time', () => {
  it('ends the same entries in the same order as one that is not, whatever is armed meanwhile', () => {
    const steps = fc.array(
      fc.record({
        ms: fc.constantFrom(1, 5000, 3_600_000, 20 * DAY_MS, 40 * DAY_MS, YEAR_MS),
        opens: fc.nat(30),
        touches: fc.array(fc.nat(200), { maxLength: 10 }),
        days: fc.constantFrom(0, 1, 31),
      }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 6 }), (list, budget) => {
        const logs = [Infinity, budget].map((portion) => {
          const table = new ConnectionTable({ seed: 5 });
          const server = oneServer();
          const gone: string[] = [];
          const names = new Map<number, number>();
          let now = 1_700_000_000_000;
          let next = 0;
          table.observer = {
            connectionRemoved: (slot) => {
              gone.push(`${names.get(slot)} ${table.expiryMs(slot)}`);
              names.delete(slot);
            },
          };
          for (const { ms, opens, touches, days } of list) {
            now += ms;
            // All that is due has run before anything else happens; or it runs later.
            table.advance(now, portion);
            const timeoutMs = 1000 + days * DAY_MS;
            for (let i = 0; i < opens; i++) {
              const initial = { state: 0, active: false, timeoutMs };
              const slot = table.insert(clientKey(next), now, server, 80, 0, 0, initial);
              names.set(slot, next++);
              expect(table.expiryMs(slot)).toBe(now + timeoutMs);
            }
            for (const touched of touches) {
              const slot = table.findIn(clientKey(touched));
              // An entry that is due is gone in the table that is not behind.
              if (slot < 0 || table.expiryMs(slot) < now) continue;
              table.touch(slot, now);
            }
          }
          while (!table.advance(now + YEAR_MS, portion));
          expect(table.size).toBe(0);
          return gone.toSorted();
        });
        expect(logs[1]).toEqual(logs[0]);
      }),
      { numRuns: 200 },
    );
  });
});
