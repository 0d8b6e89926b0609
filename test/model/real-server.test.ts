import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
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

/** A server with an upper threshold of 1 and one connection, of a list under a kernel, with what its observer hears. */
function atThreshold(kernel: '6.1.176' | '6.12.117'): { server: RealServer; heard: string[] } {
  const servers = new ServerList([{ address: '10.0.0.1', port: 80 }], { kernel });
  const server = servers.first as RealServer;
  server.open();
  servers.edit(server, { upperThreshold: 1 });
  const heard: string[] = [];
  servers.subscribe({
    loadChanged: () => heard.push('load'),
    overloadedChanged: (each) => heard.push(`overloaded: ${each.overloaded}`),
  });
  return { server, heard };
}

describe('a template', () => {
  test('raises the overloaded flag before 6.1.183', () => {
    const { server, heard } = atThreshold('6.1.176');
    server.openTemplate();
    expect(server).toMatchObject({ overloaded: true, usableWeight: 0 });
    server.closeTemplate();
    expect(server.overloaded).toBe(true);
    expect(heard).toEqual(['overloaded: true', 'load', 'load']);
  });

  test('clears the overloaded flag before 6.1.183 when it ends', () => {
    const servers = new ServerList(
      [{ address: '10.0.0.1', port: 80, upperThreshold: 2, lowerThreshold: 1 }],
      { kernel: '6.1.176' },
    );
    const server = servers.first as RealServer;
    server.openTemplate();
    server.open(true, 2);
    server.close();
    servers.edit(server, { lowerThreshold: 2 });
    expect(server.overloaded).toBe(true);
    server.closeTemplate();
    expect(server).toMatchObject({ overloaded: false, usableWeight: 1 });
  });

  test('concerns neither the flag nor an observer since', () => {
    const { server, heard } = atThreshold('6.12.117');
    const { overloaded } = server;
    server.openTemplate();
    server.closeTemplate();
    expect([server.overloaded, heard]).toEqual([overloaded, []]);
  });

  test('of a server without an upper threshold changes nothing else', () => {
    const servers = new ServerList(['10.0.0.1:80'], { kernel: '6.1.176' });
    const loadChanged = vi.fn();
    servers.subscribe({ loadChanged });
    servers.first?.openTemplate();
    servers.first?.closeTemplate();
    expect(loadChanged).not.toHaveBeenCalled();
  });

  test('needs no observer', () => {
    const servers = new ServerList([{ address: '10.0.0.1', port: 80, upperThreshold: 1 }], {
      kernel: '6.1.176',
    });
    const server = servers.first as RealServer;
    server.open();
    server.openTemplate();
    server.closeTemplate();
    expect(server).toMatchObject({ persistent: 0, overloaded: true });
  });
});

describe('a suspended server', () => {
  const listOfOne = (): { servers: ServerList; server: RealServer; heard: string[] } => {
    const servers = new ServerList([{ address: '10.0.0.1', port: 80, weight: 3 }]);
    const heard: string[] = [];
    servers.subscribe({
      loadChanged: () => heard.push('load'),
      overloadedChanged: () => heard.push('usable or not'),
    });
    return { servers, server: servers.first as RealServer, heard };
  };

  test('has no usable weight until as many reasons have ended as there were', () => {
    const { server } = listOfOne();
    const seen = (['suspend', 'suspend', 'resume', 'resume'] as const).map((step) => {
      server[step]();
      return [server.suspended, server.usableWeight];
    });
    expect(seen).toEqual([
      [true, 0],
      [true, 0],
      [true, 0],
      [false, 3],
    ]);
  });

  test('has no usable weight by an edit either, and the new one afterwards', () => {
    const { servers, server } = listOfOne();
    server.suspend();
    expect(servers.edit(server, { weight: 7 }).usableWeight).toBe(0);
    server.resume();
    expect(server.usableWeight).toBe(7);
  });

  test('is announced once when it begins and once when it ends', () => {
    const { server, heard } = listOfOne();
    for (const step of ['suspend', 'suspend', 'resume', 'resume'] as const) server[step]();
    expect(heard).toEqual(['usable or not', 'load', 'usable or not', 'load']);
  });

  test('is not announced after it was removed', () => {
    const { servers, server, heard } = listOfOne();
    servers.remove(server);
    server.suspend();
    server.resume();
    expect([heard, server.usableWeight]).toEqual([[], 3]);
  });

  test('needs no observer', () => {
    const server = newServer();
    server.suspend();
    server.resume();
    expect(server.suspended).toBe(false);
  });

  test('is not resumed more often than it was suspended', () => {
    const { server } = listOfOne();
    server.suspend();
    server.resume();
    expect(() => server.resume()).toThrow(
      new RangeError('Cannot resume 10.0.0.1:80: it is not suspended'),
    );
    expect(server).toMatchObject({ suspended: false, usableWeight: 3 });
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

  test('says in words what it is and what has become of it', () => {
    const servers = new ServerList([
      { address: '10.0.0.1', port: 80, weight: 3, upperThreshold: 2 },
    ]);
    const server = servers.first as RealServer;
    const words: string[] = [server.describe()];
    server.open();
    server.open(false);
    words.push(server.describe());
    server.openTemplate();
    server.suspend();
    servers.remove(server);
    words.push(server.describe());
    expect(words).toEqual([
      'RealServer 10.0.0.1:80 (weight 3, 0 active, 0 inactive)',
      'RealServer 10.0.0.1:80 (weight 3, 1 active, 1 inactive, overloaded)',
      'RealServer 10.0.0.1:80 (weight 3, 1 active, 1 inactive, 1 persistent, overloaded, suspended, removed)',
    ]);
  });

  test.each([
    [3, false],
    [0, true],
  ])('of weight %d is quiesced: %o', (weight, quiesced) => {
    const [server] = new ServerList([{ address: '10.0.0.1', port: 80, weight }]);
    expect(server?.quiesced).toBe(quiesced);
  });
});
