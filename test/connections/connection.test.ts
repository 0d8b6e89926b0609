import { describe, expect, it } from 'vitest';
import { Connection } from '../../src/connections/connection.js';
import { ConnectionTable } from '../../src/connections/connection-table.js';
import { ConnectionKey } from '../../src/connections/entries/connection-key.js';
import { FLAG_NO_OUTPUT, FLAG_TEMPLATE } from '../../src/connections/entries/flags.js';
import { IpAddress } from '../../src/ip-address.js';
import { clientKey, oneServer, templateKey } from './support/fixtures.js';
import { noisyTable, partsOf } from './support/parts.js';

describe('Connection', () => {
  it('is not taken for a later connection in the same slot', () => {
    const table = new ConnectionTable();
    const server = oneServer();
    const slot = table.insert(clientKey(1), 0, server, 80);
    const old = table.connection(slot);
    expect([old.open, old.server, old.clientPort]).toEqual([true, server, 1024]);
    table.remove(slot);
    expect(table.insert(clientKey(2), 0, server, 80)).toBe(slot);
    expect([old.open, old.server, old.state, old.clientAddress]).toEqual([
      false,
      undefined,
      undefined,
      undefined,
    ]);
    expect(table.connection(slot).clientAddress?.toString()).toBe('10.0.0.2');
  });
});

/** All that a view shows, by name. */
function shown(view: Connection): Record<string, unknown> {
  const names = Object.getOwnPropertyNames(Connection.prototype);
  const getters = names.filter((name) => name !== 'constructor') as (keyof Connection)[];
  return Object.fromEntries(getters.map((name) => [name, view[name]]));
}

describe('what a view of an entry shows', () => {
  it('is that of its own entry, and nothing once that has left, whatever its family', () => {
    const server = oneServer();
    for (const [clientAddress, virtualAddress] of [
      ['10.0.0.7', '192.168.0.9'],
      ['2001:db8:1:2:3:4:5:6', '2001:db8:9:a:b:c:d:e'],
    ].map((texts) => texts.map((text) => IpAddress.parse(text)))) {
      const table = noisyTable();
      const key = new ConnectionKey().setClient(clientAddress, 4711).setVirtual(virtualAddress, 80);
      key.protocol = 6;
      const initial = { state: 5, active: true, timeoutMs: 7000 };
      const slot = table.insert(key, 100, server, 8080, 0, 0, initial);
      const view = table.connection(slot);
      const values = {
        clientAddress,
        clientPort: 4711,
        virtualAddress,
        virtualPort: 80,
        server,
        serverPort: 8080,
        state: 5,
        timeoutMs: 7000,
      };
      expect(shown(view)).toEqual({ ...values, open: true, expiryMs: 7100, expiring: false });
      table.expireNow(slot, 200);
      expect(shown(view)).toEqual({ ...values, open: true, expiryMs: 200, expiring: true });
      table.remove(slot);
      expect(Object.values(shown(view)).filter((value) => value !== undefined)).toEqual([false]);
    }
  });
});

