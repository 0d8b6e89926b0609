import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { IpvsError } from '../../src/errors.js';
import { kernelRules } from '../../src/model/kernel-profile.js';
import { ServerList } from '../../src/model/server-list.js';
import type { ServerListObserver } from '../../src/model/server-list-observer.js';
import type { ServerOptions } from '../../src/model/server-settings.js';
import { runs } from '../support/arbitraries/runs.js';
import { weightProfiles, type WeightProfile } from '../support/arbitraries/weights.js';
import { Comparison } from '../support/differential.js';
import { ListSubject } from '../support/list-subject.js';
import { ReferenceService } from '../support/reference/service.js';

const everyWeight = Object.keys(weightProfiles) as WeightProfile[];

function server(number: number, more: Partial<ServerOptions> = {}): ServerOptions {
  return { address: `10.0.0.${number}`, port: 80, ...more };
}

function listOf(...numbers: number[]): ServerList {
  return new ServerList(numbers.map((number) => server(number)));
}

function names(servers: Iterable<unknown>): string[] {
  return [...servers].map(String);
}

/** Plays generated runs on a list and on the plain reference, and hands over both after each operation. */
function compareRuns(
  check: (list: ListSubject, reference: ReferenceService) => void,
  [least, most]: readonly [number, number],
  numRuns: number,
): void {
  const limits = { servers: [least, most], weights: everyWeight, operations: 60 } as const;
  fc.assert(
    fc.property(runs(limits), (run) => {
      const reference = new ReferenceService('rr');
      const list = new ListSubject();
      const comparison = new Comparison(run, reference, list);
      for (const operation of run.operations) {
        if (operation.do === 'pick') continue;
        comparison.perform(operation);
        check(list, reference);
      }
    }),
    { numRuns },
  );
}

describe('the order', () => {
  test('has the newest server first', () => {
    expect(names(listOf(1, 2, 3))).toEqual(['10.0.0.3:80', '10.0.0.2:80', '10.0.0.1:80']);
  });

  test('follows adding, adding again and removing as a plain list does', () => {
    compareRuns(
      ({ servers }, { list }) => {
        const expected = list.map(({ addr, port }) =>
          addr.includes(':') ? `[${addr}]:${port}` : `${addr}:${port}`,
        );
        expect(names(servers)).toEqual(expected);
        expect(servers.size).toBe(list.length);
      },
      [0, 8],
      100,
    );
  });

  test('survives the renumbering of a list that has become sparse', () => {
    compareRuns(
      ({ servers }, { list }) => {
        expect([...servers].map(({ port }) => port)).toHaveLength(list.length);
        // Removing renumbers above 64 positions of which less than half are in use; adding does not.
        const { size } = servers;
        expect(servers.positions).toBeLessThanOrEqual(Math.max(64 + size, 2 * size));
      },
      [60, 200],
      15,
    );
  });

  test('is told by the positions: greater ones are nearer to the front', () => {
    compareRuns(
      ({ servers }) => {
        const positions = [...servers].map(({ position }) => position);
        expect(positions).toEqual(positions.toSorted((a, b) => b - a));
        expect(new Set(positions).size).toBe(servers.size);
        for (const each of servers) expect(servers.at(each.position)).toBe(each);
        expect(servers.first?.position).toBe(positions[0]);
        expect(servers.positions).toBe((positions[0] ?? -1) + 1);
      },
      [0, 100],
      15,
    );
  });

  test('gives for each server the one before it', () => {
    compareRuns(
      ({ servers }) => {
        let before = undefined;
        for (const each of servers) {
          expect(servers.before(each)).toBe(before);
          before = each;
        }
      },
      [0, 100],
      12,
    );
  });

  test('gives for a server just removed the one that was before it', () => {
    const servers = listOf(1, 2, 3);
    expect(String(servers.before(servers.remove(server(2))))).toBe('10.0.0.3:80');
  });

  test('has nothing before the first server, and no first one when empty', () => {
    const servers = listOf(1, 2);
    expect(servers.before(servers.remove(server(2)))).toBeUndefined();
    servers.remove(server(1));
    expect(servers.first).toBeUndefined();
    expect(servers.positions).toBe(0);
  });
});

