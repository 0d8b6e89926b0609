import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RealServer } from '../../src/model/real-server.js';
import { restoreAllRules } from '../../src/ipvsadm/index.js';
import { Conversations } from '../../src/simulation/conversation.js';
import { createWorkload } from '../../src/simulation/index.js';
import { synchronization } from '../../src/sync/synchronization.js';
import { directorRules, stageOf, type Stage } from './support.js';

const PARTS = ['begin', 'stay', 'end'] as const;

/** What a director knows and has counted. */
function stateOf({ director }: Stage): unknown {
  const statistics = [...director.services].map((service) => [
    director.statistics.of(service).counted(),
    ...[...service.servers].map((server) => [
      director.statistics.of(server).counted(),
      server.active,
      server.total,
      server.persistent,
    ]),
  ]);
  return { statistics, connections: director.toJSON().connections };
}

interface Moment {
  readonly waitMs: number;
  readonly service: number;
  readonly connection: number;
  readonly part: (typeof PARTS)[number];
}

/** Holds conversations of a few connections, and gives the servers. */
function play(stage: Stage, moments: readonly Moment[], writesAll: boolean): string[] {
  const conversations = new Conversations(stage.director, writesAll);
  const services = [...stage.director.services];
  const loads = services.map((service) => createWorkload(service, { connections: 8, clients: 3 }));
  return moments.map(({ waitMs, service, connection, part }) => {
    stage.clock.advance(waitMs);
    const at = service % services.length;
    const flow = loads[at].flow(connection);
    const server: RealServer | undefined = conversations.hold(part, flow, services[at].fwmark);
    return String(server);
  });
}

const moments = fc.array(
  fc.record({
    waitMs: fc.oneof(fc.nat(2000), fc.constantFrom(0, 60_000, 130_000)),
    service: fc.nat(3),
    connection: fc.nat(7),
    part: fc.constantFrom(...PARTS),
  }),
  { minLength: 10, maxLength: 60 },
);

/** The identification of tunneled packets is drawn from the same source as the choice of twos. */
const rulesWithoutDraws = directorRules().map((rules) =>
  rules.map((rule) => rule.replace('-s twos', '-s wlc')),
);

test.each([[[]], [['-t 10.0.0.1:80', '-u 10.0.0.1:53']]])(
  'packets of known connections that are not written have the effect of those that are, with %j besides',
  (more) => {
    fc.assert(
      fc.property(rulesWithoutDraws, moments, (rules, played) => {
        const extra = more.flatMap((kind) => [
          `-A ${kind.replace('10.0.0.1', '10.0.0.9')} -s lc`,
          `-a ${kind.replace('10.0.0.1', '10.0.0.9')} -r 127.0.0.1 -g`,
          `-a ${kind.replace('10.0.0.1', '10.0.0.9')} -r 10.2.0.1 -m`,
        ]);
        const one = stageOf([...rules, ...extra]);
        const other = stageOf([...rules, ...extra]);

        expect(play(one, played, false)).toEqual(play(other, played, true));
        expect(stateOf(one)).toEqual(stateOf(other));
      }),
      { numRuns: 60 },
    );
  },
);

test('packets of known connections that are not written are announced to other directors as those that are', () => {
  const announced = (rules: readonly string[], played: readonly Moment[], writesAll: boolean) => {
    const messages: string[] = [];
    const send = (bytes: Uint8Array, length: number): void =>
      void messages.push(Buffer.from(bytes.subarray(0, length)).toString('hex'));
    const transport = { open: () => ({ send, close: () => undefined }) };
    const tunables = { sync_threshold: 1, sync_period: 2 };
    const stage = stageOf(rules, 1, { sync: synchronization({ transport }), tunables });
    restoreAllRules('--start-daemon master --mcast-interface eth0', stage.director);
    play(stage, played, writesAll);
    stage.director.stopDaemon('master');
    return { messages, state: stateOf(stage) };
  };
  let messages = 0;
  fc.assert(
    fc.property(rulesWithoutDraws, moments, (rules, played) => {
      const unwritten = announced(rules, played, false);
      expect(unwritten).toEqual(announced(rules, played, true));
      messages += unwritten.messages.length;
    }),
    { numRuns: 60 },
  );
  expect(messages).toBeGreaterThan(0);
});

test('of a known connection only the first packet is written', () => {
  const stage = stageOf(['-A -t 10.0.0.1:80 -s rr', '-a -t 10.0.0.1:80 -r 10.1.0.1 -m']);
  const { director } = stage;
  let written = 0;
  const take = director.take.bind(director);
  director.take = (...words) => {
    written += 1;
    return take(...words);
  };
  const moments = PARTS.map((part) => ({ waitMs: 1, service: 0, connection: 0, part }));
  play(stage, moments, false);

  expect(written).toBe(1);
});
