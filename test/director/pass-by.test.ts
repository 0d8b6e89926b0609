/** Packets that concern no connection, by where they come from and where they go; and fragments of what does. */
import { describe, expect, it } from 'vitest';
import type { DirectorOptions, Verdict } from '../../src/director/index.js';
import type { Origin } from '../../src/forwarding/index.js';
import {
  encodePacket,
  type PacketDescription,
  type TransportDescription,
} from '../../src/wire/index.js';
import { parsed, tcp, udp } from './support/packets.js';
import { type Scene, sceneOf } from './support/scene.js';

const HOST = {
  client: { ipv4: '192.0.2.254', mtu: 1400 },
  server: { ipv4: '10.0.0.254', mtu: 1300 },
  addresses: ['192.0.2.77'],
};
const RULES = `-A -t 192.0.2.1:80 -s rr
-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m
-A -u 192.0.2.1:53 -s rr
-a -u 192.0.2.1:53 -r 10.0.0.1:5300 -m`;
const RULES_6 = '-A -t [2001:db8::1]:80 -s rr';
const OUTSIDE = '198.51.100.7';
const SERVER = '10.0.0.1';

const scene = (rules = RULES, options: Partial<DirectorOptions> = {}): Scene =>
  sceneOf(rules, { host: HOST, ...options });

function told(verdict: Verdict): string {
  const { action, reason, delivers, leaves, output } = verdict;
  return `${action} ${reason}${delivers ? ', delivered' : ''}${leaves ? `, to the ${output.side}s` : ''}`;
}

const send = ({ director }: Scene, bytes: Uint8Array, origin: Origin, mark = 0): Verdict =>
  director.take(bytes, 0, bytes.length, origin, mark);

const raw = (
  from: string,
  to: string,
  protocol: number,
  more: Partial<PacketDescription> = {},
): Uint8Array =>
  encodePacket({
    source: from,
    destination: to,
    transport: { type: 'raw', protocol } satisfies TransportDescription,
    payload: new Uint8Array(32),
    ...more,
  });