describe('the servers', () => {
  test('have the counters, weights and flags that the plain rules give', () => {
    compareRuns(
      (list, { list: expected }) => {
        for (const { id, active, total, weight, lastWeight, overloaded, upper, lower } of expected)
          expect(list.server(id)).toMatchObject({
            active,
            total,
            inactive: total - active,
            weight,
            lastWeight,
            overloaded,
            upperThreshold: upper,
            lowerThreshold: lower,
            available: true,
            quiesced: weight === 0,
          });
      },
      [0, 8],
      100,
    );
  });

  test('are the same after being written out and read back, the removed ones included', () => {
    compareRuns(
      (list) => {
        const before = JSON.stringify(list.servers);
        list.reload();
        expect(JSON.stringify(list.servers)).toBe(before);
      },
      [0, 8],
      60,
    );
  });

  test('are overloaded only while they have connections', () => {
    compareRuns(
      ({ servers }) => {
        for (const each of [...servers, ...servers.removed])
          if (each.overloaded) expect(each.total).toBeGreaterThan(0);
      },
      [0, 8],
      60,
    );
  });

  test('have weight 1, no thresholds and direct routing unless told otherwise', () => {
    expect(new ServerList().add(server(1))).toMatchObject({
      weight: 1,
      lastWeight: 1,
      upperThreshold: 0,
      lowerThreshold: 0,
      active: 0,
      total: 0,
      inactive: 0,
      persistent: 0,
      overloaded: false,
      quiesced: false,
      available: true,
      position: 0,
      forwardingMethod: 'gatewaying',
      tunnel: { type: 'ipip', port: 0, checksum: 'nocsum' },
    });
  });

  test('are found by address and port in any writing, and by themselves', () => {
    const servers = new ServerList([{ address: '2001:db8::1', port: 80 }, server(1)]);
    const found = servers.get({ address: '2001:0DB8:0:0::0001', port: 80 });
    expect(String(found)).toBe('[2001:db8::1]:80');
    expect(servers.get(found as NonNullable<typeof found>)).toBe(found);
    expect(servers.get(server(1, { port: 81 }))).toBeUndefined();
  });

  test('of IPv4 and mapped IPv6 are different ones', () => {
    const servers = new ServerList([
      { address: '1.2.3.4', port: 80 },
      { address: '::ffff:1.2.3.4', port: 80 },
    ]);
    expect(servers.size).toBe(2);
  });
});

