/** Bringing a list in line with what a registry says. */
import { describe, expect, it } from 'vitest';
import { ServerList } from '../../src/model/server-list.js';
import { SCHEDULERS } from '../../src/schedulers/create-scheduler.js';
import { roundRobin } from '../../src/schedulers/round-robin.js';
import type { SchedulerName } from '../../src/schedulers/scheduler.js';
import { createFlow } from '../../src/model/flow.js';
import type { ServerOptions } from '../../src/model/server-settings.js';

const rack = (...numbers: number[]): string[] => numbers.map((n) => `10.0.0.${n}:80`);
const flow = createFlow({ source: '198.51.100.1', destination: '192.0.2.1' });

describe('replacing the servers of a list', () => {
  it('adds what is new, removes what has left, and keeps the others with their counters and places', () => {
    const servers = new ServerList(rack(1, 2, 3));
    servers.get('10.0.0.2:80')?.open();
    const kept = servers.get('10.0.0.2:80');
    const { added, edited, removed, quiesced } = servers.replace(rack(2, 3, 4));
    expect([added, edited, removed, quiesced].map((each) => each.map(String))).toEqual([
      ['10.0.0.4:80'],
      [],
      ['10.0.0.1:80'],
      [],
    ]);
    expect([...servers].map(String)).toEqual(rack(4, 3, 2));
    expect(servers.get('10.0.0.2:80')).toBe(kept);
    expect(kept?.total).toBe(1);
  });

  it('changes the settings that are given and differ, and no others', () => {
    const servers = new ServerList([{ address: '10.0.0.1', port: 80, weight: 5 }]);
    const notes: unknown[] = [];
    servers.subscribe({ serverEdited: (_, settings) => notes.push(settings) });
    servers.replace([{ address: '10.0.0.1', port: 80 }]);
    servers.replace([{ address: '10.0.0.1', port: 80, weight: 5, upperThreshold: 0, tunnel: {} }]);
    servers.replace([{ address: '10.0.0.1', port: 80, weight: 6, upperThreshold: 9 }]);
    expect(notes).toEqual([{ weight: 6, upperThreshold: 9 }]);
  });

  const before = {
    address: '10.0.0.1',
    port: 80,
    weight: 5,
    upperThreshold: 9,
    lowerThreshold: 4,
    forwardingMethod: 'tunneling',
    tunnel: { type: 'gue', port: 6080, checksum: 'csum' },
  } as const;

  it.each<Partial<ServerOptions>>([
    { weight: 6 },
    { upperThreshold: 8 },
    { lowerThreshold: 3 },
    { forwardingMethod: 'masquerading' },
    { tunnel: { type: 'gre', checksum: 'csum' } },
    { tunnel: { type: 'gue', port: 6081, checksum: 'csum' } },
    { tunnel: { type: 'gue', port: 6080, checksum: 'remcsum' } },
  ])('edits %o and nothing else', (setting) => {
    const servers = new ServerList([before]);
    const notes: unknown[] = [];
    servers.subscribe({ serverEdited: (_, settings) => notes.push(settings) });
    const { edited } = servers.replace([{ ...before, ...setting }]);
    expect([edited, notes]).toEqual([[servers.first], [setting]]);
  });

  it('edits nothing when all settings are given as they are', () => {
    const servers = new ServerList([before]);
    expect(servers.replace([before]).edited).toEqual([]);
  });

  it('leaves each server its turn, however often the same list comes', () => {
    const servers = new ServerList(rack(1, 2, 3));
    const scheduler = roundRobin()(servers);
    const got = new Map<string, number>();
    for (let n = 0; n < 60; n++) {
      if (n % 2 === 0) servers.replace(rack(1, 2, 3));
      const name = String(scheduler.schedule(flow));
      got.set(name, (got.get(name) ?? 0) + 1);
    }
    expect([...got.values()]).toEqual([20, 20, 20]);
  });

  it.each(Object.keys(SCHEDULERS) as SchedulerName[])(
    'makes no difference to %s when the list is the same',
    (name) => {
      const lists = [new ServerList(rack(1, 2, 3)), new ServerList(rack(1, 2, 3))] as const;
      let draw = 0;
      const picks = lists.map((servers, which) => {
        draw = 0;
        const random = (): number => ((draw += 7) % 10) / 10;
        const scheduler = SCHEDULERS[name]({ random })(servers);
        return Array.from({ length: 30 }, () => {
          if (which === 1) servers.replace(rack(1, 2, 3));
          const server = scheduler.schedule(flow);
          server?.open();
          return String(server);
        });
      });
      expect(picks[1]).toEqual(picks[0]);
    },
  );

  it('quiesces what has left while it has connections, and removes it by a later call', () => {
    const servers = new ServerList(rack(1, 2));
    const server = servers.get('10.0.0.1:80');
    server?.open();
    const { quiesced, removed } = servers.replace(rack(2), { leaving: 'quiesce' });
    expect([quiesced, removed]).toEqual([[server], []]);
    expect(server?.weight).toBe(0);
    expect(servers.replace(rack(2), { leaving: 'quiesce' })).toMatchObject({ quiesced: [] });
    server?.close();
    expect(servers.replace(rack(2), { leaving: 'quiesce' }).removed).toEqual([server]);
  });

  it('gives a server that has left and returns its weight back', () => {
    const servers = new ServerList([{ address: '10.0.0.1', port: 80, weight: 3 }, ...rack(2)]);
    const server = servers.get('10.0.0.1:80');
    server?.open();
    servers.replace(rack(2), { leaving: 'quiesce' });
    servers.replace(rack(1, 2), { leaving: 'quiesce' });
    expect(server?.weight).toBe(3);
    servers.edit('10.0.0.1:80', { weight: 0 });
    servers.replace(rack(1, 2), { leaving: 'quiesce' });
    expect(server?.weight).toBe(0);
  });

  it('does not hold against a server that it once left, when it was quiesced by hand', () => {
    const servers = new ServerList(rack(1, 2));
    const server = servers.get('10.0.0.1:80');
    server?.open();
    servers.replace(rack(2), { leaving: 'quiesce' });
    servers.remove('10.0.0.1:80');
    servers.add({ address: '10.0.0.1', port: 80, weight: 4 });
    servers.edit('10.0.0.1:80', { weight: 0 });
    servers.replace(rack(1, 2), { leaving: 'quiesce' });
    expect(server?.weight).toBe(0);
  });

  it('takes a weight of its own for a server that returns', () => {
    const servers = new ServerList(rack(1, 2));
    const server = servers.get('10.0.0.1:80');
    server?.open();
    servers.replace(rack(2), { leaving: 'quiesce' });
    servers.replace([{ address: '10.0.0.1', port: 80, weight: 7 }, ...rack(2)]);
    expect(server?.weight).toBe(7);
  });

  it('forgets that a server left once it has removed it', () => {
    const servers = new ServerList(rack(1, 2));
    const server = servers.get('10.0.0.1:80');
    server?.open();
    servers.replace(rack(2), { leaving: 'quiesce' });
    expect(servers.replace(rack(2), { leaving: 'remove' }).removed).toEqual([server]);
    servers.add({ address: '10.0.0.1', port: 80, weight: 0 });
    servers.replace(rack(1, 2));
    expect(server?.weight).toBe(0);
  });

  it('changes nothing when any server or option is wrong', () => {
    const servers = new ServerList(rack(1, 2));
    const bad = [...rack(3), { address: '10.0.0.2', port: 80, lowerThreshold: 5 }];
    expect(() => servers.replace(bad)).toThrow(RangeError);
    expect(() => servers.replace(rack(3), { leave: 'remove' } as never)).toThrow(
      'Cannot replace servers: expected options leaving, got "leave"',
    );
    expect(() => servers.replace(rack(3), { leaving: 'keep' } as never)).toThrow(
      'Invalid leaving: expected remove, quiesce, got "keep"',
    );
    expect([...servers].map(String)).toEqual(rack(2, 1));
  });
});