describe('a packet of no connection', () => {
  it.each<[string, Uint8Array, Record<Origin, string>]>([
    [
      'to another address',
      tcp(`${OUTSIDE}:4000`, '203.0.113.9:80', 'A'),
      {
        client: 'accept no-service, to the servers',
        server: 'accept no-connection, to the clients',
        host: 'accept no-connection',
      },
    ],
    [
      'to another address that opens one',
      tcp(`${OUTSIDE}:4000`, '203.0.113.9:80', 'S'),
      {
        client: 'accept no-service, to the servers',
        server: 'accept no-connection, to the clients',
        host: 'accept no-service',
      },
    ],
    [
      'of another protocol',
      raw(OUTSIDE, '203.0.113.9', 47),
      {
        client: 'accept protocol-without-services, to the servers',
        server: 'accept protocol-without-services, to the clients',
        host: 'accept protocol-without-services',
      },
    ],
    [
      'of another protocol to the host',
      raw(OUTSIDE, '192.0.2.1', 47),
      {
        client: 'accept protocol-without-services, delivered',
        server: 'accept protocol-without-services, delivered',
        host: 'accept protocol-without-services, delivered',
      },
    ],
    [
      'without ports',
      raw(OUTSIDE, '203.0.113.9', 6, { payload: new Uint8Array(3) }),
      {
        client: 'accept protocol-without-services, to the servers',
        server: 'accept protocol-without-services, to the clients',
        host: 'accept protocol-without-services',
      },
    ],
    [
      'without ports to the host',
      raw(OUTSIDE, '192.0.2.1', 6, { payload: new Uint8Array(3) }),
      {
        client: 'drop transport-truncated',
        server: 'drop transport-truncated',
        host: 'accept protocol-without-services, delivered',
      },
    ],
    [
      'of ESP',
      raw(OUTSIDE, '203.0.113.9', 50),
      {
        client: 'accept no-service, to the servers',
        server: 'accept no-connection, to the clients',
        host: 'accept no-connection',
      },
    ],
    [
      'of ESP to the host',
      raw(OUTSIDE, '192.0.2.1', 50),
      {
        client: 'accept no-connection, delivered',
        server: 'accept no-connection, delivered',
        host: 'accept no-connection, delivered',
      },
    ],
    [
      'to an address of the host without a service',
      tcp(`${OUTSIDE}:4000`, '192.0.2.77:80', 'S'),
      {
        client: 'accept no-service, delivered',
        server: 'accept no-service, delivered',
        host: 'accept no-service, delivered',
      },
    ],
  ])('%s', (_, packet, expected) => {
    for (const origin of ['client', 'server', 'host'] as const) {
      const verdict = send(scene(), packet.slice(), origin);
      expect([origin, told(verdict)]).toEqual([origin, expected[origin]]);
      if (verdict.delivers) expect(verdict.delivery()).toEqual(packet);
      if (verdict.leaves) expect(parsed(verdict.departures()[0]?.bytes).timeToLive).toBe(63);
    }
  });

  it('is not looked at when there is no service of its family', () => {
    const packets: [Uint8Array, Record<Origin, string>][] = [
      [
        tcp(`${OUTSIDE}:4000`, '203.0.113.9:80', 'S'),
        {
          client: 'accept no-service-of-family, to the servers',
          server: 'accept no-service-of-family, to the clients',
          host: 'accept no-service-of-family',
        },
      ],
      [
        tcp(`${OUTSIDE}:4000`, '192.0.2.77:80', 'S'),
        {
          client: 'accept no-service-of-family, delivered',
          server: 'accept no-service-of-family, delivered',
          host: 'accept no-service-of-family, delivered',
        },
      ],
    ];
    for (const [packet, expected] of packets) {
      for (const origin of ['client', 'server', 'host'] as const)
        expect([origin, told(send(scene(RULES_6), packet.slice(), origin))]).toEqual([
          origin,
          expected[origin],
        ]);
    }
  });

  it('with a mark concerns the director only when a client sends it', () => {
    const rules = '-A -f 7 -s rr\n-a -f 7 -r 10.0.0.1:0 -g';
    const packet = tcp(`${OUTSIDE}:4000`, '203.0.113.9:80', 'S');

    expect(told(send(scene(rules), packet.slice(), 'client', 7))).toBe(
      'forward routed, to the servers',
    );
    expect(told(send(scene(rules), packet.slice(), 'client', 8))).toBe(
      'accept no-service, delivered',
    );
    expect(told(send(scene(rules), packet.slice(), 'server', 7))).toBe(
      'accept no-connection, to the clients',
    );
  });

  it.each([
    ['loose', [131, 3, 4, 0]],
    ['strict', [137, 3, 4, 0]],
  ])('with a %s source route is dropped, unless the host sends it', (_, options) => {
    for (const to of ['192.0.2.1', '203.0.113.9']) {
      const packet = encodePacket({
        source: OUTSIDE,
        destination: to,
        options: Uint8Array.from(options),
        transport: { type: 'tcp', sourcePort: 4000, destinationPort: 80, flags: 2 },
      });
      for (const origin of ['client', 'server'] as const)
        expect(told(send(scene(), packet.slice(), origin))).toBe('drop source-route');
      expect(send(scene(), packet.slice(), 'host').reason).not.toBe('source-route');
    }
  });

  it.each([
    ['client', 'servers', 1300],
    ['server', 'clients', 1400],
  ] as const)(
    'from a %s leaves in fragments for the MTU of the other interface',
    (origin, side, mtu) => {
      const verdict = send(
        scene(),
        udp(`${OUTSIDE}:4000`, '203.0.113.9:80', { payload: new Uint8Array(2000) }),
        origin,
      );

      expect(told(verdict)).toContain(`to the ${side}`);
      expect(verdict.output.fragmentLimit).toBe(mtu);
      expect(verdict.departures()).toHaveLength(2);
    },
  );
});

