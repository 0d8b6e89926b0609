import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectionTable } from '../../src/connections/connection-table.js';
import type { SynchronizedEntry } from '../../src/connections/doors/synchronized-entries.js';
import { FLAG_TEMPLATE } from '../../src/connections/entries/flags.js';
import { MAX_SLOTS, PACKETS } from '../../src/connections/entries/record.js';
import { TCP_ESTABLISHED, TCP_FIN_WAIT, TCP_SYN_RECV } from '../../src/connections/states/tcp.js';
import { IpAddress } from '../../src/ip-address.js';
import type { RealServer } from '../../src/model/real-server.js';
import { clientKey, oneServer, templateKey, UDP } from './support/fixtures.js';
import { partsOf } from './support/parts.js';

/** More work than there is; less than a list without end. */
const BUDGET = 10_000;

function established(table: ConnectionTable, n: number, packets: number): number {
  const slot = table.insert(clientKey(n), 0, oneServer(), 80);
  table.setState(slot, TCP_ESTABLISHED, true);
  table.setTimeout(slot, 900_000);
  partsOf(table).entries.write(slot, PACKETS, packets);
  table.touch(slot, 0);
  return slot;
}

describe('a full table', () => {
  it('refuses new entries by default, and counts them', () => {
    const table = new ConnectionTable({ limit: 2 });
    const server = oneServer();
    const slots = [1, 2, 3].map((n) => table.insert(clientKey(n), 0, server, 80));
    expect(slots[2]).toBe(-1);
    expect([table.size, table.statistics.refused, server.total]).toEqual([2, 1, 2]);
    expect(table.insertUnbound(clientKey(4), 0, IpAddress.parse('10.0.0.9'), 80, 0)).toBe(-1);
    expect([table.size, table.statistics.refused]).toEqual([2, 2]);
  });

  it('makes room by dropping what can be spared, when told so', () => {
    const table = new ConnectionTable({ limit: 2, overflow: 'drop' });
    const server = oneServer();
    const waiting = table.insert(clientKey(1), 0, server, 80);
    table.setState(waiting, TCP_SYN_RECV, true);
    established(table, 2, 3);
    expect(table.insert(clientKey(3), 0, server, 80)).toBeGreaterThanOrEqual(0);
    expect(table.findIn(clientKey(1))).toBe(-1);
    expect([table.size, table.statistics.dropped, server.total]).toEqual([2, 1, 1]);
  });

  it('refuses when nothing can be spared', () => {
    const table = new ConnectionTable({ limit: 1, overflow: 'drop' });
    established(table, 1, 3);
    expect(table.insert(clientKey(2), 0, oneServer(), 80)).toBe(-1);
  });

  it('never holds more than its limit, counts what it holds, and ends all of it in time', () => {
    const arrivals = fc.array(
      fc.record({ ms: fc.nat({ max: 2000 }), state: fc.nat({ max: 10 }) }),
      {
        maxLength: 200,
      },
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), arrivals, (limit, list) => {
        const table = new ConnectionTable({ limit, overflow: 'drop' });
        const server = oneServer();
        let now = 0;
        list.forEach(({ ms, state }, n) => {
          now += ms;
          expect(table.advance(now, BUDGET)).toBe(true);
          const birth = { state, active: state === TCP_ESTABLISHED, timeoutMs: 10_000 };
          table.insert(clientKey(n), now, server, 80, 0, 0, birth);
          expect(table.size).toBeLessThanOrEqual(limit);
          expect(server.total).toBe(table.size);
        });
        expect(table.advance(now + 10_001, BUDGET)).toBe(true);
        expect([table.size, server.total, server.active]).toEqual([0, 0, 0]);
      }),
    );
  });

  it('takes new entries again once others have ended', () => {
    const table = new ConnectionTable({ limit: 1 });
    table.insert(clientKey(1), 0, oneServer(), 80);
    table.advance(3001);
    expect(table.insert(clientKey(2), 3001, oneServer(), 80)).toBeGreaterThanOrEqual(0);
  });
});