describe('an entry', () => {
  it('starts in state 0 for 3 s with the flags of its server, inactive', () => {
    const table = new ConnectionTable();
    const server = oneServer({ forwardingMethod: 'tunneling' });
    const slot = table.insert(clientKey(1), 1000, server, 80);
    expect([table.state(slot), table.expiryMs(slot), partsOf(table).entries.packets(slot)]).toEqual(
      [0, 4000, 0],
    );
    expect(table.flags(slot)).toBe(0x40 | 0x100 | FLAG_NO_OUTPUT | 2);
    expect([server.active, server.inactive]).toEqual([0, 1]);
  });

  it('names the engine data of its template, and none when it has none', () => {
    const table = new ConnectionTable();
    const server = oneServer();
    const named = table.insert(
      Object.assign(templateKey(1), { engineData: 'call' }),
      0,
      server,
      0,
      FLAG_TEMPLATE,
    );
    const others = [
      table.insert(templateKey(2), 0, server, 0, FLAG_TEMPLATE),
      // A key that is used again may still have the engine data of a template.
      table.insert(Object.assign(clientKey(3), { engineData: 'call' }), 0, server, 80),
    ];
    expect(table.endpoints(named).engineData).toBe('call');
    for (const slot of others)
      expect(Object.keys(table.endpoints(slot))).not.toContain('engineData');
  });

  it('keeps address, port and mark apart from those of other entries of its server', () => {
    const table = new ConnectionTable();
    const server = oneServer();
    const marked = table.insert(clientKey(1), 0, server, 8080, 0, 7);
    const plain = table.insert(clientKey(2), 0, server, 80);
    const { entries } = partsOf(table);
    expect([table.endpoints(marked).serverPort, entries.mark(marked)]).toEqual([8080, 7]);
    expect([table.endpoints(plain).serverPort, entries.mark(plain)]).toEqual([80, 0]);
  });

  it('without server keeps its flags, and counts nowhere', () => {
    const table = new ConnectionTable();
    const slot = table.insertUnbound(clientKey(1), 0, IpAddress.parse('10.0.0.1'), 80, 0x83);
    expect([table.server(slot), table.flags(slot)]).toEqual([undefined, 0xc3]);
    expect(table.findIn(clientKey(1))).toBe(slot);
    for (const active of [true, false, false, true]) {
      table.setState(slot, 1, active);
      expect(table.flags(slot)).toBe(active ? 0xc3 : 0x1c3);
    }
    table.remove(slot);
    expect(table.findIn(clientKey(1))).toBe(-1);
  });

  it('of a firewall mark is found by the mark and protocol 0 alone', () => {
    const table = new ConnectionTable();
    const key = new ConnectionKey().setClient(IpAddress.parse('10.0.0.0'), 0).setMark(5);
    const slot = table.insert(key, 0, oneServer(), 0, FLAG_TEMPLATE, 5);
    expect(table.findTemplate(key)).toBe(slot);
    expect(table.findIn(key)).toBe(-1);
    expect(table.endpoints(slot).virtualAddress.toString()).toBe('0.0.0.5');
    table.invalidate(slot);
    expect(table.findTemplate(key)).toBe(-1);
    expect([table.endpoints(slot).virtualPort, table.endpoints(slot).serverPort]).toEqual([
      0xffff, 0xffff,
    ]);
  });
});

describe('timers', () => {
  it('let an entry due at T be found at T, and no longer at any later time', () => {
    const table = new ConnectionTable();
    const slot = table.insert(clientKey(1), 0, oneServer(), 80);
    table.advance(3000);
    expect(table.findIn(clientKey(1))).toBe(slot);
    table.advance(3000.25);
    expect(table.findIn(clientKey(1))).toBe(-1);
  });

  it('re-arm a controlling template for 60 s, counted from the late moment', () => {
    const table = new ConnectionTable({ timerLatenessMs: 10 });
    const server = oneServer();
    const rearmed: number[] = [];
    table.observer = { templateRearmed: (slot) => rearmed.push(table.expiryMs(slot)) };
    const template = table.insert(templateKey(1), 160, server, 80, FLAG_TEMPLATE);
    table.setTimeout(template, 40_000);
    table.touch(template, 160);
    const slot = table.insert(clientKey(1), 160, server, 80);
    table.setController(slot, template);
    table.setTimeout(slot, 120_000);
    table.touch(slot, 160);
    table.advance(300_000);
    expect(rearmed).toEqual([100_170, 160_180]);
    expect([table.size, server.persistent]).toEqual([0, 0]);
  });

  it('move on through years without entries, and through days with one, at once', () => {
    const table = new ConnectionTable();
    table.advance(1e12);
    const slot = table.insert(clientKey(1), 1e12, oneServer(), 80);
    table.setTimeout(slot, 31 * 86_400_000);
    table.touch(slot, 1e12);
    const due = 1e12 + 31 * 86_400_000;
    table.advance(due);
    expect(table.expiryMs(slot)).toBe(due);
    expect(table.advance(due + 1)).toBe(true);
    expect(table.size).toBe(0);
  });
});
