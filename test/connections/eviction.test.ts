import { describe, expect, it } from 'vitest';
import { ConnectionTable } from '../../src/connections/connection-table.js';
import { FLAG_TEMPLATE } from '../../src/connections/entries/flags.js';
import { PACKETS } from '../../src/connections/entries/record.js';
import { type OrphanTable, removeOrphans } from '../../src/connections/eviction.js';
import { SCTP_STATES } from '../../src/connections/states/sctp.js';
import { TCP_STATES } from '../../src/connections/states/tcp.js';
import { ServerList } from '../../src/model/server-list.js';
import { clientKey, oneServer, TCP, templateKey, UDP } from './support/fixtures.js';
import { partsOf } from './support/parts.js';

function scene(): { table: ConnectionTable; list: ServerList; slots: number[] } {
  const table = new ConnectionTable();
  const list = new ServerList([
    { address: '10.0.0.1', port: 80 },
    { address: '10.0.0.2', port: 80 },
  ]);
  const [second, first] = [...list];
  const template = table.insert(templateKey(1), 0, first, 80, FLAG_TEMPLATE);
  const controlled = [1, 2].map((n) => table.insert(clientKey(n), 0, first, 80));
  for (const slot of controlled) table.setController(slot, template);
  partsOf(table).entries.assure(template);
  const free = table.insert(templateKey(2), 0, first, 80, FLAG_TEMPLATE);
  const other = table.insert(clientKey(3), 0, second, 80);
  return { table, list, slots: [template, ...controlled, free, other] };
}

describe('removeOrphans', () => {
  it('takes connections and templates of removed servers, ASSURED or not, and leaves others', () => {
    const { table, list, slots } = scene();
    list.remove({ address: '10.0.0.1', port: 80 });
    removeOrphans(table);
    expect(slots.map((slot) => partsOf(table).entries.isLive(slot))).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
  });

  it('does nothing while all servers are there', () => {
    const { table } = scene();
    removeOrphans(table);
    expect(table.size).toBe(5);
  });

  it('can be done a few entries at a time', () => {
    const { table, list } = scene();
    list.remove({ address: '10.0.0.1', port: 80 });
    for (let at = removeOrphans(table, -1, 2); at >= 0;) at = removeOrphans(table, at, 2);
    expect(table.size).toBe(1);
  });

  it('visits no more entries than the budget allows, and says which was the last', () => {
    const { table, slots } = scene();
    const inOrder = slots.toSorted((a, b) => a - b);
    const visited: number[] = [];
    const seen = { ...orphanTable(table), server: (slot: number) => void visited.push(slot) };
    const reached: number[] = [];
    for (let at = -1, calls = 0; calls < 3; calls++)
      reached.push((at = removeOrphans(seen, at, 2)));

    expect(visited.toSorted((a, b) => a - b)).toEqual(inOrder);
    expect(reached).toEqual([visited[1], visited[3], -1]);
  });

  it('leaves controllers that control others still, whatever they belong to', () => {
    const { table, list, slots } = scene();
    table.setController(slots[4], slots[0]);
    list.remove({ address: '10.0.0.1', port: 80 });
    removeOrphans(table);
    const live = slots.map((slot) => partsOf(table).entries.isLive(slot));
    expect(live).toEqual([true, false, false, false, true]);
  });
});

function orphanTable(table: ConnectionTable): OrphanTable {
  return {
    next: (after) => table.next(after),
    server: (slot) => table.server(slot),
    controlled: (slot) => table.controlled(slot),
    remove: (slot) => table.remove(slot),
  };
}

const SCTP = 132;
const IN_USE_MS = 900_000;

/** An entry that has seen some packets and was used at 0. */
function used(
  table: ConnectionTable,
  n: number,
  protocol: number,
  state: number,
  packets = 1,
): number {
  const birth = { state, active: false, timeoutMs: IN_USE_MS };
  const slot = table.insert(clientKey(n, protocol), 0, oneServer(), 80, 0, 0, birth);
  partsOf(table).entries.write(slot, PACKETS, packets);
  return slot;
}

/** Whether a full table evicts its one entry for another one. */
function isEvicted(now: number, fill: (table: ConnectionTable) => void): boolean {
  const table = new ConnectionTable({ limit: 1, overflow: 'drop' });
  fill(table);
  return table.insert(clientKey(99), now, oneServer(), 80) >= 0;
}

/** The states whose connections are evicted at a moment. */
function evictedStates(protocol: number, names: readonly string[], now: number): string[] {
  return names.filter((_, state) =>
    isEvicted(now, (table) => void used(table, 1, protocol, state)),
  );
}

