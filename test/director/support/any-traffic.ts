/**
 * Rules of every kind, tunables, tracking, and packets of every kind under them: plain ones and damaged ones, sessions of
 * FTP, ICMP errors; from clients, from servers and from the host.
 */
import * as fc from 'fast-check';
import type { ConnectionTracking } from '../../../src/conntrack/connection-tracking.js';
import type { ConnectionTrackingOptions } from '../../../src/conntrack/firewall.js';
import type { LinkLayer, Origin } from '../../../src/forwarding/index.js';
import { KERNEL_RELEASES } from '../../../src/model/kernel-profile.js';
import { type Extras, icmpError, sctp, tcp, udp } from './packets.js';
import { type Scene, sceneOf } from './scene.js';

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

const OPENING = {
  isAnswer: false,
  answersBy: 'server',
  timeToLive: 64,
  bytes: 0,
  gapMs: 0,
} as const;
/** Makes a packet of a protocol; only segments have flags. */
const packetOf = {
  tcp,
  udp: (from: string, to: string, _: string, extras: Extras) => udp(from, to, extras),
  sctp: (from: string, to: string, flags: string, { timeToLive }: Extras) =>
    sctp(from, to, flags === 'S' ? 1 : 3, timeToLive === undefined ? {} : { timeToLive }),
};

/** A byte that is replaced: its index, counted around, and its value. */
const damage = fc.array(fc.tuple(fc.nat(79), fc.nat(255)), { maxLength: 2 });

/** A packet, and how it comes to the director. */
export interface Sent {
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

/** A session of FTP up to its first data connection, in either family, as it may come from outside or from the host. */
const sessions: fc.Arbitrary<readonly Sent[]> = fc
  .record({
    command: fc.constantFrom(
      'PASV',
      'EPSV',
      'PORT 198,51,100,7,80,177',
      'EPRT |2|2001:db8:9::7|20657|',
    ),
    reply: fc.constantFrom('227 ok (10,0,0,1,80,177)', '229 ok (|||20657|)', '200 ok'),
    ends: fc.constantFrom(
      {
        client: '198.51.100.7',
        virtual: '192.0.2.1',
        server: '10.0.0.1',
        origin: 'client',
      } as const,
      { client: '192.0.2.1', virtual: '192.0.2.1', server: '10.0.0.1', origin: 'host' } as const,
      {
        client: '2001:db8:9::7',
        virtual: '2001:db8::1',
        server: '2001:db8:2::1',
        origin: 'client',
      } as const,
    ),
    gapMs: fc.constantFrom(0, 1, 70_000),
  })
  .map(({ command, reply, ends: { client, virtual, server, origin: from }, gapMs }) => {
    const end = (host: string, port: number): string => endText([host, port]);
    const text = (words: string): { payload: Uint8Array } => ({
      payload: new TextEncoder().encode(`${words}\r\n`),
    });
    const sent = (bytes: Uint8Array, origin: Origin): Sent => ({ bytes, origin, mark: 0, gapMs });
    const [own, control, answering] = [end(client, 40000), end(virtual, 21), end(server, 21)];
    return [
      sent(tcp(own, control), from),
      sent(tcp(answering, own, 'SA'), 'server'),
      sent(tcp(own, control, 'A'), from),
      sent(tcp(own, control, 'A', text(command)), from),
      sent(tcp(answering, own, 'A', text(reply)), 'server'),
      sent(tcp(end(client, 40001), end(virtual, 20657)), from),
    ];
  });

/** A few packets of one client to a service, and of a server to that client. */
interface Conversation {
  /** Which service, counted around. */
  readonly service: number;
  /** Whether the client is on the host. */
  readonly isOwn: boolean;
  readonly clientPort: number;
  readonly steps: readonly {
    readonly flags: string;
    readonly isAnswer: boolean;
    /** The interface by which answers come in. */
    readonly answersBy: 'client' | 'server';
    readonly timeToLive: number;
    readonly bytes: number;
    readonly gapMs: number;
  }[];
}

const conversations: fc.Arbitrary<Conversation> = fc.record({
  service: fc.nat(5),
  isOwn: fc.constantFrom(false, false, false, true),
  clientPort: fc.constantFrom(40000, 40001),
  steps: fc.array(
    fc.record({
      flags: fc.constantFrom('S', 'A', 'A', 'PA', 'FA', 'R'),
      isAnswer: fc.constantFrom(false, false, true),
      answersBy: fc.constantFrom('client' as const, 'server' as const),
      timeToLive: fc.constantFrom(64, 64, 64, 2, 1, 0),
      bytes: fc.constantFrom(0, 1, 1200, 1420, 1440, 1460, 1461, 1472, 1473),
      gapMs: fc.constantFrom(0, 0, 1, 5_000, 130_000),
    }),
    { minLength: 1, maxLength: 6 },
  ),
});

const KINDS = { t: 'tcp', u: 'udp', s: 'sctp', f: 'tcp' } as const;

/** The packets of a conversation under some rules. */
function packetsOf(rules: string, { service, isOwn, clientPort, steps }: Conversation): Sent[] {
  const names = [...rules.matchAll(/^-A (-t|-u|-f|--sctp-service) (\S+)/gm)];
  const [, option, name] = names[service % names.length];
  const kind = option.replace(/^-+/, '')[0] as keyof typeof KINDS;
  const protocol = KINDS[kind];
  const virtual = kind === 'f' ? '192.0.2.1:80' : name.replace(/:0$/, ':80');
  const is6 = virtual.startsWith('[');
  const outside = is6 ? '2001:db8:9::7' : '198.51.100.7';
  const host = isOwn ? (is6 ? '2001:db8::1' : '192.0.2.1') : outside;
  const client = endText([host, clientPort]);
  const port = virtual.slice(virtual.lastIndexOf(':'));
  const server = is6 ? `[2001:db8:2::1]${port}` : `10.0.0.1${port}`;
  return [{ ...OPENING, flags: 'S' }, ...steps].map((step) => {
    const { flags, isAnswer, answersBy, timeToLive, bytes, gapMs } = step;
    const [from, to] = isAnswer ? [server, client] : [client, virtual];
    const extras = { timeToLive, payload: new Uint8Array(bytes) };
    const clientSide = isOwn ? 'host' : 'client';
    return {
      bytes: packetOf[protocol](from, to, flags, extras),
      origin: isAnswer ? answersBy : clientSide,
      mark: kind === 'f' && !isAnswer ? 7 : 0,
      gapMs,
    };
  });
}

/** What happens to a director, the services of which are not known yet. */
const plans: fc.Arbitrary<readonly (Conversation | readonly Sent[])[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: packets.map((each): readonly Sent[] => [each]) },
    { weight: 4, arbitrary: conversations },
    { weight: 1, arbitrary: sessions },
  ),
  { maxLength: 40 },
);

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
  '-u [2001:db8::1]:53',
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

