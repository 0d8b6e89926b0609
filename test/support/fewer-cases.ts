/**
 * fast-check with a quarter of the cases per property: what tests get as `fast-check`, but for `npm run long`.
 */
import * as original from 'fast-check';

export * from 'fast-check';

/** Runs a quarter of the cases that a property asks for, at least a dozen where it asks for so many. */
export const assert = ((property: never, parameters: original.Parameters = {}) => {
  const wanted = parameters.numRuns ?? 100;
  // The larger the cases, the fewer were asked for: of those few, none can be spared.
  const numRuns = Math.max(Math.ceil(wanted / 4), Math.min(wanted, 12));
  return original.assert(property, { ...parameters, numRuns } as never);
}) as typeof original.assert;

export default { ...original.default, assert };