describe('a removed server', () => {
  test('comes back as the same record, at the front, with its counters', () => {
    const servers = listOf(1, 2);
    const first = servers.get(server(1));
    first?.open(true, 3);
    servers.remove(server(1));
    first?.close();
    const again = servers.add(server(1, { weight: 5 }));
    expect(again).toBe(first);
    expect(again).toMatchObject({ active: 2, total: 2, weight: 5, lastWeight: 5, available: true });
    expect(servers.first).toBe(again);
  });

  test('is not available and not found', () => {
    const servers = listOf(1);
    const removed = servers.remove(server(1));
    expect(removed.available).toBe(false);
    expect(servers.get(server(1))).toBeUndefined();
    expect(servers.size).toBe(0);
    expect(names(servers.removed)).toEqual(['10.0.0.1:80']);
  });

  test('that comes back has no share of the memory of removed ones', () => {
    const servers = listOf(1);
    servers.remove(server(1));
    servers.add(server(1));
    expect(names(servers.removed)).toEqual([]);
  });

  test('forgets the last weight when it is added again with weight 0', () => {
    const servers = new ServerList([server(1, { weight: 7 })]);
    servers.remove(server(1));
    expect(servers.add(server(1, { weight: 0 })).lastWeight).toBe(0);
  });

  test.each([
    { what: 'a connection', hold: 'open', drop: 'close' },
    { what: 'a template', hold: 'openTemplate', drop: 'closeTemplate' },
    { what: 'a reference', hold: 'retain', drop: 'release' },
  ] as const)('is remembered as long as it has $what', ({ hold, drop }) => {
    const servers = listOf(1, 2);
    const removed = servers.remove(server(1));
    removed[hold]();
    servers.forgetIdle();
    expect([...servers.removed]).toEqual([removed]);
    removed[drop]();
    servers.forgetIdle();
    expect([...servers.removed]).toEqual([]);
  });

  test('that was forgotten comes back as a new record', () => {
    const servers = listOf(1);
    const removed = servers.remove(server(1));
    servers.forgetIdle();
    expect(servers.add(server(1))).not.toBe(removed);
  });

  test('is found by what may remember it', () => {
    const servers = listOf(1, 2);
    const removed = servers.remove(server(1));
    expect(servers.find(server(1))).toBe(removed);
    expect(servers.find(server(2))).toBe(servers.first);
    expect(servers.find(server(3))).toBeUndefined();
  });

  test('is not found where none was removed', () => {
    expect(listOf(1).find(server(2))).toBeUndefined();
  });

  test.each([
    [1024, 1024],
    [1025, 0],
  ])('of %d idle ones leaves %d in memory', (count, left) => {
    const servers = new ServerList();
    for (let round = 0; round < count; round++) {
      const address = `10.1.${round >> 8}.${round & 255}`;
      servers.add({ address, port: 80 });
      servers.remove({ address, port: 80 });
    }
    expect([...servers.removed]).toHaveLength(left);
  });

  test('is forgotten in time when thousands come and go', () => {
    const servers = listOf(1);
    for (let round = 0; round < 5000; round++) {
      const address = `10.${1 + (round >> 16)}.${(round >> 8) & 255}.${round & 255}`;
      servers.add({ address, port: 80 });
      servers.remove({ address, port: 80 });
    }
    expect([...servers.removed].length).toBeLessThanOrEqual(1024);
  });

  test('with a connection is never forgotten, however many come and go', () => {
    const servers = listOf(1);
    for (let round = 0; round < 3000; round++) {
      const address = `10.1.${round >> 8}.${round & 255}`;
      servers.add({ address, port: 80 }).open();
      servers.remove({ address, port: 80 });
    }
    expect([...servers.removed]).toHaveLength(3000);
  });
});

describe('an edit', () => {
  test('leaves what it does not name', () => {
    const servers = new ServerList([
      server(1, { weight: 3, upperThreshold: 9, lowerThreshold: 4, forwardingMethod: 'tunneling' }),
    ]);
    servers.edit(server(1), {});
    expect(servers.first).toMatchObject({
      weight: 3,
      upperThreshold: 9,
      lowerThreshold: 4,
      forwardingMethod: 'tunneling',
    });
  });

  test('to weight 0 keeps the last weight, to another weight replaces it', () => {
    const servers = new ServerList([server(1, { weight: 3 })]);
    expect(servers.edit(server(1), { weight: 0 })).toMatchObject({ weight: 0, lastWeight: 3 });
    expect(servers.edit(server(1), { weight: 8 })).toMatchObject({ weight: 8, lastWeight: 8 });
  });

  test('leaves the server where it is', () => {
    const servers = listOf(1, 2);
    servers.edit(server(1), { weight: 9 });
    expect(names(servers)).toEqual(['10.0.0.2:80', '10.0.0.1:80']);
  });

  test('fills in a tunnel from its defaults', () => {
    const servers = listOf(1);
    servers.edit(server(1), { forwardingMethod: 'tunneling', tunnel: { type: 'gue', port: 6080 } });
    expect(servers.first?.tunnel).toEqual({ type: 'gue', port: 6080, checksum: 'nocsum' });
  });

  test('of the lower threshold alone looks at the overloaded flag afresh', () => {
    const servers = new ServerList([server(1, { upperThreshold: 4 })]);
    servers.first?.open(true, 4);
    servers.first?.close();
    expect(servers.first?.overloaded).toBe(true);
    expect(servers.edit(server(1), { lowerThreshold: 4 }).overloaded).toBe(false);
  });

  test('that is refused changes nothing', () => {
    const servers = listOf(1);
    const before = JSON.stringify(servers);
    expect(() =>
      servers.edit(server(1), { weight: 2, upperThreshold: 1, lowerThreshold: 2 }),
    ).toThrow(RangeError);
    expect(JSON.stringify(servers)).toBe(before);
  });
});

