/**
 * fast-check with an eighth of the cases per property: what tests get as `fast-check`, but for `npm run long`.
 */
import * as original from 'fast-check';

export * from 'fast-check';

/** Runs an eighth of the cases that a property asks for, at least fifteen where it asks for so many. */
export const assert = ((property: never, parameters: original.Parameters = {}) => {
  const wanted = parameters.numRuns ?? 100;
  // The larger the cases, the fewer were asked for: of those few, none can be spared.
  const numRuns = Math.max(Math.ceil(wanted / 8), Math.min(wanted, 15));
  return original.assert(property, { ...parameters, numRuns } as never);
}) as typeof original.assert;

export default { ...original.default, assert };
