/**
 * Which connections the kernel may forward by itself, and the rules by which it does.
 */
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from 'ipvs';
import { Director } from 'ipvs/director';
import { BusyConnections } from '../../src/run/engine/busy-connections.js';
import { busyConnection } from './support/busy-connection.js';
import type { BusyConnection } from '../../src/run/kernel-path.js';
import { EarlyRequests } from '../../src/run/engine/early-requests.js';
import { chainRules, directionsOf, kernelPathTable, pathOf } from '../../src/run/kernel-path.js';
import { KernelElements } from '../../src/run/supervisor/kernel-elements.js';
import { tcp, udp } from '../director/support/packets.js';

const SECOND = 1000;
const CLIENT = '198.51.100.7:4000';
const WEB = '192.0.2.1:80';

describe('busy connections', () => {
  const clock = new ManualClock();
  let director: Director;
  let busy: BusyConnections;
  let found: BusyConnection[];
  /** The slots that the journal and the master hear of. */
  let seen: number[];

  beforeEach(() => {
    const whole = { mtu: 65_535 };
    director = new Director({ clock, host: { client: whole, server: whole } });
    for (const rule of [
      `-A -t ${WEB} -s rr`,
      `-a -t ${WEB} -r 10.0.0.1:8080 -m`,
      '-A -u 192.0.2.1:53 -s rr',
      '-a -u 192.0.2.1:53 -r 10.0.0.1 -g',
      '-A -t [2001:db8::1]:80 -s rr',
      '-a -t [2001:db8::1]:80 -r [2001:db8:a::1]:8080 -m',
    ]) {
      director.execute(rule);
    }
    found = [];
    seen = [];
    busy = new BusyConnections(director, (connection) => void found.push(connection), {
      uncountedPackets: (slot) => void seen.push(slot),
    });
  });

  /** Passes a request as the engine does, so many times. */
  function pass(packet: Uint8Array, times: number): void {
    const family = packet[0] >>> 4 === 4 ? 4 : 6;
    for (let i = 0; i < times; i++) {
      const bytes = packet.slice();
      const weight = busy.sample(new DataView(bytes.buffer), 0, family, bytes.length, true);
      const { action } = director.receive(bytes);
      if (weight > 0 && action === 'forward') busy.forwarded(weight);
    }
  }

  /** Passes a reply as the engine does, so many times. */
  function passReply(packet: Uint8Array, times: number): void {
    const family = packet[0] >>> 4 === 4 ? 4 : 6;
    for (let i = 0; i < times; i++) {
      const bytes = packet.slice();
      const view = new DataView(bytes.buffer);
      const weight = busy.sample(view, 0, family, bytes.length, false);
      const { action } = director.respond(bytes);
      if (weight > 0 && action === 'forward') busy.forwardedReply(weight, view, 0, family);
    }
  }

  function connect(client: string, virtual: string): void {
    pass(tcp(client, virtual, 'S'), 1);
    const server = virtual.startsWith('[') ? '[2001:db8:a::1]:8080' : '10.0.0.1:8080';
    director.respond(tcp(server, client, 'SA'));
    pass(tcp(client, virtual, 'A'), 1);
  }

  it('are reported once, with both ends of the rewriting', () => {
    connect(CLIENT, WEB);
    pass(tcp(CLIENT, WEB, 'A'), 1000);
    expect(found).toEqual([busyConnection({ id: expect.any(String) as string })]);
  });

  it('are found over IPv6, and among datagrams', () => {
    connect('[2001:db8:c::7]:4000', '[2001:db8::1]:80');
    pass(tcp('[2001:db8:c::7]:4000', '[2001:db8::1]:80', 'A'), 1000);
    pass(udp('198.51.100.7:4000', '192.0.2.1:53'), 1000);
    expect(found.map(({ client, method }) => [client, method])).toEqual([
      ['2001:db8:c::7', 'masquerading'],
      ['198.51.100.7', 'gatewaying'],
    ]);
  });

  it('are none of few packets, however many connections there are', () => {
    for (let port = 1000; port < 1200; port++) {
      connect(`198.51.100.7:${port}`, WEB);
      pass(tcp(`198.51.100.7:${port}`, WEB, 'A'), 20);
    }
    expect(found).toEqual([]);
  });

  it('are none whose packets are spread over many beats', () => {
    connect(CLIENT, WEB);
    for (let beat = 0; beat < 100; beat++) {
      pass(tcp(CLIENT, WEB, 'A'), 50);
      busy.beat(director.advance());
    }
    expect(found).toEqual([]);
  });

  it.each([
    [CLIENT, WEB, '10.0.0.1:8080'],
    ['[2001:db8:c::7]:4000', '[2001:db8::1]:80', '[2001:db8:a::1]:8080'],
  ])(
    'are found by a mebibyte of merged packets, in either direction, at %s',
    (client, virtual, server) => {
      connect(client, virtual);
      const extras = { payload: new Uint8Array(32_000) };
      passReply(tcp(server, client, 'A', extras), 32);
      expect(found).toEqual([]);
      passReply(tcp(server, client, 'A', extras), 1);
      expect(found.map((each) => each.clientPort)).toEqual([4000]);
      connect(client.replace('4000', '4001'), virtual);
      pass(tcp(client.replace('4000', '4001'), virtual, 'A', extras), 33);
      expect(found.map((each) => each.clientPort)).toEqual([4000, 4001]);
    },
  );

  it('are none of many replies that are not merged: their requests count', () => {
    connect(CLIENT, WEB);
    passReply(tcp('10.0.0.1:8080', CLIENT, 'A', { payload: new Uint8Array(1400) }), 2000);
    expect(found).toEqual([]);
  });

  it('are none that begin or end', () => {
    connect(CLIENT, WEB);
    pass(tcp(CLIENT, WEB, 'FA'), 1000);
    pass(tcp('198.51.100.7:4001', WEB, 'S'), 1000);
    expect(found).toEqual([]);
  });

  it('are none whose timer is short', () => {
    director.execute('--set 900 120 20');
    pass(udp('198.51.100.7:4000', '192.0.2.1:53'), 1000);
    expect(found).toEqual([]);
  });

  it('keep their entry while the kernel forwards them, and no longer', () => {
    connect(CLIENT, WEB);
    pass(tcp(CLIENT, WEB, 'A'), 1000);
    const expiry = (): number => director.table.expiryMs(director.table.next(-1));
    busy.beat(director.advance());
    clock.advance(9 * SECOND);
    busy.beat(director.advance());
    const last = expiry();
    expect(last - director.advance()).toBeGreaterThan(899 * SECOND);
    clock.advance(2 * SECOND);
    busy.beat(director.advance());
    expect(expiry()).toBe(last);
    pass(tcp(CLIENT, WEB, 'A'), 1000);
    expect(found).toHaveLength(2);
  });

  it('are recorded and announced once each time the kernel forwards them', () => {
    connect(CLIENT, WEB);
    const slot = director.table.next(-1);
    for (let time = 1; time <= 3; time++) {
      pass(tcp(CLIENT, WEB, 'A'), 1000);
      for (let beat = 0; beat < 22; beat++) {
        busy.beat(director.advance());
        clock.advance(SECOND / 2);
      }
      expect(seen).toEqual(Array.from({ length: time }, () => slot));
    }
  });

  it.each(['FA', 'RA'])('are not confirmed after %s', (flags) => {
    connect(CLIENT, WEB);
    pass(tcp(CLIENT, WEB, 'A'), 1000);
    connect('198.51.100.7:4001', WEB);
    pass(tcp('198.51.100.7:4001', WEB, 'A'), 1000);
    const ids = found.map(({ id }) => id);
    pass(tcp(CLIENT, WEB, flags), 1);
    expect(busy.confirm([...ids, 'of another engine'])).toEqual([ids[1]]);
    expect(busy.confirm(ids)).toEqual([]);
  });

  it('are not kept alive after they have ended', () => {
    connect(CLIENT, WEB);
    pass(tcp(CLIENT, WEB, 'A'), 1000);
    pass(tcp(CLIENT, WEB, 'RA'), 1);
    const expiry = director.table.expiryMs(director.table.next(-1));
    clock.advance(SECOND);
    busy.beat(director.advance());
    expect(director.table.expiryMs(director.table.next(-1))).toBe(expiry);
  });
});