/** Sweeps until every entry was drawn many times. Returns how many were dropped. */
function sweepOften(table: ConnectionTable, now: number, times = 600): number {
  let dropped = 0;
  for (let seed = 0; seed < times; seed++) dropped += table.eviction.sweep(now, seed);
  return dropped;
}

describe('the drop rules', () => {
  it('drop the first and then each n-th visit of idle connections that have seen n packets, 1 to 8', () => {
    for (let packets = 0; packets <= 9; packets++) {
      const table = new ConnectionTable();
      for (let n = 0; n < 40; n++) established(table, n, packets);
      const all = packets === 0 || packets > 8 ? 0 : 40;

      expect(sweepOften(table, 60_000, 6000)).toBe(all);
    }
  });

  it.each([2, 5, 8])('drop one in n as often as seldom (n = %i)', (packets) => {
    const table = new ConnectionTable();
    for (let n = 0; n < 4000; n++) established(table, n, packets);
    const dropped = sweepOften(table, 60_000, 4);
    const visited = (4000 * 4) / 32;

    expect(dropped).toBeGreaterThan((0.75 * visited) / packets);
    expect(dropped).toBeLessThan((1.25 * visited) / packets);
  });

  it('draw 1/32 of the slots each second, with replacement', () => {
    const table = new ConnectionTable();
    for (let n = 0; n < 4096; n++) established(table, n, 1);
    const slots = partsOf(table).entries.store.span;
    const dropped = sweepOften(table, 60_000, 32);
    const share = 1 - Math.exp(-32 / 32);

    expect(slots).toBeGreaterThanOrEqual(4096);
    expect(table.statistics.dropped).toBe(dropped);
    expect(dropped / 4096).toBeGreaterThan(share - 0.05);
    expect(dropped / 4096).toBeLessThan(share + 0.05);
  });

  it.each([1, 40])('draw as many of few slots over many seconds, with %i entries', (size) => {
    const table = new ConnectionTable();
    for (let n = 0; n < size; n++) established(table, n, 1);
    const { entries } = partsOf(table);
    const { span } = entries.store;
    const drawn = new Uint32Array(span);
    let count = 0;
    entries.isLive = (slot) => {
      drawn[slot]++;
      count++;
      return false;
    };
    sweepOften(table, 60_000, 6400);
    expect(drawn.reduce((sum, times) => sum + times, 0)).toBe(count);
    expect(count / span).toBeGreaterThan(190);
    expect(count / span).toBeLessThan(210);
  });

  it('leave connections alone that were idle for less than 60 s', () => {
    const table = new ConnectionTable();
    established(table, 1, 1);
    expect(sweepOften(table, 59_999)).toBe(0);
  });

  it('count the idle time from the last use, whenever that was', () => {
    for (const used of [1, 1_000_000, 1_700_000_000_000]) {
      const table = new ConnectionTable();
      table.advance(used);
      const slot = established(table, 1, 1);
      table.touch(slot, used);
      expect(sweepOften(table, used + 59_999)).toBe(0);
      expect(sweepOften(table, used + 60_000)).toBe(1);
    }
  });

  it('treat UDP by idleness, and TCP in other states not at all', () => {
    const table = new ConnectionTable();
    const closing = established(table, 1, 1);
    table.setState(closing, TCP_FIN_WAIT, false);
    const datagrams = table.insert(clientKey(2, UDP), 0, oneServer(), 80);
    table.setTimeout(datagrams, 300_000);
    partsOf(table).entries.write(datagrams, PACKETS, 1);
    table.touch(datagrams, 0);
    sweepOften(table, 60_000);
    table.advance(60_001);
    const isLive = (slot: number): boolean => partsOf(table).entries.isLive(slot);
    expect([isLive(closing), isLive(datagrams)]).toEqual([true, false]);
  });

  it('drop templates that are not ASSURED and control nothing', () => {
    const table = new ConnectionTable();
    const server = oneServer();
    const [free, assured, busy] = [1, 2, 3].map((n) =>
      table.insert(templateKey(n), 0, server, 80, FLAG_TEMPLATE),
    );
    partsOf(table).entries.assure(assured);
    table.setController(established(table, 4, 9), busy);
    sweepOften(table, 0);
    table.advance(1);
    expect([free, assured, busy].map((slot) => partsOf(table).entries.isLive(slot))).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('know whether anything can be dropped at all', () => {
    const table = new ConnectionTable();
    established(table, 1, 9);
    const before = table.eviction.canEvict();
    established(table, 2, 3);

    expect([before, table.eviction.canEvict()]).toEqual([false, true]);
  });
});

describe('a table that has used up a number', () => {
  const ADDRESS = IpAddress.parse('fd00::9');
  const initial = { state: 0, active: false, timeoutMs: 1000 };
  const wide = Object.assign(clientKey(1), { family: 6 });
  const message: SynchronizedEntry = {
    ...{ key: wide, flags: 0, state: 0, mark: 0, timeoutSeconds: 1 },
    ...{ server0: 0, server1: 0, server2: 0, server3: 1, serverPort: 8080 },
  };
  type Insert = (table: ConnectionTable, server: RealServer, control: number) => number;
  const inserts: Readonly<Record<string, Insert>> = {
    insert: (table, server) => table.insert(wide, 0, server, 8080),
    insertUnbound: (table) => table.insertUnbound(wide, 0, ADDRESS, 80, 0),
    'helped.open': (table, _, control) =>
      table.helped.open({ key: wide, address: ADDRESS, port: 20 }, control, initial, 0),
    'synchronized.insert': (table) => table.synchronized.insert(message, 0, undefined, 0, initial),
    'synchronized.insert, bound': (table, server) =>
      table.synchronized.insert(message, 0, server, 0, initial),
  };

  /** What an insertion that is refused leaves: one entry, one refusal, one use of a destination. */
  const expectRefusal = (fill: (table: ConnectionTable) => void, insert: Insert): void => {
    const table = new ConnectionTable();
    const server = oneServer();
    const control = table.insert(clientKey(1), 0, server, 80);
    const { destinations } = partsOf(table).entries;
    fill(table);
    expect(insert(table, server, control)).toBe(-1);
    const { size, refused, dropped } = table.statistics;
    expect({ size, refused, dropped }).toEqual({ size: 1, refused: 1, dropped: 0 });
    expect([server.total, table.controlled(control)]).toEqual([1, 0]);
    expect([table.findIn(clientKey(1)), table.findIn(wide)]).toEqual([control, -1]);
    expect(destinations['uses'].reduce((sum, each) => sum + each, 0)).toBe(1);
  };

  it.each(Object.entries(inserts))(
    'of slots refuses an entry (%s), and counts just that',
    (_, insert) => {
      const fill = (table: ConnectionTable): void => {
        const { store } = partsOf(table).entries;
        // Chunks without memory stand in for entries: none is left for the first one of IPv6.
        const chunk = new Int32Array(0);
        while (store.slots <= MAX_SLOTS) {
          store.records.push(chunk);
          store.wide.push(chunk);
        }
      };
      expectRefusal(fill, insert);
    },
  );

  it.each(Object.entries(inserts))('of destinations refuses an entry (%s)', (_, insert) => {
    expectRefusal(useUpDestinations, insert);
  });

  it('of destinations binds no entry to a server that is known by now', () => {
    const table = new ConnectionTable();
    const server = oneServer();
    const slot = table.insertUnbound(clientKey(1), 0, IpAddress.parse('10.0.0.9'), 80, 2);
    useUpDestinations(table);
    table.synchronized.bind(slot, server);
    expect([table.server(slot), server.total]).toEqual([undefined, 0]);
    expect(table.endpoints(slot).serverAddress.toString()).toBe('10.0.0.9');
    expect(table.flags(slot) & 7).toBe(2);
  });
});

/** Lets a table have no number for a further destination, as after the 262,144th. */
function useUpDestinations(table: ConnectionTable): void {
  const { destinations } = partsOf(table).entries;
  destinations['allocate'] = () => -1;
}
