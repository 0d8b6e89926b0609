import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { measureDisruption, measureFairness } from '../../src/simulation/index.js';
import { finishedService, rulesWithWeights, serviceRules } from './support.js';

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

describe('fairness', () => {
  test('shares sum to 1 where anybody was served, and asked shares where there is weight', () => {
    fc.assert(
      fc.property(serviceRules(), fc.integer(), (rules, seed) => {
        const run = finishedService(rules, 300, seed);
        const { servers, shareError } = measureFairness(run);
        const weighty = servers.some(({ server }) => server.weight !== 0);

        expect(sum(servers.map(({ share }) => share))).toBeCloseTo(run.opened > 0 ? 1 : 0, 9);
        expect(sum(servers.map(({ askedShare }) => askedShare))).toBeCloseTo(weighty ? 1 : 0, 9);
        expect(shareError).toBeGreaterThanOrEqual(0);
        expect(shareError).toBeLessThanOrEqual(1);
      }),
      { numRuns: 40 },
    );
  });

  test('wrr is off its weights by less than one cycle', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }),
        (weights) => {
          const cycle = weights.reduce((sum, weight) => sum + weight, 0);
          const { shareError } = measureFairness(
            finishedService(rulesWithWeights('wrr', weights), 500),
          );

          // The first round of a fresh service serves everybody once, whatever the weight.
          expect(shareError * 500).toBeLessThanOrEqual(2 * cycle);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('the longest row of rr over several servers is 1, and of fo everything', () => {
    const rows = ['rr', 'fo'].map(
      (name) => measureFairness(finishedService(rulesWithWeights(name, [1, 2, 3]), 90)).longestRow,
    );

    expect(rows).toEqual([1, 90]);
  });

  test('a server alone is at its worst as loaded as the whole service', () => {
    const { servers, worstPeak } = measureFairness(
      finishedService(rulesWithWeights('rr', [7]), 90),
    );

    expect([servers[0]?.relativePeak, worstPeak]).toEqual([1, 1]);
  });

  test('what gets all while it should get one third is two thirds off, at three times the load', () => {
    const { shareError, worstPeak } = measureFairness(finishedService(dhRules, 90));

    expect(shareError).toBeCloseTo(2 / 3, 12);
    expect(worstPeak).toBeCloseTo(3, 12);
  });

  const dhRules = [
    '-A -t 10.0.0.1:80 -s dh',
    ...[1, 2, 3].map((host) => `-a -t 10.0.0.1:80 -r 10.1.0.${host} -m`),
  ];
});

describe('disruption', () => {
  test('whoever was on the leaving server moves, whatever the algorithm', () => {
    fc.assert(
      fc.property(serviceRules(), fc.integer(), (rules, seed) => {
        const disruption = measureDisruption(finishedService(rules, 300, seed));

        if (disruption === undefined) return;
        expect(disruption.moved).toBeGreaterThanOrEqual(disruption.unavoidable);
        expect(disruption.moved).toBeLessThanOrEqual(1);
        expect(disruption.server.available).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  test.each(['sh', 'mh'])('with %s nobody moves unless a server leaves', (scheduler) => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const run = finishedService(rulesWithWeights(scheduler, [1, 2, 3]), 300, seed);

        expect(measureDisruption(run)?.movedAnyway).toBe(0);
      }),
      { numRuns: 20 },
    );
  });

  test('a persistent service moves only whom it must', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const rules = [
          '-A -t 10.0.0.1:80 -s wlc -p 3600',
          ...[1, 2, 3].map((host) => `-a -t 10.0.0.1:80 -r 10.1.0.${host} -m`),
        ];
        const disruption = measureDisruption(finishedService(rules, 300, seed));

        expect(disruption?.moved).toBe(disruption?.unavoidable);
        expect(disruption?.movedAnyway).toBe(0);
      }),
      { numRuns: 20 },
    );
  });

  test('when the only server leaves everybody finds none', () => {
    const disruption = measureDisruption(finishedService(rulesWithWeights('mh', [1]), 50));

    expect(disruption).toMatchObject({ unavoidable: 1, moved: 1, refused: 1, movedAnyway: 0 });
  });

  test('with nobody served there is nothing to measure', () => {
    expect(measureDisruption(finishedService(rulesWithWeights('rr', [0]), 50))).toBeUndefined();
  });

  test('a server that hardly anybody uses moves hardly anybody when it leaves mh', () => {
    const run = finishedService(rulesWithWeights('mh', [1, 50]), 2000);
    const disruption = measureDisruption(run, 0);

    expect(disruption?.moved).toBeLessThan(0.1);
  });
});