describe('a refusal names what was wrong, what is allowed and what was given', () => {
  test.each([
    [{ weight: -1 }, 'Invalid weight: expected an integer 0–2147483647, got -1'],
    [{ weight: 2 ** 31 }, 'Invalid weight: expected an integer 0–2147483647, got 2147483648'],
    [{ weight: 1.5 }, 'Invalid weight: expected an integer 0–2147483647, got 1.5'],
    [{ upperThreshold: -1 }, 'Invalid upper threshold: expected an integer 0–2147483647, got -1'],
    [
      { upperThreshold: 2, lowerThreshold: 3 },
      'Invalid lower threshold: expected an integer 0–2, got 3',
    ],
    [{ port: 65536 }, 'Invalid server port: expected an integer 0–65535, got 65536'],
    [
      { address: '10.0.0.256' },
      'Invalid server address: expected IPv4 such as 10.0.0.1 or IPv6 such as 2001:db8::1, got "10.0.0.256"',
    ],
    [
      { forwardingMethod: 'nat' as never },
      'Invalid forwarding method: expected masquerading, gatewaying, tunneling, got "nat"',
    ],
  ])('%o', (more, message) => {
    const servers = new ServerList();
    expect(() => servers.add(server(1, more))).toThrow(new RangeError(message));
    expect(servers.size).toBe(0);
  });

  test('also when a server is looked for', () => {
    expect(() => new ServerList().get(server(1, { port: -1 }))).toThrow(
      new RangeError('Invalid server port: expected an integer 0–65535, got -1'),
    );
  });

  test('also of the type', () => {
    expect(() => new ServerList().add(server(1, { weight: '1' as never }))).toThrow(
      new TypeError('Invalid weight: expected an integer 0–2147483647, got "1"'),
    );
  });

  test.each([
    ['10.0.0.1', '10.0.0.1:80'],
    ['2001:DB8::1', '[2001:db8::1]:80'],
  ])('a server that is there already: %s', (address, name) => {
    const servers = new ServerList([{ address, port: 80 }]);
    const add = (): unknown => servers.add({ address, port: 80, weight: 9 });
    expect(add).toThrow(`Cannot add ${name}: it is in the list already`);
    expect(add).toThrow(expect.objectContaining({ code: 'ERR_SERVER_EXISTS' }));
    expect(servers.first?.weight).toBe(1);
  });

  test.each(['edit', 'remove'] as const)('a server that is not there: %s', (verb) => {
    const attempt = (): unknown => listOf(2)[verb](server(1), {});
    expect(attempt).toThrow(`Cannot ${verb} 10.0.0.1:80: not in the list`);
    expect(attempt).toThrow(IpvsError);
    expect(attempt).toThrow(expect.objectContaining({ code: 'ERR_SERVER_NOT_FOUND' }));
  });
});

/** A list of one server with an observer that knows every event. */
function observed(): { servers: ServerList; observer: Required<ServerListObserver> } {
  const servers = listOf(1);
  const observer = {
    serverAdded: vi.fn(),
    serverEdited: vi.fn(),
    serverRemoved: vi.fn(),
    loadChanged: vi.fn(),
    overloadedChanged: vi.fn(),
    renumbered: vi.fn(),
  };
  servers.subscribe(observer);
  return { servers, observer };
}

