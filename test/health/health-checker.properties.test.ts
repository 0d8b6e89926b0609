/**
 * Whatever operator and servers do: once things have settled, the list is what a plain statement of
 * the rule says.
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { examine, server, weights, type Examination } from './patients.js';

const sorryServer = { address: '10.0.0.99', port: 80 };

type Step =
  | { readonly kind: 'ill' | 'well' | 'add' | 'remove' | 'touch'; readonly n: number }
  | { readonly kind: 'weight'; readonly n: number; readonly weight: number }
  | { readonly kind: 'pass'; readonly rounds: number };

const n = fc.integer({ min: 1, max: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('ill', 'well', 'add', 'remove', 'touch'), n }),
  fc.record({ kind: fc.constant('weight'), n, weight: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ kind: fc.constant('pass'), rounds: fc.constantFrom(0, 1, 2) }),
);

/** Does a step, and keeps the weights that the operator wants. */
async function act(examined: Examination, wanted: Map<number, number>, done: Step): Promise<void> {
  if (done.kind === 'pass') return examined.rounds(done.rounds);
  const { servers, ill } = examined;
  const text = `10.0.0.${done.n}:80`;
  if (done.kind === 'ill') ill.add(text);
  if (done.kind === 'well') ill.delete(text);
  if (done.kind === 'add' && !wanted.has(done.n)) {
    servers.add(server(done.n));
    wanted.set(done.n, 1);
  }
  if (!wanted.has(done.n)) return;
  if (done.kind === 'remove') {
    servers.remove(server(done.n));
    wanted.delete(done.n);
  }
  if (done.kind === 'touch') servers.edit(server(done.n), { upperThreshold: 5 });
  if (done.kind === 'weight') {
    servers.edit(server(done.n), { weight: done.weight });
    wanted.set(done.n, done.weight);
  }
}

/** The rule as it is said. */
function plainly(
  wanted: ReadonlyMap<number, number>,
  ill: ReadonlySet<string>,
): Record<string, number> {
  const expected: Record<string, number> = {};
  for (const [index, weight] of wanted) {
    const text = `10.0.0.${index}:80`;
    expected[text] = ill.has(text) ? 0 : weight;
  }
  if (Object.values(expected).every((weight) => weight === 0)) expected['10.0.0.99:80'] = 1;
  return expected;
}

test('each server has the weight the operator last wrote while it is up, else 0; the sorry server stands in for all', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const examined = examine([server(1), server(2, 2)], { sorryServer });
      const wanted = new Map([
        [1, 1],
        [2, 2],
      ]);
      for (const done of steps) await act(examined, wanted, done);
      await examined.rounds(3);
      expect(weights(examined.servers)).toEqual(plainly(wanted, examined.ill));
      examined.ill.clear();
      await examined.rounds(3);
      expect(weights(examined.servers)).toEqual(plainly(wanted, examined.ill));
      examined.checker.stop();
    }),
    { numRuns: 200 },
  );
});