describe('the states of a connection decide whether it may go', () => {
  it.each([
    { protocol: TCP, names: TCP_STATES, waiting: ['SYN_RECV', 'SYNACK'] },
    { protocol: SCTP, names: SCTP_STATES, waiting: ['INIT1', 'INIT'] },
  ])('in protocol $protocol: $waiting at once, ESTABLISHED after 60 s', (row) => {
    const { protocol, names, waiting } = row;
    expect(evictedStates(protocol, names, 59_999)).toEqual(waiting);
    expect(new Set(evictedStates(protocol, names, 60_000))).toEqual(
      new Set([...waiting, 'ESTABLISHED']),
    );
  });

  it('and can be asked for before the time has come', () => {
    const canEvict = (protocol: number, state: number, packets: number): boolean => {
      const table = new ConnectionTable();
      used(table, 1, protocol, state, packets);
      return table.eviction.canEvict();
    };
    for (const [protocol, names] of [
      [TCP, TCP_STATES],
      [SCTP, SCTP_STATES],
      [UDP, ['UDP']],
    ] as const) {
      names.forEach((_, state) => {
        const goes = isEvicted(60_000, (table) => void used(table, 1, protocol, state, 8));
        expect(canEvict(protocol, state, 8)).toBe(goes);
        const goesUnused = isEvicted(60_000, (table) => void used(table, 1, protocol, state, 0));
        expect(canEvict(protocol, state, 0)).toBe(goesUnused);
      });
    }
    expect(new ConnectionTable().eviction.canEvict()).toBe(false);
  });
});

describe('a full table that refuses', () => {
  it('evicts nothing, though the rules would allow it', () => {
    const table = new ConnectionTable({ limit: 2, overflow: 'refuse' });
    const slots = [1, 2].map((n) => used(table, n, TCP, 3));
    expect(table.insert(clientKey(99), 0, oneServer(), 80)).toBe(-1);
    expect(slots.map((slot) => partsOf(table).entries.isLive(slot))).toEqual([true, true]);
    expect(table.statistics).toMatchObject({ size: 2, refused: 1, dropped: 0 });
  });
});

describe('a template of a one-packet service', () => {
  const template = (table: ConnectionTable, packets: number): void => {
    const birth = { state: 0, active: false, timeoutMs: IN_USE_MS };
    const key = templateKey(1);
    const slot = table.insert(key, 0, oneServer(), 80, FLAG_TEMPLATE, 7, birth);
    partsOf(table).entries.write(slot, PACKETS, packets);
    table.eviction.isOfOnePacket = (asked, mark) => asked === slot && mark === 7;
  };

  it('goes when it was idle for 60 s after 1 to 8 packets', () => {
    const goes = (now: number, packets: number): boolean =>
      isEvicted(now, (table) => template(table, packets));

    expect([goes(59_999, 1), goes(60_000, 1), goes(60_000, 8)]).toEqual([false, true, true]);
    expect([goes(60_000, 0), goes(60_000, 9)]).toEqual([false, false]);
  });
});

describe('room for several entries', () => {
  const full = (count: number, overflow: 'drop' | 'refuse'): ConnectionTable => {
    const table = new ConnectionTable({ limit: 4, overflow });
    for (let n = 0; n < 4; n++) used(table, n, TCP, n < count ? 3 : 4);
    return table;
  };

  it('is made by evicting as many as there have to go, and no more', () => {
    for (const [spared, wanted] of [
      [4, 0],
      [4, 1],
      [4, 2],
      [2, 2],
      [1, 1],
    ]) {
      const table = full(spared, 'drop');
      expect(table.makeRoomFor(wanted, 0)).toBe(true);
      expect([table.size, table.statistics.dropped]).toEqual([4 - wanted, wanted]);
    }
  });

  it('is not made when too few may go', () => {
    expect(full(1, 'drop').makeRoomFor(2, 0)).toBe(false);
  });

  it('is left to each entry in a table that refuses', () => {
    const table = full(4, 'refuse');
    expect(table.makeRoomFor(2, 0)).toBe(true);
    expect([table.size, table.statistics.dropped, table.statistics.refused]).toEqual([4, 0, 0]);
  });
});

describe('a full table looks for an entry that may go', () => {
  /** A full table in which only one entry may go. */
  const withOne = (size: number, at: number): ConnectionTable => {
    const table = new ConnectionTable({ limit: size, overflow: 'drop' });
    for (let n = 0; n < size; n++) used(table, n, TCP, n === at ? 3 : 4);
    return table;
  };

  it('among the next 64, and goes on behind them the next time', () => {
    const table = withOne(200, 150);
    const attempts = Array.from({ length: 4 }, (_, n) =>
      Math.sign(table.insert(clientKey(1000 + n), 0, oneServer(), 80) + 1),
    );
    expect(attempts.filter((found) => found === 1)).toHaveLength(1);
    expect(table.statistics).toMatchObject({ dropped: 1, refused: 3 });
  });

  it('and finds it wherever it is stored', () => {
    for (let at = 0; at < 64; at++) {
      expect(withOne(64, at).insert(clientKey(999), 0, oneServer(), 80)).toBeGreaterThanOrEqual(0);
    }
  });
});
