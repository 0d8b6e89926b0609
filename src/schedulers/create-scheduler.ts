/**
 * Schedulers by name: the one place that knows all of them.
 */
import { IpvsError, show } from '../errors.js';
import type { ServerList } from '../model/server-list.js';
import { destinationHashing } from './destination-hashing.js';
import { leastConnection } from './least-connection.js';
import type { LocalityOptions } from './locality-options.js';
import { localityBasedLeastConnection } from './locality-based-least-connection.js';
import { localityBasedLeastConnectionWithReplication } from './locality-based-least-connection-with-replication.js';
import { maglevHashing } from './maglev-hashing.js';
import { neverQueue } from './never-queue.js';
import { powerOfTwoChoices, type PowerOfTwoChoicesOptions } from './power-of-two-choices.js';
import { roundRobin } from './round-robin.js';
import type { Scheduler, SchedulerFactory, SchedulerFlags, SchedulerName } from './scheduler.js';
import { requireSchedulerOptions } from './scheduler-options.js';
import { shortestExpectedDelay } from './shortest-expected-delay.js';
import { sourceHashing } from './source-hashing.js';
import { weightedFailover } from './weighted-failover.js';
import { weightedLeastConnection } from './weighted-least-connection.js';
import { weightedOverflow } from './weighted-overflow.js';
import { weightedRoundRobin } from './weighted-round-robin.js';

/** The options of all algorithms together; each takes those it knows. */
export interface SchedulerOptions
  extends SchedulerFlags, LocalityOptions, PowerOfTwoChoicesOptions {}

/** Every algorithm by its short name, in the order in which ipvsadm(8) describes them. */
export const SCHEDULERS: Readonly<
  Record<SchedulerName, (options?: SchedulerOptions) => SchedulerFactory>
> = {
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
  fo: weightedFailover,
  ovf: weightedOverflow,
  mh: maglevHashing,
  twos: powerOfTwoChoices,
};

/**
 * Whether a name is that of an algorithm.
 *
 * @param name - Any string.
 * @returns `true` when {@link SCHEDULERS} has it.
 */
export function isSchedulerName(name: string): name is SchedulerName {
  return Object.hasOwn(SCHEDULERS, name);
}

/**
 * Finds the factory of an algorithm by name; what a director takes as its `schedulers`.
 *
 * @param name - Any string, such as `'wlc'`.
 * @param options - Options; the algorithm takes those it knows.
 * @returns The factory, or `undefined` when there is no such algorithm.
 * @throws {RangeError} When an option is out of range.
 */
export function schedulersByName(
  name: string,
  options: SchedulerOptions = {},
): SchedulerFactory | undefined {
  requireSchedulerOptions(options);
  return isSchedulerName(name) ? SCHEDULERS[name](options) : undefined;
}

/**
 * Makes a scheduler by name.
 *
 * @param name - The short name, such as `'wlc'`.
 * @param servers - The list to pick from.
 * @param options - Options; the algorithm takes those it knows.
 * @returns A scheduler with fresh state.
 * @throws {IpvsError} `ERR_SCHEDULER_NOT_FOUND` when there is no such algorithm.
 * @throws {RangeError} When an option is out of range.
 * @example
 * {@includeCode ../../docs/examples/create-scheduler.ts}
 */
export function createScheduler(
  name: string,
  servers: ServerList,
  options: SchedulerOptions = {},
): Scheduler {
  const factory = schedulersByName(name, options);
  if (factory === undefined) {
    throw new IpvsError(
      'ERR_SCHEDULER_NOT_FOUND',
      `No scheduler is named ${show(name)}: expected ${Object.keys(SCHEDULERS).join(', ')}`,
    );
  }
  return factory(servers);
}