describe('an observer', () => {
  test('is told of a server that was added, when it is in the list', () => {
    const { servers, observer } = observed();
    observer.serverAdded = vi.fn((added) => expect(servers.first).toBe(added));
    servers.add(server(2));
    expect(observer.serverAdded).toHaveBeenCalledExactlyOnceWith(servers.first);
  });

  test('is told of an edit, changed or not', () => {
    const { servers, observer } = observed();
    servers.edit(server(1), {});
    expect(observer.serverEdited).toHaveBeenCalledExactlyOnceWith(servers.first, {});
  });

  test('is told of a removal, when the server is no longer in the list', () => {
    const { servers, observer } = observed();
    observer.serverRemoved = vi.fn(() => expect(servers.size).toBe(0));
    const removed = servers.remove(server(1));
    expect(observer.serverRemoved).toHaveBeenCalledExactlyOnceWith(removed);
    expect(removed.position).toBe(0);
  });

  test.each([
    ['open', (each) => each.open()],
    ['close', (each) => each.close()],
    ['activate', (each) => each.activate()],
    ['deactivate', (each) => each.deactivate()],
  ] as [string, (each: NonNullable<ServerList['first']>) => void][])(
    'is told of a changed load: %s',
    (_, change) => {
      const servers = listOf(1);
      const only = servers.first as NonNullable<ServerList['first']>;
      only.open(true, 2);
      only.open(false, 2);
      const loadChanged = vi.fn();
      servers.subscribe({ loadChanged });
      change(only);
      expect(loadChanged).toHaveBeenCalledExactlyOnceWith(only);
    },
  );

  test('is not told of the load of a removed server', () => {
    const { servers, observer } = observed();
    const removed = servers.remove(server(1));
    removed.open(true, 3);
    removed.deactivate();
    removed.activate();
    removed.close();
    expect(observer.loadChanged).not.toHaveBeenCalled();
  });

  test('is told when the positions have changed, after they have', () => {
    const servers = new ServerList(Array.from({ length: 100 }, (_, i) => server(i)));
    const renumbered = vi.fn(() => expect(servers.positions).toBe(servers.size));
    servers.subscribe({ renumbered });
    for (let i = 0; i < 60; i++) servers.remove(server(i));
    expect(renumbered).toHaveBeenCalledTimes(1);
  });

  test.each([
    [50, 0],
    [51, 1],
  ])('of a hundred servers, %d of them removed, sees them renumbered %d times', (gone, times) => {
    const servers = new ServerList(Array.from({ length: 100 }, (_, i) => server(i)));
    const renumbered = vi.fn();
    servers.subscribe({ renumbered });
    for (let i = 0; i < gone; i++) servers.remove(server(i));
    expect(renumbered).toHaveBeenCalledTimes(times);
  });

  test('is told when a server becomes overloaded and when it recovers, and of nothing between', () => {
    const servers = new ServerList([server(1, { upperThreshold: 2, lowerThreshold: 2 })]);
    const flags: boolean[] = [];
    servers.subscribe({ overloadedChanged: (each) => flags.push(each.overloaded) });
    const only = servers.first as NonNullable<ServerList['first']>;
    for (let count = 0; count < 3; count++) only.open();
    for (let count = 0; count < 3; count++) only.close();
    expect(flags).toEqual([true, false]);
  });

  test('is not told of the overloaded flag of a removed server', () => {
    const servers = new ServerList([server(1, { upperThreshold: 1 })]);
    const overloadedChanged = vi.fn();
    servers.subscribe({ overloadedChanged });
    servers.remove(server(1)).open();
    expect(overloadedChanged).not.toHaveBeenCalled();
  });

  test('need not listen to anything', () => {
    const servers = new ServerList(Array.from({ length: 100 }, (_, i) => server(i)));
    servers.subscribe({});
    servers.add(server(200, { upperThreshold: 1 })).open();
    servers.edit(server(200), { weight: 2 });
    for (let i = 0; i < 60; i++) servers.remove(server(i));
    expect(servers.size).toBe(41);
  });

  test('is one of many, and all hear of a load', () => {
    const servers = listOf(1);
    const listeners = [{ loadChanged: vi.fn() }, {}, { loadChanged: vi.fn() }];
    for (const listener of listeners) servers.subscribe(listener);
    servers.add(server(2)).open();
    for (const each of servers) each.close(true, each.active);
    const heard = listeners.map(({ loadChanged }) =>
      loadChanged?.mock.calls.map(([each]) => String(each)),
    );
    const expected = ['10.0.0.2:80', '10.0.0.2:80', '10.0.0.1:80'];
    expect(heard).toEqual([expected, undefined, expected]);
  });

  test('of a short list never sees it renumbered', () => {
    const servers = new ServerList(Array.from({ length: 64 }, (_, i) => server(i)));
    const renumbered = vi.fn();
    servers.subscribe({ renumbered });
    for (let i = 0; i < 63; i++) servers.remove(server(i));
    expect(renumbered).not.toHaveBeenCalled();
  });

  test('hears nothing after it has been unsubscribed', () => {
    const { servers, observer } = observed();
    servers.unsubscribe(observer);
    servers.add(server(2)).open();
    servers.edit(server(2), { weight: 2 });
    servers.remove(server(2));
    for (const method of Object.values(observer)) expect(method).not.toHaveBeenCalled();
  });

  test('does not disturb others when it goes', () => {
    const { servers, observer } = observed();
    const other = { loadChanged: vi.fn() };
    servers.subscribe(other);
    servers.unsubscribe(other);
    servers.first?.open();
    expect(other.loadChanged).not.toHaveBeenCalled();
    expect(observer.loadChanged).toHaveBeenCalledTimes(1);
  });
});

