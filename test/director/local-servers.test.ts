/** Real servers on the director's own host. */
import { describe, expect, it, vi } from 'vitest';
import type { Verdict } from '../../src/director/index.js';
import { Director } from '../../src/director/index.js';
import { schedulersByName } from '../../src/schedulers/index.js';
import { endsOf, icmpError, parsed, tcp, udp } from './support/packets.js';
import { listing, run, type Scene, sceneOf } from './support/scene.js';

const CLIENT = '198.51.100.7:4711';
const VIP = '192.0.2.1:80';
const LOCAL = '192.0.2.77';
const HOST = {
  client: { ipv4: '192.0.2.254' },
  server: { ipv4: '10.0.0.254' },
  addresses: [LOCAL],
};

function sceneWith(server: string): Scene {
  const each = (kind: string): string => `-A ${kind} ${VIP} -s rr\n-a ${kind} ${VIP} -r ${server}`;
  return sceneOf(`${each('-t')}\n${each('-u')}`, { host: HOST });
}

function told({ action, reason, delivers, leaves }: Verdict): string {
  return `${action}: ${reason}${delivers ? ', delivered' : ''}${leaves ? ', leaves' : ''}`;
}

const ADDRESSES = [
  ['an address of the host', LOCAL],
  ['an address of the interface to the clients', '192.0.2.254'],
  ['an address of the interface to the servers', '10.0.0.254'],
  ['the virtual address', '192.0.2.1'],
  ['127.0.0.1', '127.0.0.1'],
  ['another loopback address', '127.9.9.9'],
] as const;

describe.each(ADDRESSES)('a server with %s', (_, address) => {
  it.each(['-g', '-i', '-i --tun-type gre'])('gets packets as they came, by %s', (method) => {
    const { director } = sceneWith(`${address}:8080 ${method}`);
    const packet = tcp(CLIENT, VIP, 'S', { timeToLive: 1 });
    const before = packet.slice();
    const verdict = director.receive(packet);

    expect(told(verdict)).toBe('accept: delivered, delivered');
    expect(verdict.delivery()).toEqual(before);
    expect(verdict.departures()).toEqual([]);
  });
});

describe.each(ADDRESSES.slice(0, 4))('a masqueraded server with %s', (_, address) => {
  it('gets packets with its address and port, and their own TTL', () => {
    const { director } = sceneWith(`${address}:8080 -m`);
    const verdict = director.receive(tcp(CLIENT, VIP, 'S', { timeToLive: 1 }));

    expect(told(verdict)).toBe('accept: translated, delivered');
    expect(verdict.delivery()).toEqual(tcp(CLIENT, `${address}:8080`, 'S', { timeToLive: 1 }));
  });
});

describe('a masqueraded server with a loopback address', () => {
  it.each(['127.0.0.1', '127.9.9.9'])(
    '(%s) gets nothing, but the connection is there',
    (address) => {
      const scene = sceneWith(`${address}:8080 -m`);
      const verdict = scene.director.receive(tcp(CLIENT, VIP));

      expect(told(verdict)).toBe('drop: server-is-loopback');
      expect(verdict.delivery()).toBeUndefined();
      expect(listing(scene)).toEqual([`tcp ${CLIENT} ${VIP} ${address}:8080 SYN_RECV`]);
    },
  );

  it('gets nothing over IPv6 either', () => {
    const { director } = sceneOf(
      '-A -t [2001:db8::1]:80 -s rr\n-a -t [2001:db8::1]:80 -r [::1]:80 -m',
    );

    expect(told(director.receive(tcp('[2001:db8::7]:4711', '[2001:db8::1]:80')))).toBe(
      'drop: server-is-loopback',
    );
  });
});

describe('a masqueraded server on the host', () => {
  it('answers from the virtual end, with the TTL of the host', () => {
    const { director } = sceneWith(`${LOCAL}:8080 -m`);
    director.receive(tcp(CLIENT, VIP));
    const verdict = director.observe(tcp(`${LOCAL}:8080`, CLIENT, 'SA', { timeToLive: 64 }));

    expect(told(verdict)).toBe('forward: translated, leaves');
    expect(verdict.departures()).toEqual([
      { side: 'client', bytes: tcp(VIP, CLIENT, 'SA', { timeToLive: 64 }) },
    ]);
  });

  it('has its datagrams without checksum completed', () => {
    const { director } = sceneWith(`${LOCAL}:8080 -m`);
    const packet = udp(CLIENT, VIP);
    packet.fill(0, 26, 28);

    expect(director.receive(packet).delivery()).toEqual(udp(CLIENT, `${LOCAL}:8080`));
  });

  it('has errors about its packets translated in both directions', () => {
    const { director } = sceneWith(`${LOCAL}:8080 -m`);
    const query = udp(CLIENT, VIP);
    const got = director.receive(query.slice()).delivery() as Uint8Array;
    const error = icmpError(LOCAL, '198.51.100.7', [3, 3], got);
    const [departure] = director.observe(error).departures();

    const translated = parsed(departure?.bytes);

    expect([...translated.bytes.subarray(12, 20)]).toEqual([192, 0, 2, 1, 198, 51, 100, 7]);
    expect(endsOf(parsedQuote(departure?.bytes))).toBe(`${CLIENT} > ${VIP}`);

    const answer = udp(VIP, CLIENT);
    const verdict = director.receive(icmpError('198.51.100.7', '192.0.2.1', [3, 3], answer));

    expect(told(verdict)).toBe('accept: error-translated, delivered');
    expect(endsOf(parsedQuote(verdict.delivery()))).toBe(`${LOCAL}:8080 > ${CLIENT}`);
  });

  it('does not get an error with a wrong checksum', () => {
    const { director } = sceneWith(`${LOCAL}:8080 -m`);
    director.receive(udp(CLIENT, VIP));
    const error = icmpError('198.51.100.7', '192.0.2.1', [3, 3], udp(VIP, CLIENT));
    error[22] ^= 1;

    expect(told(director.receive(error))).toBe('drop: icmp-checksum-wrong');
  });

  it('answers with its own address once its one-packet connection is over', () => {
    const { director } = sceneOf(`-A -u ${VIP} -s rr -o\n-a -u ${VIP} -r ${LOCAL}:8080 -m`);
    director.receive(udp(CLIENT, VIP));

    expect(told(director.observe(udp(`${LOCAL}:8080`, CLIENT)))).toBe('accept: no-service');
  });
});