describe('an error about a packet that passes by', () => {
  it.each([
    ['client', '192.0.2.254', 1300],
    ['server', '10.0.0.254', 1400],
  ] as const)('of a %s goes back where that came from', (origin, from, mtu) => {
    const about = (more: Partial<PacketDescription>): [string, number[], number] => {
      const verdict = send(scene(), raw(OUTSIDE, '203.0.113.9', 47, more), origin);
      const [{ bytes }] = verdict.departures();
      return [told(verdict), [...bytes.slice(12, 16)], new DataView(bytes.buffer).getUint16(26)];
    };
    const source = from.split('.').map(Number);
    const side = `, to the ${origin}s`;
    const long = { dontFragment: true, payload: new Uint8Array(mtu - 19) };

    expect(about({ timeToLive: 1 })).toEqual([`reply ttl-exceeded${side}`, source, 0]);
    expect(about(long)).toEqual([`reply too-long${side}`, source, mtu]);
    expect(
      told(
        send(
          scene(),
          raw(OUTSIDE, '203.0.113.9', 47, { ...long, payload: new Uint8Array(mtu - 20) }),
          origin,
        ),
      ),
    ).toMatch(/^accept/);
  });
});

/** A datagram in two fragments of IPv4. */
function halves(whole: Uint8Array): [Uint8Array, Uint8Array] {
  const { source, destination, protocol, bytes, transportOffset } = parsed(whole);
  const of = (words: typeof source): string => {
    const value = words.word3 >>> 0;
    return [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff).join('.');
  };
  const data = bytes.slice(transportOffset);
  const plan = {
    source: of(source),
    destination: of(destination),
    transport: { type: 'raw', protocol },
    identification: 9,
  } as const;
  return [
    encodePacket({ ...plan, payload: data.slice(0, 16), moreFragments: true }),
    encodePacket({ ...plan, payload: data.slice(16), fragmentOffset: 16 }),
  ];
}

describe('fragments', () => {
  const results = (whole: Uint8Array, origin: Origin, rules = RULES): string[] => {
    const each = scene(rules);
    return halves(whole).map((half) => told(send(each, half, origin)));
  };
  const payload = new Uint8Array(40);

  it('wait for each other where the datagram may concern the director', () => {
    const passing = udp(`${OUTSIDE}:4000`, '203.0.113.9:80', { payload });
    const toHost = udp(`${OUTSIDE}:4000`, '192.0.2.1:53', { payload });

    expect(results(passing, 'client')).toEqual([
      'drop fragment-waiting',
      'accept no-service, to the servers',
    ]);
    expect(results(passing, 'server')).toEqual([
      'drop fragment-waiting',
      'accept no-connection, to the clients',
    ]);
    expect(results(passing, 'host')).toEqual(['drop fragment-waiting', 'accept no-service']);
    expect(results(toHost, 'client')).toEqual([
      'drop fragment-waiting',
      'forward translated, to the servers',
    ]);
  });

  it('pass by one after the other without a service of their family', () => {
    const passing = udp(`${OUTSIDE}:4000`, '203.0.113.9:80', { payload });

    expect(results(passing, 'client', RULES_6)).toEqual([
      'accept no-service-of-family, to the servers',
      'accept no-service-of-family, to the servers',
    ]);
    expect(results(passing, 'server', RULES_6)).toEqual([
      'accept no-service-of-family, to the clients',
      'accept no-service-of-family, to the clients',
    ]);
  });

  it('of ESP pass by one after the other, and only the first one can belong to a connection', () => {
    const secured = (from: string, to: string): Uint8Array[] => [
      raw(from, to, 50, { moreFragments: true }),
      raw(from, to, 50, { fragmentOffset: 32 }),
    ];
    const rules = '-A -u 192.0.2.1:500 -s rr\n-a -u 192.0.2.1:500 -r 10.0.0.1:500 -m';
    const each = scene(rules);
    each.director.receive(udp(`${OUTSIDE}:500`, '192.0.2.1:500'));

    expect(secured(OUTSIDE, '192.0.2.1').map((part) => told(send(each, part, 'client')))).toEqual([
      'forward translated, to the servers',
      'accept no-connection, delivered',
    ]);
    expect(secured(SERVER, OUTSIDE).map((part) => told(send(each, part, 'server')))).toEqual([
      'forward translated, to the clients',
      'accept protocol-without-services, to the clients',
    ]);
  });

  it('are looked at for TTL and MTU one by one before they wait', () => {
    const old = raw(OUTSIDE, '203.0.113.9', 17, { moreFragments: true, timeToLive: 1 });

    expect(told(send(scene(), old.slice(), 'client'))).toBe('reply ttl-exceeded, to the clients');
    expect(told(send(scene(), old.slice(), 'server'))).toBe('reply ttl-exceeded, to the servers');
  });
});
