/**
 * The fast path of packets that open connections against the slow path, which a VLAN tag makes any packet take: the same
 * SYNs, whatever service they meet, are to have the same fate and to leave the same behind.
 */
import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { schedulersByName } from '../../src/schedulers/index.js';
import { tcp, udp } from './support/packets.js';
import { listing, run, type Scene, sceneOf } from './support/scene.js';
import { fateOf, link } from './support/tagged-frames.js';

const SCHEDULERS = ['rr', 'wlc', 'lc', 'sed', 'sh', 'dh', 'lblcr', 'nq', 'wrr', 'ovf'];
const VIRTUAL = { 4: '192.0.2.1', 6: '[2001:db8::1]' } as const;
const SERVERS = {
  4: ['10.0.0.1', '10.0.0.2', '10.0.0.3'],
  6: ['[2001:db8:2::1]', '[2001:db8:2::2]', '[2001:db8:2::3]'],
} as const;
const OWN = { 4: '10.0.0.254', 6: '[2001:db8:2::fe]' } as const;

/** A service: what may be special about it, and its servers. */
const world = fc.record({
  family: fc.constantFrom(4, 4, 6),
  scheduler: fc.constantFrom(...SCHEDULERS),
  kind: fc.constantFrom('usual', 'usual', 'persistent', 'any port', 'mark', 'FTP', 'sip'),
  methods: fc.array(fc.constantFrom('-m', '-m', '-g', '-i'), { minLength: 3, maxLength: 3 }),
  weights: fc.array(fc.constantFrom(0, 1, 1, 3), { minLength: 3, maxLength: 3 }),
  upper: fc.constantFrom(0, 0, 2, 5),
  local: fc.constantFrom(false, false, false, true),
  limit: fc.constantFrom(1_000_000, 1_000_000, 5),
  overflow: fc.constantFrom('refuse' as const, 'drop' as const),
  tunables: fc.record({
    secure_tcp: fc.constantFrom(0, 0, 3),
    drop_packet: fc.constantFrom(0, 0, 3),
    am_droprate: fc.constant(3),
    expire_quiescent_template: fc.nat(1),
    expire_nodest_conn: fc.nat(1),
    conn_reuse_mode: fc.nat(3),
    cache_bypass: fc.nat(1),
    sloppy_tcp: fc.nat(1),
  }),
});

const step = fc.record({
  client: fc.nat(5),
  sourcePort: fc.constantFrom(5000, 5000, 5001, 5002, 20),
  port: fc.constantFrom(0, 0, 0, 0, 1, 2),
  flags: fc.constantFrom('S', 'S', 'S', 'S', 'A', 'SA', 'SF', 'SR', 'R', 'F', ''),
  bytes: fc.constantFrom(0, 0, 0, 300, 1421, 1441),
  pauseMs: fc.constantFrom(0, 0, 0, 1, 3000, 70_000),
  edit: fc.constantFrom('', '', '', '', 'quiesce', 'restore', 'remove'),
});

type World = typeof world extends fc.Arbitrary<infer Type> ? Type : never;
type Step = typeof step extends fc.Arbitrary<infer Type> ? Type : never;

/** The command-line name of the service, and what its packets carry. */
function nameOf({ family, kind }: World): string {
  const virtual = VIRTUAL[family];
  if (kind === 'mark') return `-f 7${family === 6 ? ' -6' : ''}`;
  if (kind === 'any port') return `-t ${virtual}:0`;
  return `-t ${virtual}:${kind === 'FTP' ? 21 : 80}`;
}

function rulesOf(world: World): string {
  const { family, scheduler, kind, methods, weights, upper, local } = world;
  const name = nameOf(world);
  const isPersistent = kind === 'persistent' || kind === 'any port';
  const servers = local ? [OWN[family], ...SERVERS[family].slice(1)] : SERVERS[family];
  const port = kind === 'mark' || kind === 'any port' ? 0 : kind === 'FTP' ? 21 : 80;
  return [
    `-A ${name} -s ${scheduler}${isPersistent ? ' -p 100' : ''}`,
    ...servers.map((address, n) => {
      const serverPort = methods[n] === '-m' && port === 80 && n > 0 ? 8080 : port;
      const where = `${address}:${serverPort}`;
      return `-a ${name} -r ${where} ${methods[n]} -w ${weights[n]} -x ${upper}`;
    }),
    ...(kind === 'sip' ? [`-A -u ${VIRTUAL[family]}:5060 -s rr -p 100 --pe sip`] : []),
  ].join('\n');
}