describe('a server on the host', () => {
  it('gets errors about its packets untouched when it is not masqueraded', () => {
    const { director } = sceneWith('127.0.0.1:80 -g');
    director.receive(udp(CLIENT, VIP));
    const error = icmpError('198.51.100.7', '192.0.2.1', [3, 3], udp(VIP, CLIENT));
    error[22] ^= 1;
    const before = error.slice();
    const verdict = director.receive(error);

    expect(told(verdict)).toBe('accept: delivered, delivered');
    expect(verdict.delivery()).toEqual(before);
  });

  it.each(['-g', '-m', '-i'])('moves states and counts both directions by %s', (method) => {
    const scene = sceneWith(`${LOCAL}:80 ${method}`);
    const { director } = scene;
    const answerer = method === '-m' ? `${LOCAL}:80` : VIP;
    const states = [
      director.receive(tcp(CLIENT, VIP)) && listing(scene)[0],
      director.observe(tcp(answerer, CLIENT, 'SA')) && listing(scene)[0],
      director.receive(tcp(CLIENT, VIP, 'A')) && listing(scene)[0],
      director.receive(tcp(CLIENT, VIP, 'FA')) && listing(scene)[0],
      director.observe(tcp(answerer, CLIENT, 'FA')) && listing(scene)[0],
    ].map((row) => row?.split(' ').at(-1));
    const [service] = director.services;

    expect(states).toEqual(['SYN_RECV', 'SYN_RECV', 'ESTABLISHED', 'CLOSE_WAIT', 'TIME_WAIT']);
    expect(director.statistics.of(service).counted()).toMatchObject({
      packetsIn: 3,
      packetsOut: 2,
    });
  });

  it('closes the connection by its reset', () => {
    const scene = sceneWith('127.0.0.1:80 -g');
    scene.director.receive(tcp(CLIENT, VIP));
    const verdict = scene.director.observe(tcp(VIP, CLIENT, 'RA'));

    expect(told(verdict)).toBe('forward: unchanged, leaves');
    expect(listing(scene)).toEqual([`tcp ${CLIENT} ${VIP} 127.0.0.1:80 CLOSE`]);
  });

  it('gets a datagram that came in fragments whole', () => {
    const { director } = sceneWith('127.0.0.1:80 -g');
    const whole = udp(CLIENT, VIP, { payload: new Uint8Array(64).fill(7) });
    const { first, last } = split(whole);

    expect(told(director.receive(first))).toBe('drop: fragment-waiting');
    expect(director.receive(last).delivery()?.subarray(20)).toEqual(whole.subarray(20));
  });

  it('is passed over on the fast path, too', () => {
    const scene = sceneWith(`${LOCAL}:8080 -m`);
    const { director } = scene;
    director.receive(tcp(CLIENT, VIP));
    const verdict = director.receive(tcp(CLIENT, VIP, 'A'));

    expect(told(verdict)).toBe('accept: translated, delivered');
    expect(endsOf(verdict.delivery())).toBe(`${CLIENT} > ${LOCAL}:8080`);
  });

  it('is remote as soon as its address is taken off the host, and local when it is put back', () => {
    const { director } = sceneWith(`${LOCAL}:8080 -m`);
    director.receive(tcp(CLIENT, VIP));
    const removed = director.addresses.remove(LOCAL);
    const remote = told(director.receive(tcp(CLIENT, VIP, 'A')));
    director.addresses.add(LOCAL);
    const local = told(director.receive(tcp(CLIENT, VIP, 'A')));

    expect([removed, remote, local]).toEqual([
      true,
      'forward: translated, leaves',
      'accept: translated, delivered',
    ]);
    expect(director.addresses.remove('192.0.2.200')).toBe(false);
  });

  it('is local when the host gets its address as that of another service', () => {
    const { director } = sceneOf(`-A -t ${VIP} -s rr\n-a -t ${VIP} -r 192.0.2.9:80 -g`);
    const before = told(director.receive(tcp(CLIENT, VIP)));
    run(director, '-A -t 192.0.2.9:443 -s rr');

    expect([before, told(director.receive(tcp(CLIENT, VIP, 'A')))]).toEqual([
      'forward: routed, leaves',
      'accept: delivered, delivered',
    ]);
  });

  it('stays local in a restored director', () => {
    const { director, clock } = sceneWith(`${LOCAL}:8080 -m`);
    director.receive(tcp(CLIENT, VIP));
    const restored = Director.fromJSON(director.toJSON(), { schedulers: schedulersByName, clock });

    expect(told(restored.receive(tcp(CLIENT, VIP, 'A')))).toBe('accept: translated, delivered');
  });

  it('gets nothing more once it is removed, but its answers still leave translated', () => {
    const { director } = sceneWith(`${LOCAL}:8080 -m`);
    director.receive(tcp(CLIENT, VIP));
    run(director, `-d -t ${VIP} -r ${LOCAL}:8080`);

    expect(told(director.receive(tcp(CLIENT, VIP, 'A')))).toBe('drop: server-removed');
    expect(told(director.observe(tcp(`${LOCAL}:8080`, CLIENT, 'SA')))).toBe(
      'forward: translated, leaves',
    );
  });
});

