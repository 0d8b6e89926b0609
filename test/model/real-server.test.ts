import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isUsable, type RealServer } from '../../src/model/real-server.js';
import { ServerList } from '../../src/model/server-list.js';

function newServer(address = '10.0.0.1'): RealServer {
  return new ServerList().add({ address, port: 80 });
}

const changes = fc.array(
  fc.tuple(
    fc.constantFrom('open', 'openInactive', 'close', 'closeInactive', 'activate', 'deactivate'),
    fc.nat(4),
  ),
);

/** Applies a change to a server, and tells whether it was allowed. */
function change(server: RealServer, how: string, count: number): boolean {
  try {
    if (how === 'open' || how === 'openInactive') server.open(how === 'open', count);
    else if (how === 'close' || how === 'closeInactive') server.close(how === 'close', count);
    else if (how === 'activate') server.activate(count);
    else server.deactivate(count);
    return true;
  } catch {
    return false;
  }
}

describe('the counters of a server', () => {
  test('follow opening, ending and changing connections, and are never negative', () => {
    const property = fc.property(changes, (all) => {
      const server = newServer();
      let [active, inactive] = [0, 0];
      for (const [how, count] of all) {
        const [a, i] = {
          open: [count, 0],
          openInactive: [0, count],
          close: [-count, 0],
          closeInactive: [0, -count],
          activate: [count, -count],
          deactivate: [-count, count],
        }[how] as [number, number];
        const allowed = active + a >= 0 && inactive + i >= 0;
        expect(change(server, how, count)).toBe(allowed);
        if (allowed) [active, inactive] = [active + a, inactive + i];
        expect(server).toMatchObject({ active, inactive, total: active + inactive });
      }
    });
    fc.assert(property);
  });

  test('count one active connection unless told otherwise', () => {
    const server = newServer();
    server.open();
    server.open();
    expect(server).toMatchObject({ active: 2, total: 2 });
    server.close();
    expect(server).toMatchObject({ active: 1, total: 1 });
    server.deactivate();
    expect(server).toMatchObject({ active: 0, inactive: 1 });
    server.activate();
    expect(server).toMatchObject({ active: 1, inactive: 0 });
  });

  test.each([
    ['close', 'Cannot close 2 connection(s) of 10.0.0.1:80: it has 1 active', [true, 2]],
    ['close', 'Cannot close 2 connection(s) of 10.0.0.1:80: it has 1 inactive', [false, 2]],
    ['activate', 'Cannot activate 2 connection(s) of 10.0.0.1:80: it has 1 inactive', [2]],
    ['deactivate', 'Cannot deactivate 2 connection(s) of 10.0.0.1:80: it has 1 active', [2]],
  ] as const)('refuse to %s more than there are: %s', (verb, message, args) => {
    const server = newServer();
    server.open(true);
    server.open(false);
    const attempt = server[verb] as (...args: readonly unknown[]) => void;
    expect(() => attempt.apply(server, [...args])).toThrow(new RangeError(message));
    expect(server).toMatchObject({ active: 1, inactive: 1 });
  });

  test.each([
    ['open', -1],
    ['close', -1],
    ['activate', -1],
    ['deactivate', -1],
    ['open', 0.5],
    ['close', Number.NaN],
  ] as const)('refuse to %s %d connections', (verb, count) => {
    const server = newServer();
    server.open(true, 3);
    server.open(false, 3);
    const attempt = (): void => {
      if (verb === 'open' || verb === 'close') server[verb](true, count);
      else server[verb](count);
    };
    expect(attempt).toThrow(
      new RangeError(
        `Invalid number of connections: expected an integer 0–9007199254740991, got ${count}`,
      ),
    );
    expect(server).toMatchObject({ active: 3, inactive: 3 });
  });

  test('of templates stand apart', () => {
    const server = newServer();
    server.openTemplate();
    server.openTemplate();
    expect(server).toMatchObject({ persistent: 2, total: 0, active: 0 });
    server.closeTemplate();
    expect(server.persistent).toBe(1);
    server.closeTemplate();
    expect(() => server.closeTemplate()).toThrow(
      new RangeError('Cannot close a template of 10.0.0.1:80: it has none'),
    );
    expect(server.persistent).toBe(0);
  });

  test('go on after the server was removed', () => {
    const servers = new ServerList([{ address: '10.0.0.1', port: 80, upperThreshold: 2 }]);
    const server = servers.remove({ address: '10.0.0.1', port: 80 });
    server.open(true, 2);
    expect(server).toMatchObject({ active: 2, overloaded: true });
  });
});

describe('the usable weight of a server', () => {
  test('is its weight while it is not overloaded, and else 0', () => {
    const edits = fc.record(
      { weight: fc.nat(3), upperThreshold: fc.nat(6), lowerThreshold: fc.constant(0) },
      { requiredKeys: [] },
    );
    const actions = fc.array(
      fc.oneof(fc.tuple(fc.constantFrom('open', 'close'), fc.nat(4)), edits),
    );
    const property = fc.property(actions, (all) => {
      const list = new ServerList([{ address: '10.0.0.1', port: 80 }]);
      const server = list.first as RealServer;
      for (const action of all) {
        if (Array.isArray(action)) change(server, ...action);
        else list.edit(server, action);
        const written = ServerList.fromJSON(list.toJSON()).first;
        const expected = server.overloaded ? 0 : server.weight;
        expect([server.usableWeight, written?.usableWeight]).toEqual([expected, expected]);
      }
    });
    fc.assert(property);
  });
});

describe('a server', () => {
  test.each([
    ['10.0.0.1', '10.0.0.1:80'],
    ['2001:db8::1', '[2001:db8::1]:80'],
  ])('%s is written %s', (address, text) => {
    expect(String(newServer(address))).toBe(text);
  });

  test.each([
    { weight: 1, overloaded: false, usable: true },
    { weight: 0, overloaded: false, usable: false },
    { weight: 1, overloaded: true, usable: false },
    { weight: 0, overloaded: true, usable: false },
  ])('of weight $weight, overloaded: $overloaded, is usable: $usable', (each) => {
    const list = new ServerList();
    const server = list.add({ address: '10.0.0.1', port: 80 });
    list.edit(server, { weight: each.weight, upperThreshold: 1 });
    if (each.overloaded) server.open();
    expect(isUsable(server)).toBe(each.usable);
  });
});
