import { describe, expect, test } from 'vitest';
import { measure, median, type Candidate, type Plan } from '../../bench/harness/measure.js';

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
    // Twice each: the first time is not timed.
    expect(log.slice(-16).join('')).toBe('aabbbbaaaabbbbaa');
  });

  test('leaves out what it costs to fill the caches after another candidate', () => {
    const { candidates, log, now } = bench({ a: 10, b: 10 });
    const cold = candidates.map((warm) => ({
      impl: warm.impl,
      run(operations: number) {
        if (log.at(-1) !== warm.impl) warm.run(2 * operations);
        warm.run(operations);
      },
    }));
    for (const { nsPerOp } of measure(cold, plan, now)) expect(nsPerOp).toBeCloseTo(10);
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
  // Without a longer warm-up only samples have the full batch.
  const noisyPlan: Plan = { ...plan, warmUpMs: 0 };
  const BATCH = 50_000;

  /** Candidates whose costs jump about in some of their series of four samples. */
  function noisy(isNoisy: Readonly<Record<string, (series: number) => boolean>>) {
    const { candidates, now } = bench(
      Object.fromEntries(Object.keys(isNoisy).map((impl) => [impl, 10])),
    );
    const runs = new Map(candidates.map(({ impl }) => [impl, 0]));
    const disturbed = candidates.map((quiet) => ({
      impl: quiet.impl,
      run(operations: number) {
        quiet.run(operations);
        if (operations !== BATCH) return;
        const run = runs.get(quiet.impl) ?? 0;
        runs.set(quiet.impl, run + 1);
        const sample = Math.floor(run / 2);
        if (isNoisy[quiet.impl]?.(Math.floor(sample / 4))) quiet.run(operations * (sample % 4));
      },
    }));
    return { candidates: disturbed, now, samples: () => [...runs.values()].map((n) => n / 2) };
  }

  test('is measured again, and of each candidate the fastest series counts', () => {
    const { candidates, now, samples } = noisy({
      a: (series) => series !== 1,
      b: (series) => series !== 0,
    });
    for (const { nsPerOp, spread } of measure(candidates, noisyPlan, now)) {
      expect(nsPerOp).toBeCloseTo(10);
      expect(spread).toBeCloseTo(0);
    }
    expect(samples()).toEqual([8, 8]);
  });

  test('counts as a whole when its candidates are in step', () => {
    const { candidates, now, samples } = noisy({
      a: (series) => series !== 1 && series !== 3,
      b: (series) => series !== 0 && series !== 3,
    });
    measure(candidates, { ...noisyPlan, inStep: true, warmUpMs: 0.001 }, now);
    expect(samples()).toEqual([16, 16]);
  });

  test('is given up after five series', () => {
    const { candidates, now, samples } = noisy({ a: () => true });
    const [result] = measure(candidates, noisyPlan, now);
    expect(result?.samples).toHaveLength(4);
    expect(samples()).toEqual([5 * 4]);
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