/** Services that the sessions can use. */
const FTP_SERVICE: [string, { host: string; method: string; weight: number }[]] = [
  '-t 192.0.2.1:21',
  [{ host: '10.0.0.1', method: '-m', weight: 1 }],
];
const FTP_SERVICE_6: typeof FTP_SERVICE = ['-t [2001:db8::1]:21', FTP_SERVICE[1]];

/** How a director is set up. */
export interface Setup {
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
    ftpServices: fc.subarray([FTP_SERVICE, FTP_SERVICE_6]),
  })
  .map(({ services, ftpServices, ...rest }) => {
    const names = ftpServices.map(([name]) => name);
    const others = services.filter(([name]) => !names.includes(bareName(name)));
    return { ...rest, rules: [...ftpServices, ...others].map(rulesOf).join('\n') };
  });

/** A director of any kind, and what comes to it: for its services as often as for anything. */
export const plays: fc.Arbitrary<[Setup, Sent[]]> = fc
  .tuple(setups, plans)
  .map(([setup, each]) => [
    setup,
    each.flatMap((plan) => ('steps' in plan ? packetsOf(setup.rules, plan) : plan)),
  ]);

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

/** Makes a director of a setup; with a link layer it takes frames. */
export function sceneOfSetup(
  { rules, tunables, kernel, helpsFtp }: Setup,
  tracking: ConnectionTracking | undefined,
  link?: LinkLayer,
): Scene {
  return sceneOf(rules, {
    ...(tracking !== undefined && { tracking }),
    ...(!helpsFtp && { ftp: false }),
    kernel,
    tunables,
    host: {
      ...(link !== undefined && { link }),
      client: { ipv4: '192.0.2.254', ipv6: '2001:db8:1::fe' },
      server: { ipv4: '10.0.0.254', ipv6: '2001:db8:2::fe' },
      addresses: ['192.0.2.77'],
    },
  });
}
