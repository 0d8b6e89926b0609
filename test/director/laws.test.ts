/** What holds for whole directors, whatever the rules and the traffic. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FLAG_INACTIVE } from '../../src/connections/entries/flags.js';
import type { Director, DirectorOptions, Traffic } from '../../src/director/index.js';
import type { RealServer } from '../../src/model/real-server.js';
import { verifyChecksums } from '../../src/wire/index.js';
import { endsOf, parsed, sctp, tcp, udp } from './support/packets.js';
import { type Scene, sceneOf } from './support/scene.js';
import { type Play, Player, plays, sceneOfPlay } from './support/traffic.js';

/** What the counters of all servers should be, by going through the table. */
function loadsOf({ table }: Director): Map<RealServer, number[]> {
  const loads = new Map<RealServer, number[]>();
  for (let slot = table.next(-1); slot >= 0; slot = table.next(slot)) {
    const server = table.server(slot);
    if (server === undefined) continue;
    const load = loads.get(server) ?? [0, 0, 0];
    const place = table.isTemplate(slot) ? 2 : (table.flags(slot) & FLAG_INACTIVE) === 0 ? 0 : 1;
    load[place] = load[place] + 1;
    loads.set(server, load);
  }
  return loads;
}

function sum(traffics: Iterable<Traffic>): Traffic {
  const total = { connections: 0, packetsIn: 0, packetsOut: 0, bytesIn: 0, bytesOut: 0 };
  for (const traffic of traffics) {
    for (const key of Object.keys(total) as (keyof Traffic)[]) total[key] += traffic[key];
  }
  return total;
}

