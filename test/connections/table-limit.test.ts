import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectionTable } from '../../src/connections/connection-table.js';
import { FLAG_TEMPLATE } from '../../src/connections/entries/flags.js';
import { PACKETS } from '../../src/connections/entries/record.js';
import { TCP_ESTABLISHED, TCP_FIN_WAIT, TCP_SYN_RECV } from '../../src/connections/states/tcp.js';
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

describe('the drop rules', () => {
  it('drop one in n of the idle established connections that have seen n packets, 1 to 8', () => {
    for (let packets = 0; packets <= 9; packets++) {
      const table = new ConnectionTable();
      for (let n = 0; n < 840; n++) established(table, n, packets);
      const share = packets === 0 || packets > 8 ? 0 : 840 / packets;
      expect(table.sweep(60_000, 840)).toBe(share);
    }
  });

  it('leave connections alone that were idle for less than 60 s', () => {
    const table = new ConnectionTable();
    established(table, 1, 1);
    expect(table.sweep(59_999, 1)).toBe(0);
  });

  it('treat UDP by idleness, and TCP in other states not at all', () => {
    const table = new ConnectionTable();
    const closing = established(table, 1, 1);
    table.setState(closing, TCP_FIN_WAIT, false);
    const datagrams = table.insert(clientKey(2, UDP), 0, oneServer(), 80);
    table.setTimeout(datagrams, 300_000);
    partsOf(table).entries.write(datagrams, PACKETS, 1);
    table.touch(datagrams, 0);
    table.sweep(60_000, 2);
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
    table.sweep(0, 4);
    table.advance(1);
    expect([free, assured, busy].map((slot) => partsOf(table).entries.isLive(slot))).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('look at every entry once in as many looks as there are entries', () => {
    const table = new ConnectionTable();
    for (let n = 0; n < 100; n++) established(table, n, 1);
    for (let part = 0; part < 10; part++) table.sweep(60_000, 10);
    table.advance(60_001);
    expect(table.size).toBe(0);
  });
});
