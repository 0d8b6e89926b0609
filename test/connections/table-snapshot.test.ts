import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectionTable } from '../../src/connections/connection-table.js';
import type { ConnectionTableState } from '../../src/connections/snapshot.js';
import { IpAddress } from '../../src/ip-address.js';
import { clientKey, oneServer } from './support/fixtures.js';
import { ModelTable } from './support/model-table.js';
import { partsOf } from './support/parts.js';
import { keyOf, operations, Pair } from './support/operations.js';

function throughJson(table: ConnectionTable): ConnectionTableState {
  return JSON.parse(JSON.stringify(table)) as ConnectionTableState;
}

/** Everything that can be read of an entry. */
function stateOf(table: ConnectionTable, slot: number): object {
  const { expiring, timeoutMs } = table.connection(slot);
  const { mark, packets } = entryOf(table, slot);
  return {
    ...table.endpoints(slot),
    ...{ protocol: table.protocol(slot), flags: table.flags(slot), state: table.state(slot) },
    ...{ expiryMs: table.expiryMs(slot), expiring, timeoutMs, mark, packets },
  };
}

function entryOf(table: ConnectionTable, slot: number): { mark: number; packets: number } {
  const { entries } = partsOf(table);
  return { mark: entries.mark(slot), packets: entries.packets(slot) };
}

/** The entries in the order in which they end when nothing happens any more. */
function ends(table: ConnectionTable, now: number): string[] {
  const seen: string[] = [];
  table.observer = {
    connectionRemoved: (slot) => {
      const { clientAddress, clientPort, virtualPort } = table.endpoints(slot);
      seen.push(
        `${table.expiryMs(slot)} ${clientAddress} ${clientPort} ${virtualPort} ${table.flags(slot)}`,
      );
    },
  };
  for (let span = 1000; table.size > 0; span *= 2) table.advance(now + span);
  return seen;
}

describe('a table read back from its snapshot', () => {
  it('holds the same entries, which end at the same times in the same order', () => {
    fc.assert(
      fc.property(operations, (list) => {
        const pair = new Pair(new ConnectionTable({ seed: 7 }), new ModelTable());
        for (const operation of list) pair.apply(operation, (now) => pair.table.advance(now));
        const copy = ConnectionTable.fromJSON(
          throughJson(pair.table),
          ({ server }) => pair.servers.find(({ address }) => address.toString() === server),
          { seed: 8 },
          true,
        );
        expect(copy.toJSON()).toEqual(pair.table.toJSON());
        for (const { expiry: _, ...key } of pair.model.entries) {
          const [slot, other] = [pair.table, copy].map((table) => table.findIn(keyOf(key)));
          expect(slot < 0).toBe(other < 0);
          if (slot >= 0) expect(stateOf(copy, other)).toEqual(stateOf(pair.table, slot));
        }
        expect(ends(copy, pair.now)).toEqual(ends(pair.table, pair.now));
        for (const server of pair.servers)
          expect([server.total, server.persistent]).toEqual([0, 0]);
      }),
      { numRuns: 60 },
    );
  });

  it('counts at the servers when asked to, and not otherwise', () => {
    const table = new ConnectionTable();
    table.insert(clientKey(1), 0, oneServer(), 80);
    const again = oneServer();
    ConnectionTable.fromJSON(table.toJSON(), () => again);
    expect(again.total).toBe(0);
    ConnectionTable.fromJSON(table.toJSON(), () => again, {}, true);
    expect(again.total).toBe(1);
  });

  it('keeps the address of a server that is not found', () => {
    const table = new ConnectionTable();
    table.insert(clientKey(1), 0, oneServer(), 8080);
    const copy = ConnectionTable.fromJSON(table.toJSON(), () => undefined);
    const slot = copy.next(-1);
    expect(copy.server(slot)).toBe(undefined);
    const { serverAddress, serverPort } = copy.endpoints(slot);
    expect(serverAddress).toEqual(IpAddress.parse('10.0.0.1'));
    expect(serverPort).toBe(8080);
  });

  it('is refused when a value is out of range or there is no room', () => {
    const table = new ConnectionTable();
    table.insert(clientKey(1), 0, oneServer(), 80);
    table.insert(clientKey(2), 0, oneServer(), 80);
    const state = table.toJSON();
    const damaged = { ...state, connections: [{ ...state.connections[0], clientPort: 70_000 }] };
    expect(() => ConnectionTable.fromJSON(damaged, () => undefined)).toThrow(RangeError);
    expect(() => ConnectionTable.fromJSON(state, () => undefined, { limit: 1 })).toThrow(
      RangeError,
    );
  });
});
