/** fast-check with fewer cases per property; stands in for it while mutants are tried. */
import * as original from 'fast-check/itself';

export * from 'fast-check/itself';

/** Runs an eighth of the cases that were asked for, or fifteen. */
export function assert<Ts>(
  property: original.IRawProperty<Ts>,
  parameters: original.Parameters<Ts> = {},
): unknown {
  const wanted = parameters.numRuns ?? 100;
  // The larger the cases, the fewer were asked for: of those few, none can be spared.
  const numRuns = Math.max(Math.ceil(wanted / 8), Math.min(wanted, 15));
  // Shrinking would only tell more about a fault that is found already.
  return original.assert(
    property as never,
    { ...parameters, numRuns, endOnFailure: true } as never,
  );
}

export default { ...original.default, assert };
