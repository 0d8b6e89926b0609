import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { CheckCycle } from '../../../src/health/machine/check-cycle.js';

/** The rule as it is said: the newest n results decide. */
function plainly(results: readonly boolean[], fall: number, rise: number, first: boolean): boolean {
  let up = first;
  for (let end = 1; end <= results.length; end++) {
    const seen = results.slice(0, end);
    if (up && seen.length >= fall && seen.slice(-fall).every((healthy) => !healthy)) up = false;
    else if (!up && seen.length >= rise && seen.slice(-rise).every(Boolean)) up = true;
  }
  return up;
}

function cycleOf(fall: number, rise: number, up: boolean): CheckCycle {
  const rules = { retry: fall - 1, retriesWhileDown: false, firstDecides: false, rise };
  return new CheckCycle(rules, up);
}

const results = fc.array(fc.boolean(), { maxLength: 40 });
const count = fc.integer({ min: 1, max: 4 });

test('a server is down after n failures in a row, and up after m successes in a row', () => {
  fc.assert(
    fc.property(results, count, count, fc.boolean(), (seen, fall, rise, first) => {
      const cycle = cycleOf(fall, rise, first);
      for (const healthy of seen) cycle.record(healthy);
      expect(cycle.up).toBe(plainly(seen, fall, rise, first));
    }),
  );
});

test('the verdict is up or down exactly when the state has changed', () => {
  fc.assert(
    fc.property(results, count, count, (seen, fall, rise) => {
      const cycle = cycleOf(fall, rise, true);
      for (const healthy of seen) {
        const before = cycle.up;
        expect(/up|down/.test(cycle.record(healthy))).toBe(before !== cycle.up);
      }
    }),
  );
});

test('counts go on after they were written out and read back', () => {
  const rules = fc.record({
    retry: fc.nat(3),
    retriesWhileDown: fc.constant(false),
    firstDecides: fc.boolean(),
    rise: count,
  });
  fc.assert(
    fc.property(results, results, rules, fc.boolean(), (before, after, counting, first) => {
      const whole = new CheckCycle(counting, first);
      for (const healthy of before) whole.record(healthy);
      const second = new CheckCycle(counting, true);
      second.restore(whole.toJSON());
      for (const healthy of after) {
        expect(second.record(healthy)).toBe(whole.record(healthy));
        expect(second.toJSON()).toEqual(whole.toJSON());
      }
    }),
    { numRuns: 300 },
  );
});

test('the first result of a server that starts as down is told when it is bad, later ones are not', () => {
  fc.assert(
    fc.property(count, count, fc.integer({ min: 1, max: 9 }), (fall, rise, times) => {
      const cycle = cycleOf(fall, rise, false);
      const verdicts = Array.from({ length: times }, () => cycle.record(false));
      expect(verdicts).toEqual(['down', ...verdicts.slice(1).map(() => 'same')]);
    }),
  );
});