describe('a connection', () => {
  it('never changes its server, as long as it is not opened anew after its end', () => {
    fc.assert(
      fc.property(plays, (play) => {
        const scene = sceneOfPlay(play);
        const servers = new Map<string, string>();
        const ended = new Set<string>();
        for (const { plan, connection, verdict } of new Player(play, scene).all()) {
          const { flags, fromServer } = plan;
          if (flags.includes('S') && !fromServer && ended.delete(connection)) {
            servers.delete(connection);
          }
          if (verdict.server === undefined) continue;
          expect(String(verdict.server)).toBe(servers.get(connection) ?? String(verdict.server));
          servers.set(connection, String(verdict.server));
          if (/[RF]/.test(flags) || flags === '') ended.add(connection);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('of a persistent client goes where its other connections go', () => {
    fc.assert(
      fc.property(plays, (play) => {
        const persistent = play.services.map((service) => ({ ...service, persistent: true }));
        const all = { ...play, services: persistent };
        const servers = new Map<string, string>();
        for (const { connection, verdict } of new Player(all, sceneOfPlay(all)).all()) {
          if (verdict.action !== 'forward') continue;
          const client = connection.replace(/:\d+ /, ' ');
          const server = String(verdict.server);
          expect(server).toBe(servers.get(client) ?? server);
          servers.set(client, server);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('masquerading', () => {
  const ends = fc.record({
    family: fc.constantFrom(4, 6),
    protocol: fc.constantFrom('tcp', 'udp', 'sctp'),
    client: fc.integer({ min: 1, max: 0xfffe }),
    clientPort: fc.integer({ min: 21, max: 65535 }),
    virtualPort: fc.integer({ min: 22, max: 65535 }),
    serverPort: fc.integer({ min: 1, max: 65535 }),
    payload: fc.uint8Array({ maxLength: 64 }),
  });

  it('is undone by the answer: the client sees the ends it sent to, and right checksums', () => {
    fc.assert(
      fc.property(ends, (each) => {
        const { family, protocol, clientPort, virtualPort, serverPort, payload } = each;
        const at = (four: string, six: string, port: number): string =>
          family === 4 ? `${four}:${port}` : `[${six}]:${port}`;
        const hosts = `${each.client >>> 8}.${each.client & 255}`;
        const client = at(`198.51.${hosts}`, `2001:db8:f::${each.client.toString(16)}`, clientPort);
        const virtual = at('192.0.2.1', '2001:db8::1', virtualPort);
        const server = at('10.0.0.1', 'fd00::1', serverPort);
        const build = (from: string, to: string): Uint8Array => {
          if (protocol === 'tcp') return tcp(from, to, 'S', { payload });
          return protocol === 'udp' ? udp(from, to, { payload }) : sctp(from, to);
        };
        const option = { tcp: '-t', udp: '-u', sctp: '--sctp-service' }[protocol];
        const { director } = sceneOf(
          `-A ${option} ${virtual} -s rr\n-a ${option} ${virtual} -r ${server} -m`,
        );
        const [request] = director.receive(build(client, virtual)).departures();
        expect(endsOf(request?.bytes)).toBe(`${client} > ${server}`);
        expect(verifyChecksums(parsed(request?.bytes))).toBe(true);
        const [answer] = director.respond(build(server, client)).departures();
        expect(endsOf(answer?.bytes)).toBe(`${virtual} > ${client}`);
        expect(verifyChecksums(parsed(answer?.bytes))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the statistics', () => {
  it('add up: the whole is the sum of the services is the sum of the servers', () => {
    fc.assert(
      fc.property(plays, (play) => {
        const { director } = playOut(play);
        const { statistics, services } = director;
        const all = [...services];
        const whole = statistics.total.counted();
        expect(sum(all.map((service) => statistics.of(service).counted()))).toEqual(whole);
        const servers = all.flatMap((service) => [...service.servers]);
        expect(sum(servers.map((server) => statistics.of(server).counted()))).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });

  it('count each packet that goes to a server', () => {
    fc.assert(
      fc.property(plays, (play) => {
        const scene = sceneOfPlay(play);
        let packets = 0;
        for (const { plan, verdict } of new Player(play, scene).all()) {
          if (!plan.fromServer && verdict.action === 'forward') packets++;
        }
        expect(scene.director.statistics.total.counted().packetsIn).toBe(packets);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the counters of the servers', () => {
  it('are what the table holds, at every moment', () => {
    fc.assert(
      fc.property(plays, fc.nat(400_000), (play, waitMs) => {
        const scene = sceneOfPlay(play);
        const player = new Player(play, scene);
        for (const plan of play.packets) {
          player.send(plan);
          expectLoads(scene.director);
        }
        scene.wait(waitMs);
        expectLoads(scene.director);
      }),
      { numRuns: 50 },
    );
  });

  it('are 0 when all connections have run out', () => {
    fc.assert(
      fc.property(plays, (play) => {
        const scene = playOut(play, { estimationIntervalMs: 3_600_000 });
        scene.wait(2_000_000);
        expect(scene.director.table.size).toBe(0);
        expectLoads(scene.director);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a packet that is left to the host, or dropped', () => {
  it('keeps every byte', () => {
    const seen = new Set<string>();
    const none: Play = { family: 4, services: [], packets: [] };
    const toHost = tcp('198.51.100.9:1', '192.0.2.254:80');
    fc.assert(
      fc.property(plays, packets, (play, bytes) => {
        const { director } = playOut(play);
        const before = bytes.slice();
        const { action, leaves } = director.receive(bytes);
        if (leaves) return;
        seen.add(action);
        expect(bytes).toEqual(before);
      }),
      {
        numRuns: 100,
        examples: [
          [none, toHost],
          [none, toHost.slice(0, 30)],
        ],
      },
    );
    expect([...seen].sort()).toEqual(['accept', 'drop']);
  });
});

describe('any bytes at all', () => {
  it('get a verdict, on either side and with any mark', () => {
    fc.assert(
      fc.property(
        plays,
        fc.array(fc.tuple(packets, fc.boolean(), fc.nat(2)), { maxLength: 20 }),
        (play, all) => {
          const { director } = playOut(play);
          for (const [bytes, isClient, mark] of all) {
            const verdict = isClient
              ? director.receive(bytes, mark)
              : director.respond(bytes, mark);
            expect(verdict.explanation).not.toBe('');
            expect(verdict.departures().length > 0).toBe(verdict.leaves);
          }
          expectLoads(director);
        },
      ),
      { numRuns: 50 },
    );
  });
});

/** Noise, and packets for the services of a play with some bytes changed or missing. */
const packets: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 120 }),
  fc
    .record({
      base: fc.constantFrom(
        () => tcp('198.51.100.1:1024', '192.0.2.1:80'),
        () => tcp('198.51.100.1:1024', '192.0.2.1:80', 'A', { moreFragments: true }),
        () => udp('198.51.100.2:1025', '192.0.2.1:443', { fragmentOffset: 8 }),
        () => sctp('[2001:db8:f::1]:1024', '[2001:db8::1]:80'),
        () => tcp('10.0.0.1:80', '198.51.100.1:1024', 'SA'),
      ),
      changes: fc.array(fc.tuple(fc.nat(70), fc.nat(255)), { maxLength: 3 }),
      keep: fc.nat(80),
    })
    .map(({ base, changes, keep }) => {
      const bytes = base();
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return keep > 70 ? bytes : bytes.slice(0, keep);
    }),
);

function playOut(play: Play, options: Partial<DirectorOptions> = {}): Scene {
  const scene = sceneOfPlay(play, options);
  for (const event of new Player(play, scene).all()) void event;
  return scene;
}

function expectLoads(director: Director): void {
  const loads = loadsOf(director);
  for (const { servers } of director.services) {
    for (const server of servers) {
      const { active, inactive, persistent } = server;
      expect([active, inactive, persistent]).toEqual(loads.get(server) ?? [0, 0, 0]);
    }
  }
}
