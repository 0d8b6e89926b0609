import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { executeCommand, parseCommand } from '../../src/ipvsadm/index.js';
import type { ServiceRun } from '../../src/simulation/index.js';
import {
  directorRules,
  finishedRun,
  finishedService,
  loadsOf,
  rulesWithWeights,
  runOf,
  scriptedRun,
  serviceRules,
  stageOf,
} from './support.js';

const CONNECTIONS = 150;

function countersOf(run: ServiceRun): number[][] {
  return run.loads.map(({ server }) => [server.active, server.total, server.persistent]);
}

describe('a whole director', () => {
  test('opens or refuses every connection, and forgets all of them in the end', () => {
    fc.assert(
      fc.property(directorRules(), fc.integer(), (rules, seed) => {
        const stage = stageOf(rules, seed);
        const run = finishedRun(stage, CONNECTIONS, seed);
        run.drain();

        expect(run.connections).toBe(CONNECTIONS * run.services.length);
        for (const service of run.services) {
          const opened = service.loads.reduce((sum, load) => sum + load.opened, 0);
          expect(service.connections).toBe(CONNECTIONS);
          expect([opened, opened + service.refused]).toEqual([service.opened, CONNECTIONS]);
          expect(service.loads.map(({ inUse }) => inUse)).toEqual(service.loads.map(() => 0));
          expect(countersOf(service)).toEqual(service.loads.map(() => [0, 0, 0]));
        }
        expect(stage.director.table.size).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  test('has counted in its own statistics what the run counted', () => {
    fc.assert(
      fc.property(directorRules(), fc.integer(), (rules, seed) => {
        const stage = stageOf(rules, seed);
        const run = finishedRun(stage, CONNECTIONS, seed);
        const { statistics } = stage.director;

        for (const { service, opened, loads } of run.services) {
          expect(statistics.of(service).counted().connections).toBe(opened);
          for (const load of loads) {
            expect(statistics.of(load.server).counted().connections).toBe(load.opened);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test('lists as Conns what each server was given', () => {
    const stage = stageOf([
      ...rulesWithWeights('wrr', [1, 2, 0]),
      '-A -f 9',
      '-a -f 9 -r 10.2.0.1',
    ]);
    const run = finishedRun(stage, CONNECTIONS);
    run.drain();
    const listing = executeCommand(parseCommand('-L -n --stats --exact'), stage.director);
    const listed = [...listing.matchAll(/^ {2}-> \S+:\d+ +(\d+)/gm)].map(([, conns]) =>
      Number(conns),
    );

    expect(listed).toEqual(run.services.flatMap(({ loads }) => loads.map(({ opened }) => opened)));
  });

  test('serves its services in one order of time', () => {
    fc.assert(
      fc.property(directorRules(), (rules) => {
        const stage = stageOf(rules);
        const run = runOf(stage, loadsOf(stage, CONNECTIONS));
        for (let more = true; more;) {
          const last = stage.clock.now();
          more = run.advance(1);
          if (!more) break;
          const begun = run.services.flatMap(({ connections, workload }) =>
            connections === 0 ? [] : [workload.beginMs[connections - 1]],
          );
          expect(Math.max(...begun)).toBe(stage.clock.now());
          expect(stage.clock.now()).toBeGreaterThanOrEqual(last);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('makes the same choices for the same rules, load and seed', () => {
    fc.assert(
      fc.property(directorRules(), fc.integer(), (rules, seed) => {
        const assigned = (): Int32Array[] =>
          finishedRun(stageOf(rules, seed), CONNECTIONS, seed).services.map(
            (service) => service.assigned,
          );

        expect(assigned()).toEqual(assigned());
      }),
      { numRuns: 20 },
    );
  });

  test('makes them in however many pieces a run advances', () => {
    fc.assert(
      fc.property(directorRules(), fc.integer({ min: 1, max: 400 }), (rules, piece) => {
        const whole = finishedRun(stageOf(rules), CONNECTIONS);
        const stage = stageOf(rules);
        const inPieces = runOf(stage, loadsOf(stage, CONNECTIONS));
        while (inPieces.advance(piece));

        expect(inPieces.services.map(({ assigned }) => assigned)).toEqual(
          whole.services.map(({ assigned }) => assigned),
        );
      }),
      { numRuns: 20 },
    );
  });

  test('may be watched at any moments', () => {
    fc.assert(
      fc.property(directorRules(), fc.array(fc.nat({ max: 4000 })), (rules, moments) => {
        const stage = stageOf(rules);
        const watched = runOf(stage, loadsOf(stage, CONNECTIONS));
        for (const moment of moments.toSorted((a, b) => a - b)) watched.advanceTo(moment);
        watched.advance();

        expect(watched.services.map(({ assigned }) => assigned)).toEqual(
          finishedRun(stageOf(rules), CONNECTIONS).services.map(({ assigned }) => assigned),
        );
      }),
      { numRuns: 20 },
    );
  });

  test('treats a service as it would without the others, chance apart', () => {
    const alone = serviceRules(['-t 10.0.0.1:80']).filter(([first]) => !first?.includes('twos'));
    const others = serviceRules(['-u 10.0.0.1:53', '-f 9', '-t 10.0.0.1:0']);
    fc.assert(
      fc.property(alone, others, (rules, more) => {
        const both = finishedRun(stageOf([...rules, ...more]), CONNECTIONS);

        expect(both.services[0]?.assigned).toEqual(finishedService(rules, CONNECTIONS).assigned);
      }),
      { numRuns: 30 },
    );
  });
});

test('a run ends when its loads are over', () => {
  const stage = stageOf(rulesWithWeights('rr', [1]));
  finishedRun(stage, 200);

  expect(stage.clock.now()).toBe(4000);
});

test('no server of weight 0 is given without persistence', () => {
  fc.assert(
    fc.property(serviceRules(), fc.integer(), (rules, seed) => {
      const run = finishedService(rules, CONNECTIONS, seed);

      for (const { server, opened } of run.loads) {
        if (server.weight === 0) expect(opened).toBe(0);
      }
    }),
  );
});

test('trying again leaves the connections that servers count as they were', () => {
  fc.assert(
    fc.property(serviceRules(), (rules) => {
      const run = finishedService(rules, CONNECTIONS);
      const counters = (): number[][] =>
        run.loads.map(({ server }) => [server.active, server.inactive]);
      const before = counters();
      run.tryAgain([...run.workload.client.keys()]);

      expect(counters()).toEqual(before);
    }),
    { numRuns: 40 },
  );
});

test.each([
  ['-g', 'FIN_WAIT'],
  ['-m', 'TIME_WAIT'],
])('a TCP connection with %s is active while in use, then 120 s in %s', (method, state) => {
  const { run, service, stage } = scriptedRun(
    ['-A -t 10.0.0.1:80 -s rr', `-a -t 10.0.0.1:80 -r 10.1.0.1 ${method}`],
    [
      [0, 15_000],
      [10_000, 1000],
      [130_000, 1000],
    ],
  );
  const seen = [];
  while (run.connections < 3) {
    run.advance(1);
    const [load] = service.loads;
    seen.push([load?.server.active, load?.server.inactive, load?.inUse, load?.peak]);
  }
  const states = [...stage.director.connections()].map((each) => each.state).toSorted();

  // The second ended after 11 s and was forgotten after 131 s.
  expect(seen).toEqual([
    [1, 0, 1, 1],
    [2, 0, 2, 2],
    [1, 2, 1, 2],
  ]);
  expect(states).toEqual(['ESTABLISHED', state, state]);
});

test('a UDP exchange is never active, and remembered for five minutes after its end', () => {
  const { run, service } = scriptedRun(
    ['-A -u 10.0.0.1:53 -s rr', '-a -u 10.0.0.1:53 -r 10.1.0.1 -m'],
    [
      [0, 1000],
      [300_999, 1000],
      [302_000, 1000],
    ],
  );
  const seen = [];
  while (run.connections < 3) {
    run.advance(1);
    seen.push(service.loads.map(({ server }) => [server.active, server.inactive]));
  }

  expect(seen).toEqual([[[0, 1]], [[0, 2]], [[0, 2]]]);
});

test.each(['-m', '-g'])('an SCTP association with %s is active while in use', (method) => {
  const { run, service } = scriptedRun(
    ['-A --sctp-service 10.0.0.1:5000', `-a --sctp-service 10.0.0.1:5000 -r 10.1.0.1 ${method}`],
    [
      [0, 1_000_000],
      [950_000, 2000],
      [955_000, 1000],
    ],
  );
  const seen = [];
  while (run.connections < 3) {
    run.advance(1);
    seen.push(service.loads.map(({ server }) => [server.active, server.inactive]));
  }

  expect(seen).toEqual([[[1, 0]], [[2, 0]], [[2, 1]]]);
});

test('a connection in use is kept alive, however long it lasts', () => {
  const { run, service } = scriptedRun(rulesWithWeights('rr', [1]), [
    [0, 3_600_000],
    [3_599_000, 1000],
  ]);
  run.advance();

  expect(service.loads[0]?.server.active).toBe(2);
});

test('timeouts are those of the rules', () => {
  const { run, service } = scriptedRun(
    ['--set 30 20 10', ...rulesWithWeights('rr', [1])],
    [
      [0, 3_600_000],
      [100_000, 1000],
    ],
  );
  run.advance();

  // The first is silent for longer than its timeout, so the director has forgotten it.
  expect(service.loads[0]?.server.active).toBe(1);
});

test('answers pass the director with masquerading only', () => {
  const packetsOut = ['-m', '-g', '-i'].map((method) => {
    const rules = ['-A -t 10.0.0.1:80', `-a -t 10.0.0.1:80 -r 10.1.0.1:8080 ${method}`];
    const stage = stageOf(rules);
    finishedRun(stage, 10).drain();
    return stage.director.statistics.total.counted().packetsOut;
  });

  expect(packetsOut).toEqual([expect.any(Number), 0, 0]);
  expect(packetsOut[0]).toBeGreaterThanOrEqual(20);
});

test('with one-packet scheduling nothing stays, and datagrams of one flow take turns', () => {
  const stage = stageOf([
    '-A -u 10.0.0.1:53 -s rr -o',
    '-a -u 10.0.0.1:53 -r 10.1.0.1 -m',
    '-a -u 10.0.0.1:53 -r 10.1.0.2 -m',
  ]);
  const [service] = finishedRun(stage, 4).services;

  expect([...(service?.assigned ?? [])]).toEqual([1, 0, 1, 0]);
  expect([stage.director.table.size, service?.staysInUse]).toEqual([0, false]);
});

test('a persistent client keeps its server within the timeout', () => {
  const stage = stageOf([
    '-A -t 10.0.0.1:80 -s rr -p 60',
    '-a -t 10.0.0.1:80 -r 10.1.0.1 -m',
    '-a -t 10.0.0.1:80 -r 10.1.0.2 -m',
  ]);
  const [workload] = loadsOf(stage, 4);
  workload?.client.fill(0);
  workload?.durationMs.fill(1000);
  // The last one comes when the others are forgotten (120 s after their end) and the time is over.
  workload?.beginMs.set([0, 60_000, 120_000, 302_000]);
  const run = runOf(stage, workload === undefined ? [] : [workload]);
  run.advance();

  expect([...(run.services[0]?.assigned ?? [])]).toEqual([1, 1, 1, 0]);
});

test('a service on port 0 gets what no other service takes', () => {
  const run = finishedRun(
    stageOf([
      '-A -t 10.0.0.1:80 -s rr',
      '-a -t 10.0.0.1:80 -r 10.1.0.1 -g',
      '-A -t 10.0.0.1:21 -s rr -p',
      '-a -t 10.0.0.1:21 -r 10.1.0.1 -g',
      '-A -t 10.0.0.1:0 -s rr -p',
      '-a -t 10.0.0.1:0 -r 10.1.0.2 -g',
    ]),
    CONNECTIONS,
  );
  const ports = run.services.map(({ workload }) => [
    ...new Set(
      Array.from({ length: CONNECTIONS }, (_, each) => workload.flow(each).destinationPort),
    ),
  ]);

  // The service on port 21 takes unprivileged ports, too.
  expect(ports.map((each) => each.toSorted((a, b) => a - b))).toEqual([[80], [21], [22, 25, 443]]);
  expect(run.services.map(({ opened }) => opened)).toEqual(run.services.map(() => CONNECTIONS));
});

test('a server that is added while a run goes on is counted, too', () => {
  const stage = stageOf(rulesWithWeights('rr', [1]));
  const run = runOf(stage, loadsOf(stage, 20));
  run.advance(10);
  stage.director.addServer({ address: '10.0.0.1', port: 80 }, { address: '10.1.0.9', port: 80 });
  run.advance();

  expect(run.services[0]?.loads.map(({ opened }) => opened)).toEqual([15, 5]);
});