describe('the kernel path', () => {
  const connection = busyConnection();

  it('rewrites requests to the server, and replies back', () => {
    const rules = chainRules(3, connection, undefined);
    expect(rules).toContain('in3 ip daddr set 10.0.0.1 tcp dport set 8080 counter name in3');
    expect(rules).toContain('out3 ip saddr set 192.0.2.1 tcp sport set 80 counter name out3');
  });

  it('lets what may change the state of a connection end both directions', () => {
    const isEnd = 'tcp flags & (fin|syn|rst) != 0 ';
    const entry = kernelPathTable('lvs0')
      .split('\n')
      .filter((line) => line.includes('vmap @'));
    expect(entry.map((line) => line.includes(isEnd))).toEqual([true, true, false, false]);
    const ends = chainRules(3, connection, undefined)
      .split('\n')
      .filter((line) => line.includes('delete @live4'));
    expect(ends.map((line) => line.match(/delete @live4/g)?.length)).toEqual([2, 2]);
    expect(chainRules(3, { ...connection, protocol: 'udp' }, undefined)).not.toContain('end');
  });

  it('leaves packets of direct routing as they are, and marks them for their server', () => {
    const routed: BusyConnection = { ...connection, method: 'gatewaying', serverPort: 80 };
    const rules = chainRules(0, routed, 7);
    expect(rules).toContain('in0 counter name in0 meta mark set 7 accept');
    expect(rules).not.toContain('addr set');
    expect(rules).not.toContain('out0');
    expect(directionsOf(0, routed)).toHaveLength(1);
  });

  it('has chains of their own for connections that are rewritten differently', () => {
    const change = fc.constantFrom<Partial<BusyConnection>>(
      { protocol: 'udp' },
      { virtualPort: 81 },
      { serverPort: 8081 },
      { virtual: '192.0.2.2' },
      { server: '10.0.0.2' },
      { method: 'gatewaying' },
    );
    fc.assert(
      fc.property(change, fc.nat(65_535), (changed, clientPort) => {
        const alike = { ...connection, clientPort };
        expect(pathOf(alike)).toBe(pathOf(connection));
        expect(pathOf({ ...alike, ...changed })).not.toBe(pathOf(connection));
      }),
    );
  });
});

