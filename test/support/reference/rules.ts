/** All rules of the reference by their short names. */
import type { RuleMaker } from './algorithm.js';
import { destinationHashing, sourceHashing } from './hashing.js';
import {
  leastConnection,
  neverQueue,
  shortestExpectedDelay,
  weightedFailover,
  weightedLeastConnection,
  weightedOverflow,
} from './least.js';
import {
  localityBasedLeastConnection,
  localityBasedLeastConnectionWithReplication,
} from './locality.js';
import { maglevHashing } from './maglev.js';
import { roundRobin, weightedRoundRobin } from './round-robin.js';
import { powerOfTwoChoices } from './two-choices.js';

/** The literal statement of each rule. */
export const rules: Readonly<Record<string, RuleMaker>> = {
  rr: roundRobin,
  wrr: weightedRoundRobin,
  lc: leastConnection,
  wlc: weightedLeastConnection,
  lblc: localityBasedLeastConnection,
  lblcr: localityBasedLeastConnectionWithReplication,
  dh: destinationHashing,
  sh: sourceHashing,
  sed: shortestExpectedDelay,
  nq: neverQueue,
  mh: maglevHashing,
  fo: weightedFailover,
  ovf: weightedOverflow,
  twos: powerOfTwoChoices,
};
