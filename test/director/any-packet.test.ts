/**
 * Any packet through any combination of options: nothing throws, and no entry is half made. A whole entry is counted
 * at its server, has a state and a timer, and is gone when all timers have run. So are what is tracked of it, the
 * connections that it controls, and what its helper remembers.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectionTracking } from '../../src/conntrack/connection-tracking.js';
import type { ConnectionTrackingOptions } from '../../src/conntrack/firewall.js';
import type { Director } from '../../src/director/index.js';
import type { Origin } from '../../src/forwarding/index.js';
import { KERNEL_RELEASES } from '../../src/model/kernel-profile.js';
import { leftInTable, leftInTracking } from './support/left-behind.js';
import { icmpError, sctp, tcp, udp } from './support/packets.js';
import { type Scene, sceneOf } from './support/scene.js';

const ADDRESSES = [
  '192.0.2.1',
  '192.0.2.77',
  '127.0.0.1',
  '10.0.0.1',
  '10.0.0.254',
  '198.51.100.7',
];
const ADDRESSES_6 = ['2001:db8::1', '2001:db8:2::1', '2001:db8:2::fe', '2001:db8:9::7'];
const PORTS = [20, 21, 53, 80, 5060, 8080, 40000];
/** What helpers read: nothing, commands and replies of FTP, a request of SIP. */
const TEXTS = [
  '',
  '',
  'PASV\r\n',
  'EPSV\r\n',
  'PORT 198,51,100,7,80,177\r\n',
  'EPRT |2|2001:db8:9::7|20657|\r\n',
  '227 ok (10,0,0,1,80,177)\r\n',
  '229 ok (|||20657|)\r\n',
  'INVITE sip:a@x SIP/2.0\r\nCall-ID: a@x\r\n\r\n',
];
const TUNABLES = [
  'nat_icmp_send',
  'schedule_icmp',
  'sloppy_tcp',
  'sloppy_sctp',
  'cache_bypass',
  'conntrack',
  'snat_reroute',
] as const;
const MORE_TUNABLES = [
  'expire_nodest_conn',
  'expire_quiescent_template',
  'conn_reuse_mode',
] as const;
/** Longer than any timeout of a connection, a template, or a tracked connection. */
const ALL_TIMERS_MS = 500_000_000;

const address = fc.constantFrom(...ADDRESSES);
const ports = fc.constantFrom(...PORTS);
/** Two ends of one family. */
const ends: fc.Arbitrary<[string, string]> = fc
  .constantFrom(ADDRESSES, ADDRESSES, ADDRESSES_6)
  .chain((addresses) => {
    const end = fc.tuple(fc.constantFrom(...addresses), ports).map(endText);
    return fc.tuple(end, end);
  });
const payload = fc
  .constantFrom(...TEXTS)
  .map((text) => ({ payload: new TextEncoder().encode(text) }));

const plain: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc
    .tuple(ends, fc.constantFrom('S', 'SA', 'A', 'A', 'FA', 'R', 'SF', ''), payload)
    .map(([both, flags, extras]) => tcp(...both, flags, extras)),
  fc.tuple(ends, payload).map(([both, extras]) => udp(...both, extras)),
  fc.tuple(ends, fc.nat(15)).map(([both, chunk]) => sctp(...both, chunk)),
);
const errors: fc.Arbitrary<Uint8Array> = fc
  .tuple(address, address, fc.constantFrom([3, 3], [3, 4], [11, 0], [8, 0]), plain)
  .map(([from, to, [type, code], quote]) => icmpError(from, to, [type, code] as const, quote));

function endText([host, number]: [string, number]): string {
  return host.includes(':') ? `[${host}]:${number}` : `${host}:${number}`;
}

/** A byte that is replaced: its index, counted around, and its value. */
const damage = fc.array(fc.tuple(fc.nat(79), fc.nat(255)), { maxLength: 2 });

interface Sent {
  readonly bytes: Uint8Array;
  readonly origin: Origin;
  readonly mark: number;
  readonly gapMs: number;
}

const packets: fc.Arbitrary<Sent> = fc
  .record({
    whole: fc.oneof({ weight: 4, arbitrary: plain }, errors),
    damage: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, damage),
    origin: fc.constantFrom<Origin>('client', 'client', 'server', 'host'),
    mark: fc.constantFrom(0, 0, 0, 7),
    gapMs: fc.constantFrom(0, 0, 1, 5_000, 70_000),
  })
  .map(({ whole, damage: changes, ...rest }) => {
    const bytes = whole.slice();
    for (const [at, value] of changes) bytes[at % bytes.length] = value;
    return { bytes, ...rest };
  });