describe('a server list', () => {
  it('takes address and port as text, and localhost', () => {
    const servers = new ServerList(['10.0.0.1:80', '[2001:db8::1]:80', 'localhost:9001']);
    expect([...servers].map(String)).toEqual(['127.0.0.1:9001', '[2001:db8::1]:80', '10.0.0.1:80']);
    servers.edit('10.0.0.1:80', { weight: 4 });
    expect(servers.get('10.0.0.1:80')?.weight).toBe(4);
    expect(servers.get({ address: 'localhost', port: 9001 })).toBe(servers.first);
    servers.remove('127.0.0.1:9001');
    expect(servers.size).toBe(2);
  });

  it.each([
    ['10.0.0.1', /expected '10.0.0.1:80' or '\[2001:db8::1\]:80', got "10.0.0.1"/],
    ['2001:db8::1:80', /expected '10.0.0.1:80' or/],
    ['10.0.0.1:99999', /server port: expected an integer 0–65535, got 99999/],
    ['web-1.internal:80', /host names are resolved by ipvs\/discovery\/node.*"web-1.internal"/],
    ['999.1.1.1:80', /expected IPv4 such as/],
    [{ address: 'fe80::1%eth0', port: 80 }, /without a zone/],
    [{ address: '10.0.0.1', port: 80, wieght: 3 }, /Cannot add a server: expected .*"wieght"/],
    ['10.0.0.1:', /expected '10.0.0.1:80' or/],
    ['10.0.0.1:123456', /expected '10.0.0.1:80' or/],
    ['10.0.0.1:80/tcp', /expected '10.0.0.1:80' or/],
    ['x[::1]:80', /expected/],
    ['[::1]:80x', /expected '10.0.0.1:80' or/],
    ['[::1]', /expected '10.0.0.1:80' or/],
    ['[::1]:123456', /expected '10.0.0.1:80' or/],
    ['[]:80', /server address: expected IPv4/],
    [{ port: 80 }, /expected '10.0.0.1:80' or \{ address, port \}, got an object/],
    [undefined, /expected an object with address, port, weight/],
  ])('refuses %o', (server, message) => {
    expect(() => new ServerList([server as never])).toThrow(message);
  });

  it('refuses an unknown setting at an edit', () => {
    const servers = new ServerList(rack(1));
    expect(() => servers.edit('10.0.0.1:80', { wieght: 3 } as never)).toThrow(
      'Cannot edit a server: expected options weight, upperThreshold, lowerThreshold, forwardingMethod, tunnel, got "wieght"',
    );
  });

  it.each([undefined, null, 80, {}])('refuses to look for %o', (server) => {
    expect(() => new ServerList().get(server as never)).toThrow(
      /^Invalid server: expected '10.0.0.1:80' or \{ address, port \}, got/,
    );
  });

  it('takes servers of another list, without their counters', () => {
    const [server] = new ServerList([{ address: '10.0.0.1', port: 80, weight: 4 }]);
    server?.open();
    const taken = new ServerList([server]).first;
    expect(taken).toMatchObject({ weight: 4, total: 0 });
    expect(taken).not.toBe(server);
  });
});
