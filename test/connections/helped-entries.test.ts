/** Entries that wait for their client's port, and connections that control others. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectionKey } from '../../src/connections/entries/connection-key.js';
import { ConnectionTable } from '../../src/connections/connection-table.js';
import {
  FLAG_HELPED,
  FLAG_NO_CLIENT_PORT,
  FLAG_OUT_SEQ,
} from '../../src/connections/entries/flags.js';
import { removeOrphans } from '../../src/connections/eviction.js';
import { IpAddress } from '../../src/ip-address.js';
import { ServerList } from '../../src/model/server-list.js';

const TCP = 6;
const VIP = 0xc0000201;
const LISTEN = { state: 9, active: false, timeoutMs: 120_000 };
const OTHER = IpAddress.parse('10.6.8.99');

function tableWithControl(): {
  table: ConnectionTable;
  servers: ServerList;
  control: number;
  open: (client: number, clientPort: number, virtualPort: number) => number;
} {
  const table = new ConnectionTable({ seed: 7 });
  const servers = new ServerList([
    { address: '10.0.0.1', port: 21, forwardingMethod: 'masquerading' },
  ]);
  const server = servers.first;
  if (server === undefined) throw new Error('no server');
  const key = new ConnectionKey();
  table.helped.ports = new Set([21]);
  const control = table.insert(key.set4(TCP, 1, 4711, VIP, 21), 0, server, 21);
  const open = (client: number, clientPort: number, port: number): number => {
    key.set4(TCP, client, clientPort, VIP, port);
    return table.helped.open({ key, address: OTHER, port }, control, LISTEN, 0);
  };
  return { table, servers, control, open };
}

describe('an entry that goes elsewhere than to its server', () => {
  it.each([5000, 6000])('keeps address, port and server, also in a snapshot (port %i)', (port) => {
    const { table, servers, control } = tableWithControl();
    const key = new ConnectionKey().set4(TCP, 1, 1024, VIP, 5000);
    const slot = table.helped.open({ key, address: OTHER, port }, control, LISTEN, 0);
    const copy = ConnectionTable.fromJSON(table.toJSON(), () => servers.first);
    for (const each of [table, copy]) {
      const found = each.findOut(new ConnectionKey().set4(TCP, 1, 1024, OTHER.word3, port));
      expect(each.endpoints(found)).toMatchObject({ serverPort: port, virtualPort: 5000 });
      expect(each.endpoints(found).serverAddress.equals(OTHER)).toBe(true);
      expect(each.server(found)).toBe(servers.first);
    }
    expect(table.findIn(key)).toBe(slot);
    const [, state] = table.toJSON().connections;
    expect(state.boundAddress).toBe('10.0.0.1');
  });
});

describe('an entry that waits for its client’s port', () => {
  it('is found from any port of its client, and by no other client', () => {
    const { table, open } = tableWithControl();
    const slot = open(1, 0, 5000);
    expect(table.findIn4(TCP, 1, 1024, VIP, 5000)).toBe(slot);
    expect(table.findIn(new ConnectionKey().set4(TCP, 1, 9, VIP, 5000))).toBe(slot);
    expect(table.findIn4(TCP, 2, 1024, VIP, 5000)).toBe(-1);
    expect(table.findIn4(TCP, 1, 1024, VIP, 5001)).toBe(-1);
  });

  it('is found from the port that was filled in only, from either side', () => {
    const { table, open } = tableWithControl();
    const slot = open(1, 0, 5000);
    table.helped.fillClientPort(slot, 1024);
    expect(table.helped.waiting).toBe(0);
    expect(table.findIn4(TCP, 1, 1024, VIP, 5000)).toBe(slot);
    expect(table.findIn4(TCP, 1, 1025, VIP, 5000)).toBe(-1);
    const out = new ConnectionKey().set4(TCP, 1, 1024, OTHER.word3, 5000);
    expect(table.findOut(out)).toBe(slot);
    table.helped.fillClientPort(slot, 9);
    expect(table.endpoints(slot).clientPort).toBe(1024);
  });

  it('does not let another entry with client port 0 stand in for it', () => {
    const { table, servers, open } = tableWithControl();
    const server = servers.first;
    if (server === undefined) return;
    open(2, 0, 5000);
    table.insert(new ConnectionKey().set4(TCP, 1, 0, VIP, 5000), 0, server, 5000);
    expect(table.findIn4(TCP, 1, 1024, VIP, 5000)).toBe(-1);
  });

  it('is found as a plain map has it, whatever is opened, filled in and removed', () => {
    const step = fc.record({
      act: fc.constantFrom('open', 'fill', 'remove'),
      client: fc.nat(3),
      port: fc.integer({ min: 5000, max: 5003 }),
      clientPort: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { table, open } = tableWithControl();
        const model = new Map<string, number>();
        const find = (client: number, clientPort: number, port: number): number =>
          model.get(`${client} ${clientPort} ${port}`) ?? model.get(`${client} 0 ${port}`) ?? -1;
        for (const { act, client, port, clientPort } of steps) {
          const waiting = `${client} 0 ${port}`;
          const filled = `${client} ${clientPort} ${port}`;
          if (act === 'open' && !model.has(waiting)) model.set(waiting, open(client, 0, port));
          const slot = model.get(waiting);
          if (act === 'fill' && slot !== undefined && !model.has(filled)) {
            table.helped.fillClientPort(slot, clientPort);
            model.delete(waiting);
            model.set(filled, slot);
          }
          if (act === 'remove') {
            const name = model.has(filled) ? filled : waiting;
            if (model.has(name)) table.remove(model.get(name) ?? -1);
            model.delete(name);
          }
          const names = [...model.keys()];
          expect(table.helped.waiting).toBe(names.filter((name) => / 0 /.test(name)).length);
          expect(table.findIn4(TCP, client, clientPort, VIP, port)).toBe(
            find(client, clientPort, port),
          );
          const key = new ConnectionKey().set4(TCP, client, clientPort, VIP, port);
          expect(table.findIn(key)).toBe(find(client, clientPort, port));
        }
        expect(table.size).toBe(model.size + 1);
      }),
    );
  });

  it('keeps its place among half a million others when its port is filled in', () => {
    const { table, servers, open } = tableWithControl();
    const server = servers.first;
    if (server === undefined) return;
    const key = new ConnectionKey();
    const slots = [1, 2, 3].map((client) => open(client, 0, 5000));
    for (let n = 0; n < 300_000; n++)
      table.insert(key.set4(TCP, 1000 + n, 1, VIP, 80), 0, server, 80);
    for (const [index, slot] of slots.entries()) {
      expect(table.findIn4(TCP, index + 1, 4000, VIP, 5000)).toBe(slot);
      table.helped.fillClientPort(slot, 4000);
      expect(table.findIn4(TCP, index + 1, 4000, VIP, 5000)).toBe(slot);
      expect(table.findIn4(TCP, index + 1, 4001, VIP, 5000)).toBe(-1);
    }
  });
});

describe('a connection that controls others', () => {
  it('is re-armed for 60 s as long as it does, and ends after them', () => {
    const { table, control, open } = tableWithControl();
    open(1, 0, 5000);
    expect(table.controlled(control)).toBe(1);
    table.advance(4000);
    expect(table.size).toBe(2);
    table.advance(120_001);
    expect(table.size).toBe(1);
    table.advance(200_000);
    expect(table.size).toBe(0);
  });

  it('may have a controller itself', () => {
    const { table, servers, control, open } = tableWithControl();
    const server = servers.first;
    if (server === undefined) return;
    const key = new ConnectionKey().set4(TCP, 1, 0, VIP, 0);
    const template = table.insert(key, 0, server, 0, 0x1000);
    table.setController(control, template);
    const data = open(1, 0, 5000);
    expect([table.controller(data), table.controlled(control)]).toEqual([control, 1]);
    expect([table.controller(control), table.controlled(template)]).toEqual([template, 1]);
    const state = table.toJSON();
    const restored = ConnectionTable.fromJSON(state, () => server, { seed: 7 });
    expect(restored.toJSON()).toEqual(state);
    expect(restored.helped.waiting).toBe(1);
  });

  it('goes with them, and its template as well, when their server is removed', () => {
    const { table, servers, control, open } = tableWithControl();
    const server = servers.first;
    if (server === undefined) return;
    const template = table.insert(
      new ConnectionKey().set4(TCP, 1, 0, VIP, 0),
      0,
      server,
      0,
      0x1000,
    );
    table.setController(control, template);
    open(1, 0, 5000);
    servers.remove(server);
    removeOrphans(table);
    expect([table.size, server.total, server.persistent]).toEqual([0, 0, 0]);
  });

  it('that is bound to an address only has data connections that are, too', () => {
    const table = new ConnectionTable();
    const key = new ConnectionKey().set4(TCP, 1, 4711, VIP, 21);
    const control = table.insertUnbound(key, 0, OTHER, 21, 0, 7);
    key.set4(TCP, 1, 1024, VIP, 5000);
    const data = table.helped.open({ key, address: OTHER, port: 20 }, control, LISTEN, 0);
    expect([table.server(data), table.controller(data)]).toEqual([undefined, control]);
    expect(table.endpoints(data)).toMatchObject({ serverAddress: OTHER, serverPort: 20 });
    expect([table.state(data), table.toJSON().connections[1].mark]).toEqual([LISTEN.state, 7]);
  });

  it('counts its data connections at its own server, wherever they go', () => {
    const { servers, open } = tableWithControl();
    open(1, 0, 5000);
    open(2, 99, 20);
    expect(servers.first?.total).toBe(3);
  });
});

describe('a helper', () => {
  it('is given to masqueraded TCP connections to its ports only', () => {
    const { table, servers, control, open } = tableWithControl();
    const direct = servers.add({ address: '10.0.0.2', port: 21, forwardingMethod: 'gatewaying' });
    const key = new ConnectionKey();
    const routed = table.insert(key.set4(TCP, 5, 1, VIP, 21), 0, direct, 21);
    const server = servers.find({ address: '10.0.0.1', port: 21 });
    if (server === undefined) return;
    const udp = table.insert(key.set4(17, 5, 1, VIP, 21), 0, server, 21);
    const other = table.insert(key.set4(TCP, 5, 1, VIP, 22), 0, server, 22);
    const waiting = open(1, 0, 21);
    for (const slot of [control, routed, udp, other, waiting]) table.helped.adopt(slot);
    const helped = [control, routed, udp, other, waiting].map((slot) => table.helped.has(slot));
    expect(helped).toEqual([true, false, false, false, false]);
    expect(table.flags(control) & FLAG_HELPED).toBe(FLAG_HELPED);
    expect(table.flags(waiting) & FLAG_NO_CLIENT_PORT).toBe(FLAG_NO_CLIENT_PORT);
  });

  it('remembers of each entry what it was given', () => {
    const { table, control, open } = tableWithControl();
    const data = open(1, 1024, 5000);
    expect(table.helped.find(control)).toBeUndefined();
    table.helped.session(control).behind = 7;
    table.helped.session(data).behind = 8;
    expect(table.helped.session(control)).toBe(table.helped.find(control));
    expect([control, data].map((slot) => table.helped.find(slot)?.behind)).toEqual([7, 8]);
  });

  it('forgets what it remembers of an entry that leaves', () => {
    const { table, servers, control } = tableWithControl();
    table.helped.adopt(control);
    table.helped.session(control).behind = 7;
    table.remove(control);
    const server = servers.first;
    if (server === undefined) return;
    const next = table.insert(new ConnectionKey().set4(TCP, 1, 4711, VIP, 21), 0, server, 21);
    expect([next, table.helped.find(next)]).toEqual([control, undefined]);
  });
});

it('an entry whose sequence numbers are shifted is announced as such', () => {
  const { table, control } = tableWithControl();
  const before = table.flags(control);
  table.helped.noteShift(control);
  expect(table.flags(control)).toBe(before | FLAG_OUT_SEQ);
});