/** A session of FTP up to its first data connection, as it may come from outside or from the host. */
const sessions: fc.Arbitrary<readonly Sent[]> = fc
  .record({
    command: fc.constantFrom('PASV\r\n', 'EPSV\r\n', 'PORT 198,51,100,7,80,177\r\n'),
    reply: fc.constantFrom('227 ok (10,0,0,1,80,177)\r\n', '229 ok (|||20657|)\r\n', '200 ok\r\n'),
    client: fc.constantFrom(
      { address: '198.51.100.7', origin: 'client' } as const,
      { address: '192.0.2.1', origin: 'host' } as const,
    ),
    gapMs: fc.constantFrom(0, 1, 70_000),
  })
  .map(({ command, reply, client, gapMs }) => {
    const [from, to, server] = [`${client.address}:40000`, '192.0.2.1:21', '10.0.0.1:21'];
    const text = (words: string): { payload: Uint8Array } => ({
      payload: new TextEncoder().encode(words),
    });
    const sent = (bytes: Uint8Array, origin: Origin): Sent => ({ bytes, origin, mark: 0, gapMs });
    return [
      sent(tcp(from, to), client.origin),
      sent(tcp(server, from, 'SA'), 'server'),
      sent(tcp(from, to, 'A'), client.origin),
      sent(tcp(from, to, 'A', text(command)), client.origin),
      sent(tcp(server, from, 'A', text(reply)), 'server'),
      sent(tcp(`${client.address}:40001`, '192.0.2.1:20657'), client.origin),
    ];
  });
const traffic: fc.Arbitrary<readonly Sent[]> = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: packets.map((each) => [each]) },
      { weight: 1, arbitrary: sessions },
    ),
    { maxLength: 40 },
  )
  .map((all) => all.flat());

const service = fc.constantFrom(
  '-t 192.0.2.1:80',
  '-t 192.0.2.1:21 -p 50',
  '-t 192.0.2.1:0 -p 50',
  '-u 192.0.2.1:53',
  '-u 192.0.2.1:80 -o',
  '-u 192.0.2.77:53',
  '--sctp-service 192.0.2.1:80',
  '-f 7',
  '-f 7 -p 50',
  '-u 192.0.2.1:5060 -p 50 --pe sip',
  '-t [2001:db8::1]:80',
  '-t [2001:db8::1]:21 -p 50',
  '-u [2001:db8::1]:5060 -p 50 --pe sip -o',
);
const server = fc
  .tuple(
    fc.constantFrom('192.0.2.1', '192.0.2.77', '127.0.0.1', '10.0.0.1', '10.0.0.254'),
    fc.constantFrom('-m', '-g', '-i', '-i --tun-type gre'),
    fc.constantFrom(0, 1, 2),
  )
  .map(([host, method, weight]) => ({ host, method, weight }));
/** The servers of IPv6 services, by those of IPv4: on the host, and elsewhere. */
const SERVERS_6: Readonly<Record<string, string>> = {
  '192.0.2.1': '[2001:db8::1]',
  '192.0.2.77': '[2001:db8:2::2]',
  '127.0.0.1': '[::1]',
  '10.0.0.1': '[2001:db8:2::1]',
  '10.0.0.254': '[2001:db8:2::fe]',
};
/** Without connection tracking, with it, with source NAT, and with a rule against what is invalid. */
const TRACKING: readonly (ConnectionTrackingOptions | undefined)[] = [
  undefined,
  undefined,
  {},
  { sourceNat: [{ to: 'masquerade' }] },
  { dropInvalid: ['input', 'forward'] },
];

/** A service that the sessions can use. */
const FTP_SERVICE: [string, { host: string; method: string; weight: number }[]] = [
  '-t 192.0.2.1:21',
  [{ host: '10.0.0.1', method: '-m', weight: 1 }],
];

interface Setup {
  readonly rules: string;
  readonly tunables: Readonly<Record<string, number>>;
  readonly kernel: (typeof KERNEL_RELEASES)[number];
  readonly tracking: ConnectionTrackingOptions | undefined;
  readonly helpsFtp: boolean;
}

