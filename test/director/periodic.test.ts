/** Moments of repeated tasks: skipping many of them leads where waiting for each of them does. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Periodic } from '../../src/director/periodic.js';

/** Moments whose sums and quotients are rounded. */
const first = fc.oneof(
  fc.constant(0),
  fc.nat(1_000_000).map((number) => number / 7),
);
const interval = fc.constantFrom(0.1, 0.3, 1, 7, 1000, 1001.7, 60_000);

type Beside = 'at' | 'just beyond' | 'between';

/** One of the moments of a task, as they are computed, the next number beyond it, or one between it and the next. */
function momentOf(moment: number, beside: Beside, intervalMs: number): number {
  if (beside === 'at') return moment;
  if (beside === 'between') return moment + intervalMs / 2;
  const bits = new BigInt64Array(Float64Array.of(moment).buffer);
  bits[0] += 1n;
  return new Float64Array(bits.buffer)[0];
}

describe('the moments of a repeated task', () => {
  it('skipped up to a moment are those before it', () => {
    fc.assert(
      fc.property(
        first,
        interval,
        fc.nat(5),
        fc.integer({ min: -6, max: 60 }),
        fc.constantFrom<Beside>('at', 'at', 'just beyond', 'just beyond', 'between'),
        (firstMs, intervalMs, passed, ahead, beside) => {
          const [skipping, waiting] = [0, 1].map(() => new Periodic(firstMs, intervalMs));
          for (let i = 0; i < passed; i++) [skipping, waiting].forEach((each) => each.next());
          const moment = momentOf(firstMs + (passed + ahead) * intervalMs, beside, intervalMs);
          let skipped = 0;
          for (; waiting.dueMs < moment; skipped++) waiting.next();

          expect(skipping.skipTo(moment)).toBe(skipped);
          expect(skipping.dueMs).toBe(waiting.dueMs);
          skipping.next();
          waiting.next();
          expect(skipping.dueMs).toBe(waiting.dueMs);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('begin anew when it is started again', () => {
    const task = new Periodic(100, 10);
    task.skipTo(1000);
    task.restart(55);
    expect(task.dueMs).toBe(55);
    task.next();
    expect(task.dueMs).toBe(65);
  });
});
