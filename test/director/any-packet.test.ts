/**
 * Any packet through any combination of options: nothing throws, and no entry is half made. A whole entry is counted
 * at its server, has a state and a timer, and is gone when all timers have run.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Director } from '../../src/director/index.js';
import type { Origin } from '../../src/forwarding/index.js';
import { KERNEL_RELEASES } from '../../src/model/kernel-profile.js';
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
const PORTS = [20, 21, 53, 80, 8080, 40000];
const TUNABLES = [
  'nat_icmp_send',
  'schedule_icmp',
  'sloppy_tcp',
  'sloppy_sctp',
  'cache_bypass',
] as const;
const MORE_TUNABLES = [
  'expire_nodest_conn',
  'expire_quiescent_template',
  'conn_reuse_mode',
] as const;
/** Longer than any timeout of a connection or template here. */
const ALL_TIMERS_MS = 4_000_000;

const address = fc.constantFrom(...ADDRESSES);
const end = fc.tuple(address, fc.constantFrom(...PORTS)).map(([host, port]) => `${host}:${port}`);

const plain: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc
    .tuple(end, end, fc.constantFrom('S', 'SA', 'A', 'FA', 'R', 'SF', ''))
    .map((all) => tcp(...all)),
  fc.tuple(end, end).map((ends) => udp(...ends)),
  fc.tuple(end, end, fc.nat(15)).map((all) => sctp(...all)),
);
const errors: fc.Arbitrary<Uint8Array> = fc
  .tuple(address, address, fc.constantFrom([3, 3], [3, 4], [11, 0], [8, 0]), plain)
  .map(([from, to, [type, code], quote]) => icmpError(from, to, [type, code] as const, quote));
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
);
const server = fc
  .tuple(
    fc.constantFrom('192.0.2.1', '192.0.2.77', '127.0.0.1', '10.0.0.1', '10.0.0.254'),
    fc.constantFrom('-m', '-g', '-i', '-i --tun-type gre'),
    fc.constantFrom(0, 1, 2),
  )
  .map(([host, method, weight]) => ({ host, method, weight }));

interface Setup {
  readonly rules: string;
  readonly tunables: Readonly<Record<string, number>>;
  readonly kernel: (typeof KERNEL_RELEASES)[number];
}

const setups: fc.Arbitrary<Setup> = fc
  .record({
    services: fc.uniqueArray(
      fc.tuple(service, fc.uniqueArray(server, { maxLength: 3, selector: ({ host }) => host })),
      { minLength: 1, maxLength: 4, selector: ([name]) => name.replace(/ -[po].*/, '') },
    ),
    tunables: fc.dictionary(fc.constantFrom(...TUNABLES, ...MORE_TUNABLES), fc.nat(1)),
    kernel: fc.constantFrom(...KERNEL_RELEASES),
  })
  .map(({ services, ...rest }) => ({ ...rest, rules: services.map(rulesOf).join('\n') }));

function rulesOf([name, servers]: [
  string,
  { host: string; method: string; weight: number }[],
]): string {
  const bare = name.replace(/ -[po].*/, '');
  const port = bare.startsWith('-f') ? ':0' : '';
  const lines = servers.map(
    ({ host, method, weight }) => `-a ${bare} -r ${host}${port} ${method} -w ${weight}`,
  );
  return [`-A ${name} -s rr`, ...lines].join('\n');
}

function sceneOfSetup({ rules, tunables, kernel }: Setup): Scene {
  return sceneOf(rules, {
    kernel,
    tunables,
    host: {
      client: { ipv4: '192.0.2.254' },
      server: { ipv4: '10.0.0.254' },
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

describe('any packet, through any combination of options', () => {
  it('gets a verdict, and leaves only whole entries', () => {
    fc.assert(
      fc.property(setups, fc.array(packets, { maxLength: 40 }), (setup, sent) => {
        const scene = sceneOfSetup(setup);
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
        }
        scene.wait(ALL_TIMERS_MS);

        expect(director.table.size).toBe(0);
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
