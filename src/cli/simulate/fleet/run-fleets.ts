/**
 * Fleets made from rules, put under load: one, or one for every algorithm.
 */
import { isIpvsError } from '../../../errors.js';
import { SCHEDULERS, isSchedulerName } from '../../../schedulers/create-scheduler.js';
import type { SchedulerName } from '../../../schedulers/scheduler.js';
import type { MakeDirector } from '../../../simulation/fleet/fleet-members.js';
import type { FleetResult } from '../../../simulation/fleet/fleet-result.js';
import {
  checkFleet,
  type FleetOptions,
  simulateFleet,
} from '../../../simulation/fleet/simulate-fleet.js';
import type { Workload } from '../../../simulation/workload.js';
import { UsageError } from '../../command.js';
import type { Io } from '../../io.js';
import { Progress } from '../../progress.js';
import type { RulesFile } from '../../rules-file.js';
import {
  directorOf,
  type RuledDirector,
  type RuledDirectorOptions,
  workloadsOf,
} from '../outcome.js';
import type { FleetRequest } from './fleet-request.js';

/** What a command line says of rules and load. */
export interface FleetLoadRequest {
  /** The rules. */
  readonly rules: RulesFile;
  /** A director with the rules. */
  readonly idle: RuledDirector;
  /** How each director is made. */
  readonly ruled: RuledDirectorOptions;
  /** How many connections begin, in all. */
  readonly connections: number;
  /** How many clients each service has at most. */
  readonly clients: number;
  /** All random numbers depend on it. */
  readonly seed: number;
  /** `all`, or one algorithm for every service; default each its own. */
  readonly scheduler: SchedulerName | 'all' | undefined;
}

/** The figures of one service under one algorithm. */
export interface FleetOutcome {
  /** The algorithm of all services; `undefined` = each its own. */
  readonly scheduler: SchedulerName | undefined;
  /** What became of the fleet. */
  readonly result: FleetResult;
}

/** Tunables that a fleet has unless they are set: a director schedules what it does not know. */
const SLOPPY = { sloppy_tcp: 1, sloppy_sctp: 1 } as const;

/**
 * Runs the fleets.
 *
 * @param load - Rules and load.
 * @param fleet - The fleet.
 * @param io - Where progress is shown.
 * @returns One outcome, or one for each algorithm.
 * @throws {UsageError} When an event or a tunable makes no sense for these rules.
 */
export function runFleets(load: FleetLoadRequest, fleet: FleetRequest, io: Io): FleetOutcome[] {
  const { scheduler } = load;
  const algorithms =
    scheduler === 'all' ? Object.keys(SCHEDULERS).filter(isSchedulerName) : [scheduler];
  requirePossible(load, fleet);
  const workloads = loadsOf(load, fleet, load.connections);
  const progress = new Progress(io, algorithms.length);
  const outcomes = algorithms.map((each, index) => {
    const options = optionsOf(load, fleet, each, workloads);
    const result = simulateFleet(options, (part) => progress.update(index + part));
    return { scheduler: each, result };
  });
  progress.finish();
  return outcomes;
}

/** Refuses what cannot happen before the load is drawn. */
function requirePossible(load: FleetLoadRequest, fleet: FleetRequest): void {
  const { size } = load.idle.director.services;
  const own = load.scheduler === 'all' ? undefined : load.scheduler;
  try {
    checkFleet(optionsOf(load, fleet, own, loadsOf(load, fleet, size)));
  } catch (error) {
    if (error instanceof RangeError || isIpvsError(error)) throw new UsageError(error.message);
    throw error;
  }
}

function optionsOf(
  load: FleetLoadRequest,
  fleet: FleetRequest,
  scheduler: SchedulerName | undefined,
  workloads: readonly Workload[],
): FleetOptions {
  const { directors, events, hash, table, buckets, sync, packetSeconds } = fleet;
  return {
    director: maker(load, fleet, scheduler),
    directors,
    workloads,
    events,
    router: { hash, table, buckets },
    sync,
    packetSeconds,
    seed: load.seed,
  };
}

function maker(
  { rules, ruled }: FleetLoadRequest,
  { tunables }: FleetRequest,
  scheduler: SchedulerName | undefined,
): MakeDirector {
  return (options) => {
    const parts = { ...options, tunables: SLOPPY };
    const { director } = directorOf(rules, { ...ruled, parts });
    for (const [name, value] of tunables) director.setTunable(name, value);
    if (scheduler === undefined) return director;
    for (const service of director.services) director.editService(service, { scheduler });
    return director;
  };
}

/** The loads of all services, each over the whole time. */
function loadsOf(load: FleetLoadRequest, fleet: FleetRequest, connections: number): Workload[] {
  const { idle, clients, seed } = load;
  const connectionsPerSecond = connections / idle.director.services.size / fleet.seconds;
  return workloadsOf(idle.director, { connections, clients, seed, connectionsPerSecond });
}