describe('a list that is read back', () => {
  test('goes on like the one that was written', () => {
    const servers = listOf(1, 2, 3);
    servers.first?.open(true, 2);
    servers.remove(server(2)).open(true, 5);
    const copy = ServerList.fromJSON(JSON.parse(JSON.stringify(servers)));
    expect(copy.toJSON().removed).toEqual([expect.objectContaining({ active: 5 })]);
    for (const list of [servers, copy]) list.add(server(2, { weight: 4 })).open();
    expect(copy.first).toMatchObject({ active: 6, weight: 4 });
    expect(JSON.stringify(copy)).toBe(JSON.stringify(servers));
  });

  test.each([
    ['lastWeight', -1, 'last weight'],
    ['total', -1, 'total'],
    ['active', 1, 'active'],
    ['persistent', 0.5, 'persistent'],
  ])('is refused when %s is %d', (field, value, name) => {
    const state = listOf(1).toJSON();
    const damaged = { ...state, servers: [{ ...state.servers[0], [field]: value }] };
    expect(() => ServerList.fromJSON(damaged)).toThrow(`Invalid ${name}: expected an integer 0–`);
  });

  test.each([
    [undefined, 'Cannot restore a list of servers: expected its saved state, got undefined'],
    [{ format: 2 }, 'Cannot restore a list of servers: expected a state of format 1, got 2'],
  ])('is refused when it is %o', (state, message) => {
    expect(() => ServerList.fromJSON(state as never)).toThrow(message);
  });

  test('is of the kernel that is given', () => {
    const { kernel } = ServerList.fromJSON(listOf(1).toJSON(), { kernel: '6.1.176' });
    expect(kernel).toBe(kernelRules('6.1.176'));
  });
});

describe('a list', () => {
  test('counts servers that come and go, and no edits', () => {
    const servers = listOf(1, 2);
    const before = servers.membership;
    servers.edit(server(1), { weight: 2 });
    expect(servers.membership).toBe(before);
    servers.remove(server(1));
    servers.add(server(1));
    expect(servers.membership).toBe(before + 2);
  });

  test('says in words which servers it has', () => {
    const servers = new ServerList([server(1, { weight: 3 }), server(2)]);
    expect(servers.describe()).toBe(
      'ServerList [\n  10.0.0.2:80 (weight 1, 0 active, 0 inactive),' +
        '\n  10.0.0.1:80 (weight 3, 0 active, 0 inactive)\n]',
    );
  });

  test('with an unknown option is refused', () => {
    expect(() => new ServerList([], { kernal: '6.1.176' } as never)).toThrow(
      'Cannot create a server list: expected options kernel, got "kernal"',
    );
  });
});