const setups: fc.Arbitrary<Setup> = fc
  .record({
    services: fc.uniqueArray(
      fc.tuple(service, fc.uniqueArray(server, { maxLength: 3, selector: ({ host }) => host })),
      { minLength: 1, maxLength: 4, selector: ([name]) => bareName(name) },
    ),
    tunables: fc.dictionary(fc.constantFrom(...TUNABLES, ...MORE_TUNABLES), fc.nat(1)),
    kernel: fc.constantFrom(...KERNEL_RELEASES),
    tracking: fc.constantFrom(...TRACKING),
    helpsFtp: fc.constantFrom(true, true, false),
    servesFtp: fc.boolean(),
  })
  .map(({ services, servesFtp, ...rest }) => {
    const others = services.filter(([name]) => !servesFtp || bareName(name) !== FTP_SERVICE[0]);
    const all = servesFtp ? [FTP_SERVICE, ...others] : others;
    return { ...rest, rules: all.map(rulesOf).join('\n') };
  });

function rulesOf([name, servers]: [
  string,
  { host: string; method: string; weight: number }[],
]): string {
  const bare = bareName(name);
  // A rule for a mark names no port, and one for IPv6 has to.
  const port = bare.startsWith('-f') ? ':0' : '';
  const end6 = (host: string): string => `${SERVERS_6[host]}${bare.slice(bare.lastIndexOf(':'))}`;
  const lines = servers.map(
    ({ host, method, weight }) =>
      `-a ${bare} -r ${bare.includes('[') ? end6(host) : host + port} ${method} -w ${weight}`,
  );
  return [`-A ${name} -s rr`, ...lines].join('\n');
}

/** A service without its options. */
function bareName(name: string): string {
  return name.replace(/ -[po].*/, '');
}

function sceneOfSetup(
  { rules, tunables, kernel, helpsFtp }: Setup,
  tracking: ConnectionTracking | undefined,
): Scene {
  return sceneOf(rules, {
    ...(tracking !== undefined && { tracking }),
    ...(!helpsFtp && { ftp: false }),
    kernel,
    tunables,
    host: {
      client: { ipv4: '192.0.2.254', ipv6: '2001:db8:1::fe' },
      server: { ipv4: '10.0.0.254', ipv6: '2001:db8:2::fe' },
      addresses: ['192.0.2.77'],
    },
  });
}

/** How many connections there are: as the servers count them, and as the table holds them. */
function countsOf(director: Director): [number, number] {
  let counted = 0;
  for (const { servers } of director.services) {
    for (const { active, inactive, persistent } of servers)
      counted += active + inactive + persistent;
  }
  const bypassing = [...director.connections()].filter(({ serverPort, serverAddress }) => {
    return serverPort === 0 && String(serverAddress) === '0.0.0.0';
  });
  return [counted, director.table.size - bypassing.length];
}

/** What belongs to no entry. */
function leftBehind({ table }: Director, tracking: ConnectionTracking | undefined): string[] {
  const tracked = tracking === undefined ? [] : leftInTracking(table, tracking);
  return [...leftInTable(table), ...tracked];
}

describe('any packet, through any combination of options', () => {
  it('gets a verdict, and leaves only whole entries', () => {
    fc.assert(
      fc.property(setups, traffic, (setup, sent) => {
        const tracking = setup.tracking && new ConnectionTracking(setup.tracking);
        const scene = sceneOfSetup(setup, tracking);
        const { director } = scene;
        for (const { bytes, origin, mark, gapMs } of sent) {
          scene.wait(gapMs);
          const verdict = director.take(bytes.slice(), 0, bytes.length, origin, mark);

          expect(verdict.leaves && verdict.delivers).toBe(false);
          expect(verdict.delivery() !== undefined).toBe(verdict.delivers);
          expect(verdict.departures().length > 0).toBe(verdict.leaves);
          const [counted, held] = countsOf(director);
          expect(counted).toBe(held);
          const rows = [...director.connections()];
          expect(rows).toHaveLength(director.table.size);
          for (const { state, secondsLeft } of rows) {
            expect(state).not.toBe('');
            expect(secondsLeft).toBeGreaterThanOrEqual(0);
          }
          expect(leftBehind(director, tracking)).toEqual([]);
        }
        scene.wait(ALL_TIMERS_MS);

        expect(director.table.size).toBe(0);
        expect([...(tracking?.connections() ?? [])]).toEqual([]);
        expect(leftBehind(director, tracking)).toEqual([]);
        for (const each of director.services) {
          for (const one of each.servers) {
            expect([one.active, one.inactive, one.persistent]).toEqual([0, 0, 0]);
          }
        }
      }),
      { numRuns: 250 },
    );
  }, 60_000);
});