describe('a server on the host that is neither remote nor measured', () => {
  it.each(['-g', '-i', '-m'])(
    'gets packets longer than the MTU whole, don’t fragment or not, by %s',
    (method) => {
      const { director } = sceneWith(`${LOCAL}:80 ${method}`);
      for (const dontFragment of [false, true]) {
        const extras = { payload: new Uint8Array(3000), dontFragment, timeToLive: 0 };
        const expected = tcp(CLIENT, method === '-m' ? `${LOCAL}:80` : VIP, 'S', extras);

        expect(director.receive(tcp(CLIENT, VIP, 'S', extras)).delivery()).toEqual(expected);
      }
    },
  );

  it('goes on with its connection outside of the director when expire_nodest_conn ends that', () => {
    const scene = sceneWith(`${LOCAL}:80 -g`);
    const { director } = scene;
    director.setTunable('expire_nodest_conn', 1);
    for (const flags of ['S', 'A']) director.receive(tcp(CLIENT, VIP, flags));
    run(director, `-d -t ${VIP} -r ${LOCAL}:80`);

    expect(told(director.receive(tcp(CLIENT, VIP, 'A')))).toBe('accept: no-connection, delivered');
    scene.wait(11);
    expect(listing(scene)).toEqual([]);
    expect(told(director.observe(tcp(VIP, CLIENT, 'A')))).toBe('accept: no-connection');
  });
});

describe('a packet that the director leaves to the host', () => {
  it('is delivered as it came', () => {
    const { director } = sceneWith('10.0.0.1:80 -m');
    const verdict = director.receive(tcp(CLIENT, VIP, 'A'));

    expect(told(verdict)).toBe('accept: no-connection, delivered');
    expect(verdict.delivery()).toEqual(tcp(CLIENT, VIP, 'A'));
  });

  it('is not delivered when it passes through', () => {
    const { director } = sceneWith('10.0.0.1:80 -m');
    const verdict = director.respond(tcp('10.0.0.1:4000', '203.0.113.9:80'));

    expect(told(verdict)).toBe('accept: no-connection, leaves');
    expect(verdict.delivery()).toBeUndefined();
  });
});

function parsedQuote(error: Uint8Array | undefined): Uint8Array | undefined {
  return error?.subarray(parsed(error).transportOffset + 8);
}

/** Cuts a datagram in two: the first fragment has 32 bytes of data. */
function split(whole: Uint8Array): { first: Uint8Array; last: Uint8Array } {
  const make = (from: number, to: number, more: boolean): Uint8Array => {
    const bytes = new Uint8Array([...whole.subarray(0, 20), ...whole.subarray(20 + from, 20 + to)]);
    bytes[2] = 0;
    bytes[3] = bytes.length;
    bytes[6] = more ? 0x20 : 0;
    bytes[7] = from / 8;
    let sum = 0;
    bytes.fill(0, 10, 12);
    for (let i = 0; i < 20; i += 2) sum += (bytes[i] << 8) | bytes[i + 1];
    const folded = ~((sum & 0xffff) + (sum >>> 16)) & 0xffff;
    bytes[10] = folded >> 8;
    bytes[11] = folded & 0xff;
    return bytes;
  };
  return { first: make(0, 32, true), last: make(32, whole.length - 20, false) };
}

it('an address that the host gets costs one visit of the servers, not one per packet', () => {
  const { director } = sceneWith(`${LOCAL}:8080 -m`);
  director.addresses.add('192.0.2.99');
  const visits = vi.spyOn(director.services, Symbol.iterator);
  for (const flags of ['S', 'A', 'A']) {
    expect(told(director.receive(tcp(CLIENT, VIP, flags)))).toMatch(/^accept: .*, delivered$/);
  }

  expect(visits).toHaveBeenCalledTimes(1);
});