function sceneFor(world: World): Scene {
  const { tunables, limit, overflow } = world;
  const host = {
    link,
    client: { ipv4: '198.51.100.254', ipv6: '2001:db8:1::fe' },
    server: { ipv4: '10.0.0.254', ipv6: '2001:db8:2::fe' },
  };
  return sceneOf(rulesOf(world), {
    schedulers: schedulersByName,
    host,
    tunables,
    connectionLimit: limit,
    overflow,
  });
}

function packetOf({ family, kind }: World, step: Step): Uint8Array {
  const { client, sourcePort, flags, bytes } = step;
  const from = family === 4 ? `198.51.100.${client}` : `[2001:db8:9::${client}]`;
  const port = (kind === 'FTP' ? [21, 2000, 80] : [80, 81, 2000])[step.port];
  const extras = { timeToLive: 64, payload: new Uint8Array(bytes) };
  return tcp(`${from}:${sourcePort}`, `${VIRTUAL[family]}:${port}`, flags, extras);
}

/** Changes the last server, unless it is gone. */
function change({ director }: Scene, edit: string): void {
  const [service] = director.services;
  const server = service.servers.first;
  if (server === undefined || edit === '') return;
  if (edit === 'remove') director.removeServer(service, server);
  else director.editServer(service, server, { weight: edit === 'quiesce' ? 0 : 2 });
}

describe('a plain SYN that opens a connection', () => {
  it('meets the fate that the slow path gives it, and leaves the same behind', () => {
    fc.assert(
      fc.property(world, fc.array(step, { minLength: 1, maxLength: 25 }), (world, steps) => {
        const scenes = [false, true].map((tagged) => ({ tagged, scene: sceneFor(world) }));
        for (const each of steps) {
          const fates = scenes.map(({ scene, tagged }) => {
            scene.wait(each.pauseMs);
            change(scene, each.edit);
            const mark = world.kind === 'mark' ? 7 : 0;
            return fateOf(scene, packetOf(world, each), tagged, mark);
          });
          expect(fates[0]).toEqual(fates[1]);
        }
        const [fast, slow] = scenes.map(({ scene }) => scene);
        expect(listing(fast)).toEqual(listing(slow));
        expect(fast.director.table.statistics).toEqual(slow.director.table.statistics);
        expect(JSON.stringify(fast.director)).toEqual(JSON.stringify(slow.director));
      }),
      { numRuns: 240 },
    );
  });

  it('is looked up once, and never parsed', () => {
    for (const [virtual, servers, client] of [
      [VIRTUAL[4], SERVERS[4], '198.51.100.7'],
      [VIRTUAL[6], SERVERS[6], '[2001:db8:9::7]'],
    ] as const) {
      const { director } = sceneOf(
        `-A -t ${virtual}:80 -s rr\n-a -t ${virtual}:80 -r ${servers[0]}:8080 -m`,
      );
      const find4 = vi.spyOn(director.table.fastPath, 'find4');
      const findIn4 = vi.spyOn(director.table, 'findIn4');
      const findIn = vi.spyOn(director.table, 'findIn');
      const parsed = vi.spyOn(director.table.fastPath, 'readEnds');

      expect(director.receive(tcp(`${client}:5000`, `${virtual}:80`)).reason).toBe('translated');
      const finds = [find4, findIn4, findIn].map(({ mock }) => mock.calls.length);
      expect(finds.reduce((sum, count) => sum + count)).toBe(1);
      expect(parsed).not.toHaveBeenCalled();
    }
  });

  it('is forgotten by the slow path once that has gone on with it', () => {
    const { director } = sceneOf('-A -t 192.0.2.1:80 -s rr\n-A -u 192.0.2.1:80 -s rr');
    run(director, '-a -u 192.0.2.1:80 -r 10.0.0.1 -m');
    const refused = director.receive(tcp('198.51.100.7:5000', '192.0.2.1:80'));
    expect(refused.reason).toBe('no-destination');
    const datagram = director.receive(udp('198.51.100.7:5000', '192.0.2.1:80'));
    expect(datagram.reason).toBe('translated');
  });
});
