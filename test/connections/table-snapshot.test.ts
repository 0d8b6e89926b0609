import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectionTable } from '../../src/connections/connection-table.js';
import { FLAG_TEMPLATE } from '../../src/connections/entries/flags.js';
import { type ConnectionTableState, shiftConnectionTable } from '../../src/connections/snapshot.js';
import { IpAddress } from '../../src/ip-address.js';
import { clientKey, oneServer, templateKey } from './support/fixtures.js';
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

  it('runs new timers before the old ones that are due with them, as those are armed later', () => {
    const table = new ConnectionTable({ seed: 3 });
    const server = oneServer();
    const [oldest] = [1, 2, 3].map((n) => table.insert(clientKey(n), 0, server, 80));
    for (let times = 0; times < 9; times++) table.touch(oldest, 0);
    const copy = ConnectionTable.fromJSON(throughJson(table), () => undefined, { seed: 3 });
    const orders = [table, copy].map((each) => {
      for (const n of [4, 5]) each.insert(clientKey(n), 0, server, 80);
      const clients: string[] = [];
      each.observer = {
        connectionRemoved: (slot) => clients.push(each.endpoints(slot).clientAddress.toString()),
      };
      each.advance(3001);
      return clients;
    });
    const expected = [5, 4, 1, 3, 2].map((n) => `10.0.0.${n}`);
    expect(orders).toEqual([expected, expected]);
  });

  it('names what few entries have of those entries only', () => {
    const table = new ConnectionTable({ seed: 3 });
    const server = oneServer();
    table.insert(clientKey(1), 0, server, 80);
    table.insertUnbound(clientKey(2), 0, IpAddress.parse('10.0.0.9'), 80, 0);
    const helped = table.insert(clientKey(3), 0, server, 80);
    const session = table.helped.session(helped);
    const text = JSON.stringify(table.toJSON());
    const names = ['boundAddress', 'engineData', 'owner', 'helper'];
    expect(names.map((name) => text.split(`"${name}"`).length - 1)).toEqual([0, 0, 0, 1]);
    const template = Object.assign(templateKey(4), { engineData: 'call-7' });
    table.insert(template, 0, server, 80, FLAG_TEMPLATE);
    const state = table.toJSON().connections.find((each) => each.engineData !== undefined);
    expect([state?.client, state?.engineData]).toEqual(['10.0.0.4', 'call-7']);
    table.remove(table.findTemplate(template));
    const states = new Map(table.toJSON().connections.map((each) => [each.client, each]));
    expect(states.get('10.0.0.3')?.helper).toEqual({ ...session });
    const owned = table.snapshot(() => 'a').connections.filter((each) => each.owner === 'a');
    expect(owned.map(({ client }) => client).includes('10.0.0.2')).toBe(false);
    expect(owned).toHaveLength(2);
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

  it('is refused when there is no room', () => {
    const state = controlled();
    expect(() => ConnectionTable.fromJSON(state, () => undefined, { limit: 2 })).toThrow(
      'Cannot restore: expected at most 2 entries',
    );
    expect(ConnectionTable.fromJSON(state, () => undefined, { limit: 3 }).size).toBe(3);
  });

  it.each<[string, unknown, string]>([
    ['protocol', 256, 'protocol: expected an integer 0–255, got 256'],
    ['client', '10.0.0.256', 'address'],
    ['clientPort', 70_000, 'client port: expected an integer 0–65535, got 70000'],
    ['virtual', 'x', 'address'],
    ['virtualPort', -1, 'virtual port: expected an integer 0–65535, got -1'],
    ['server', 'x', 'address'],
    ['serverPort', 65_536, 'server port: expected an integer 0–65535, got 65536'],
    ['mark', 2 ** 32, 'mark: expected an integer 0–4294967295, got 4294967296'],
    ['flags', 0x4000, 'flags: expected an integer 0–16383, got 16384'],
    ['state', 16, 'state: expected an integer 0–15, got 16'],
    ['packets', -1, 'packets: expected an integer 0–4294967295, got -1'],
    ['timeoutMs', 2_764_800_001, 'timeout: expected an integer 0–2764800000, got 2764800001'],
    ['expiryMs', 0.5, 'expiry: expected an integer'],
    ['armed', 2 ** 31, 'armed: expected an integer -2147483648–2147483647, got 2147483648'],
    ['armed', undefined, 'armed: expected an integer'],
    ['controller', 3, 'Invalid controller: got 3'],
    ['controller', -2, 'Invalid controller: got -2'],
    ['controller', 'x', 'Invalid controller: got x'],
    ['engineData', 'ā', 'engine data: expected at most 255 bytes as text'],
    ['engineData', 'a'.repeat(256), 'engine data: expected at most 255 bytes as text'],
    ['engineData', 7, 'engine data: expected at most 255 bytes as text, got 7'],
    ['helper', { waitsFor: 0 }, "helper's position: expected an integer"],
  ])('is refused with %s %j', (name, value, message) => {
    const state = controlled();
    const [first, ...others] = state.connections;
    const connections = [{ ...first, [name]: value }, ...others];
    expect(() => ConnectionTable.fromJSON({ ...state, connections }, () => undefined)).toThrow(
      message,
    );
  });

  it('is refused in another format, and without a list or a time', () => {
    const state = controlled();
    const damaged = (change: object): (() => unknown) => {
      const saved = { ...state, ...change };
      return () => ConnectionTable.fromJSON(saved, () => undefined);
    };
    expect(damaged({ connections: 7 })).toThrow(TypeError);
    expect(damaged({ format: 2 })).toThrow('expected a state of format 1, got 2');
    expect(damaged({ timeMs: null })).toThrow('time: expected an integer');
    expect(damaged({ timeMs: 0.5, connections: [] })).toThrow('time: expected an integer');
  });

  it('is refused when entries control each other in a circle, which would never end', () => {
    const state = controlled();
    for (const circle of [
      [0, -1, -1],
      [1, 0, -1],
      [1, 2, 0],
    ]) {
      const connections = state.connections.map((each, at) => ({
        ...each,
        controller: circle[at],
      }));
      expect(() => ConnectionTable.fromJSON({ ...state, connections }, () => undefined)).toThrow(
        `Invalid controller: got ${circle[0]}`,
      );
    }
  });

  it('keeps a data connection, what controls it, and the template of that, and ends all of them', () => {
    const state = controlled();
    const copy = ConnectionTable.fromJSON(state, () => undefined);
    const controllers = copy.toJSON().connections.map(({ controller }) => controller);
    expect(controllers).toEqual([-1, 0, 1]);
    copy.advance(10_000_000);
    copy.advance(20_000_000);
    expect(copy.size).toBe(0);
  });
});

describe('a state that is moved to another clock', () => {
  it('has all its moments moved, and nothing else', () => {
    const state = controlled();
    const moved = shiftConnectionTable(state, 1000);
    expect(moved.timeMs).toBe(state.timeMs + 1000);
    expect(moved.connections.map(({ expiryMs }) => expiryMs)).toEqual(
      state.connections.map(({ expiryMs }) => expiryMs + 1000),
    );
    expect(shiftConnectionTable(moved, -1000)).toEqual(state);
  });
});

/** A table with a template, a connection that it controls, and a data connection that this one controls. */
function controlled(): ConnectionTableState {
  const table = new ConnectionTable({ seed: 3 });
  const server = oneServer();
  const template = table.insert(templateKey(1), 0, server, 80, FLAG_TEMPLATE);
  const control = table.insert(clientKey(1), 0, server, 80);
  const data = table.insert(clientKey(2), 0, server, 80);
  table.setController(control, template);
  table.setController(data, control);
  return table.toJSON();
}
