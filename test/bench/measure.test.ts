import { describe, expect, test } from 'vitest';
import { measure, median, type Candidate, type Plan } from '../../src/cli/bench/measure.js';

/** A clock that candidates move themselves, by what their operations are said to cost. */
function bench(costs: Readonly<Record<string, number>>): {
  readonly candidates: Candidate[];
  readonly log: string[];
  readonly batches: number[];
  readonly now: () => number;
} {
  let time = 0;
  const log: string[] = [];
  const batches: number[] = [];
  const candidates = Object.entries(costs).map(([impl, ns]) => ({
    impl,
    run(operations: number) {
      time += (operations * ns) / 1e6;
      log.push(impl);
      batches.push(operations);
    },
  }));
  return { candidates, log, batches, now: () => time };
}

const plan: Plan = { warmUpMs: 1, sampleMs: 0.5, samples: 4 };

describe('measuring', () => {
  test('gives the cost of an operation in nanoseconds', () => {
    const { candidates, now } = bench({ a: 5, b: 50 });
    const [a, b] = measure(candidates, plan, now);
    expect(a?.nsPerOp).toBeCloseTo(5);
    expect(b?.nsPerOp).toBeCloseTo(50);
  });

  test('never times fewer than a thousand operations at once', () => {
    const { candidates, batches, now } = bench({ slow: 1e6 });
    measure(candidates, plan, now);
    expect(Math.min(...batches)).toBe(1000);
  });

  test('fills a sample with fast operations', () => {
    const { candidates, batches, now } = bench({ fast: 1 });
    measure(candidates, plan, now);
    expect(batches.at(-1)).toBe((plan.sampleMs * 1e6) / 1);
  });

  test('lets candidates take turns, in reversed order every other round', () => {
    const { candidates, log, now } = bench({ a: 10, b: 10 });
    measure(candidates, plan, now);
    expect(log.slice(-8).join('')).toBe('abbaabba');
  });

  test('takes the median, which one disturbed sample does not change', () => {
    const { candidates, now } = bench({ a: 10 });
    const [quiet] = candidates as [Candidate];
    let runs = 0;
    const disturbed = {
      impl: 'a',
      run(operations: number) {
        quiet.run(operations);
        // Three times the work, in one of the samples.
        if (++runs % 7 === 0) quiet.run(2 * operations);
      },
    };
    const [result] = measure([disturbed], { ...plan, samples: 5 }, now);
    expect(result?.nsPerOp).toBeCloseTo(10);
  });

  test('undoes parts of a batch outside the timing', () => {
    const { candidates, now } = bench({ a: 10 });
    const [work] = candidates as [Candidate];
    let done = 0;
    let most = 0;
    const undoing = {
      impl: 'a',
      largestBatch: 1024,
      run(operations: number) {
        work.run(operations);
        done += operations;
        most = Math.max(most, done);
      },
      restore(operations: number) {
        work.run(operations);
        done -= operations;
      },
    };
    const [result] = measure([undoing], plan, now);
    expect(result?.nsPerOp).toBeCloseTo(10);
    expect([done, most]).toEqual([0, 1024]);
  });
});

describe('a noisy job', () => {
  /** A candidate whose cost jumps about in the first series of four samples, and then does not. */
  function noisy(series: number) {
    const { candidates, now } = bench({ a: 10 });
    const [quiet] = candidates as [Candidate];
    let runs = 0;
    const candidate = {
      impl: 'a',
      run(operations: number) {
        quiet.run(operations);
        // The warm-up needs some runs as well; it is not disturbed.
        const sample = operations === 50_000 ? runs++ : 0;
        if (sample < series * 4) quiet.run(operations * (sample % 4));
      },
    };
    return { candidate, now, runs: () => runs };
  }

  test('is measured again, and the calmest series counts', () => {
    const { candidate, now } = noisy(2);
    const [result] = measure([candidate], plan, now);
    expect(result?.nsPerOp).toBeCloseTo(10);
    expect(result?.spread).toBeCloseTo(0);
  });

  test('is given up after five series', () => {
    const { candidate, now, runs } = noisy(Infinity);
    const [result] = measure([candidate], plan, now);
    expect(result?.samples).toHaveLength(4);
    expect(runs()).toBeLessThanOrEqual(5 * 4 + 4);
  });
});

test('candidates in step do the same number of operations', () => {
  const { candidates, log, batches, now } = bench({ a: 10, b: 30 });
  measure(candidates, { ...plan, inStep: true }, now);
  const done = (name: string): number =>
    batches.reduce((sum, batch, index) => sum + (log[index] === name ? batch : 0), 0);
  expect(done('a')).toBe(done('b'));
});

test('the median of an even number of values lies between the middle ones', () => {
  expect(median([4, 1, 3, 10])).toBe(3.5);
});