describe('the elements of the kernel', () => {
  const connectionOf = (clientPort: number, protocol: 'tcp' | 'udp' = 'tcp'): BusyConnection =>
    busyConnection({ clientPort, protocol });

  /** Maps as the kernel has them: it refuses a second value, and to take away what is not there. */
  class Kernel {
    readonly ends = new Map<string, string>();
    readonly chains = new Map<string, string>();
    readonly live = new Set<string>();

    apply(commands: string): void {
      for (const line of commands.split('\n').filter((each) => each !== '')) {
        const [, what, set, key, value = ''] =
          /^(add|delete) element inet ipvs_path (ends|chains|live)4 \{ (.*?)(?: : goto (\w+))? \}$/.exec(
            line,
          ) ?? [];
        if (set === 'live') this.live.add(key);
        else this.change(set === 'ends' ? this.ends : this.chains, what, key, value, line);
      }
    }

    private change(
      map: Map<string, string>,
      what: string,
      key: string,
      value: string,
      line: string,
    ): void {
      if (what === 'add') {
        if (map.has(key) && map.get(key) !== value) throw new Error(`it is there: ${line}`);
        map.set(key, value);
      } else if (!map.delete(key)) throw new Error(`it is not there: ${line}`);
    }
  }

  it('watch for ends while connections may be forwarded, forward confirmed ones alone, and go', () => {
    const step = fc.record({
      port: fc.nat(5),
      number: fc.nat(2),
      isConfirmed: fc.boolean(),
      passMs: fc.nat(15_000),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const elements = new KernelElements();
        const kernel = new Kernel();
        const added = new Map<string, { chain: string; ms: number; isConfirmed: boolean }>();
        let now = 0;
        for (const { port, number, isConfirmed, passMs } of steps) {
          now += passMs;
          kernel.apply(elements.expire(now));
          for (const direction of directionsOf(number, connectionOf(port))) {
            const { key, chain } = direction;
            kernel.apply(elements.watch(connectionOf(port), direction, now));
            expect(kernel.live).toContain(key);
            expect(kernel.chains.has(key)).toBe(false);
            if (isConfirmed) kernel.apply(elements.forward(direction));
            added.set(key, { chain, ms: now, isConfirmed });
          }
          for (const [key, { chain, ms, isConfirmed: isForwarded }] of added) {
            if (now - ms > 20_000) continue;
            expect(kernel.ends.get(key)).toBe(`${chain}end`);
            expect(kernel.chains.get(key)).toBe(isForwarded ? chain : undefined);
          }
        }
        kernel.apply(elements.expire(now + 30_000));
        expect(kernel.ends.size + kernel.chains.size).toBe(0);
      }),
    );
  });

  it('watch for no ends of datagrams', () => {
    const elements = new KernelElements();
    const connection = connectionOf(1, 'udp');
    const [direction] = directionsOf(0, connection);
    const kernel = new Kernel();
    kernel.apply(elements.watch(connection, direction, 0));
    kernel.apply(elements.forward(direction));
    expect([kernel.ends.size, kernel.chains.get(direction.key)]).toEqual([0, 'in0']);
    kernel.apply(elements.expire(30_000));
    expect(kernel.chains.size).toBe(0);
  });
});

describe('requests that come early', () => {
  it('wait for a bell behind the frames that were there before, and nothing else waits', () => {
    const early = new EarlyRequests();
    const confirm = { id: 1, request: { kind: 'confirm', ids: [], after: 7 } } as const;
    const status = { id: 2, request: { kind: 'status' } } as const;
    expect(early.due([confirm, status], 7)).toEqual([status]);
    expect(early.due([], 6)).toEqual([]);
    expect(early.due([status], 8)).toEqual([confirm, status]);
    expect(early.due([], 9)).toEqual([]);
  });
});
