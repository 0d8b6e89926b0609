import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createWorkload, ServiceRun } from '../../src/simulation/index.js';
import { finishedRun, serviceOf, services, serviceWithWeights } from './support.js';

const CONNECTIONS = 200;

test('every connection is opened or refused, and every opened one is closed in the end', () => {
  fc.assert(
    fc.property(services(), fc.integer(), (rules, seed) => {
      const run = finishedRun(rules, CONNECTIONS, seed);
      run.drain();

      expect(run.opened + run.refused).toBe(CONNECTIONS);
      expect(run.closed).toBe(run.opened);
      for (const { server, inUse } of run.loads) {
        expect([server.active, server.total, inUse]).toEqual([0, 0, 0]);
      }
    }),
  );
});

test('only servers in reach of the scheduler are given: none of weight 0 without persistence', () => {
  fc.assert(
    fc.property(services(), fc.integer(), (rules, seed) => {
      const run = finishedRun(rules, CONNECTIONS, seed);

      for (const { server, opened } of run.loads) {
        if (server.weight === 0) expect(opened).toBe(0);
      }
    }),
  );
});

test('the same rules, load and seed give the same choices', () => {
  fc.assert(
    fc.property(services(), fc.integer(), (rules, seed) => {
      expect(finishedRun(rules, CONNECTIONS, seed).assigned).toEqual(
        finishedRun(rules, CONNECTIONS, seed).assigned,
      );
    }),
  );
});

test('in how many pieces a run advances makes no difference', () => {
  fc.assert(
    fc.property(services(), fc.integer({ min: 1, max: 200 }), (rules, piece) => {
      const whole = finishedRun(rules, CONNECTIONS);
      const inPieces = new ServiceRun(rules, whole.workload);
      while (inPieces.advance(piece));

      expect(inPieces.assigned).toEqual(whole.assigned);
    }),
  );
});

test('trying again leaves the counters as they were', () => {
  fc.assert(
    fc.property(services(), (rules) => {
      const run = finishedRun(rules, CONNECTIONS);
      const counters = (): number[] =>
        run.loads.flatMap(({ server }) => [server.active, server.total]);
      const before = counters();
      run.tryAgain(Array.from({ length: CONNECTIONS }, (_, connection) => connection));

      expect(counters()).toEqual(before);
    }),
  );
});

test('a TCP connection is active while in use and inactive for two minutes after', () => {
  const rules = serviceWithWeights('rr', [1]);
  const workload = createWorkload(rules.service, { connections: 3, connectionsPerSecond: 0.001 });
  workload.beginMs.set([0, 10_000, 200_000]);
  workload.durationMs.set([15_000, 1000, 1000]);
  const run = new ServiceRun(rules, workload);
  const seen = [];
  while (run.connections < 3) {
    run.advance(1);
    const [load] = run.loads;
    seen.push([load?.server.active, load?.server.inactive, load?.inUse, load?.peak]);
  }

  // The first two have ended after 15 s and 11 s and are forgotten after 135 s and 131 s.
  expect(seen).toEqual([
    [1, 0, 1, 1],
    [2, 0, 2, 2],
    [1, 0, 1, 2],
  ]);
});

test('a UDP exchange is never active, and remembered for five minutes', () => {
  const rules = serviceOf('-A -u 10.0.0.1:53 -s rr', '-a -u 10.0.0.1:53 -r 10.1.0.1 -m');
  const workload = createWorkload(rules.service, { connections: 3, connectionsPerSecond: 0.001 });
  workload.beginMs.set([0, 300_999, 301_000]);
  workload.durationMs.fill(1000);
  const run = new ServiceRun(rules, workload);
  const seen = [];
  while (run.connections < 3) {
    run.advance(1);
    seen.push(run.loads.map(({ server }) => [server.active, server.inactive]));
  }

  expect(seen).toEqual([[[0, 1]], [[0, 2]], [[0, 2]]]);
});

test('with one-packet scheduling nothing stays, and datagrams of one flow take turns', () => {
  const rules = serviceOf(
    '-A -u 10.0.0.1:53 -s rr -o',
    '-a -u 10.0.0.1:53 -r 10.1.0.1 -m',
    '-a -u 10.0.0.1:53 -r 10.1.0.2 -m',
  );
  const run = finishedRun(rules, 4);

  expect([...run.assigned]).toEqual([1, 0, 1, 0]);
  expect(run.closed).toBe(4);
});

test('a persistent client keeps its server within the timeout', () => {
  const rules = serviceOf(
    '-A -t 10.0.0.1:80 -s rr -p 60',
    '-a -t 10.0.0.1:80 -r 10.1.0.1 -m',
    '-a -t 10.0.0.1:80 -r 10.1.0.2 -m',
  );
  const workload = createWorkload(rules.service, { connections: 4, clients: 1 });
  workload.durationMs.fill(1000);
  // The last one comes when the others are forgotten (120 s after their end) and the time is over.
  workload.beginMs.set([0, 60_000, 120_000, 250_000]);
  const run = new ServiceRun(rules, workload);
  run.advance();

  expect([...run.assigned]).toEqual([1, 1, 1, 0]);
});

test('the algorithm of a run can be another than that of the rules', () => {
  const rules = serviceWithWeights('rr', [1, 5]);
  const { workload } = finishedRun(rules, 100);
  const run = new ServiceRun(rules, workload, { scheduler: 'fo' });
  run.advance();

  expect(run.loads.map(({ opened }) => opened)).toEqual([0, 100]);
});
