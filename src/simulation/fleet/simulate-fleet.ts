/**
 * A fleet of directors behind a router: which connections break when something changes.
 */
import {
  type OptionNames,
  requireInteger,
  requireKnownOptions,
  requireNumber,
  requireOneOf,
} from '../../errors.js';
import type { Workload } from '../workload.js';
import { ECMP_HASHES, type EcmpHash } from './ecmp-hash.js';
import { ECMP_TABLES, type EcmpTableKind } from './ecmp-table.js';
import {
  describeFleetEvent,
  type FleetEvent,
  MOST_DIRECTORS,
  requireFleetEvent,
} from './fleet-event.js';
import type { MakeDirector } from './fleet-members.js';
import type { FleetResult } from './fleet-result.js';
import { FleetRun, type FleetRunOptions } from './fleet-run.js';

/** How the router in front of a fleet chooses a director. */
export interface EcmpOptions {
  /** What it hashes; default `'5-tuple'`. */
  readonly hash?: EcmpHash;
  /** How it chooses by that; default `'modulo'`. */
  readonly table?: EcmpTableKind;
  /** How many buckets a resilient table has, 1–65536; default 256. */
  readonly buckets?: number;
}

/** A fleet, its load, and what happens to it. */
export interface FleetOptions {
  /**
   * Makes a director with its services. It is called for every director, and again when one comes back; the options
   * given to it belong into those of the director.
   */
  readonly director: MakeDirector;
  /** How many directors there are at the beginning, 1–256. */
  readonly directors: number;
  /** The load of each service, in the order of the director's services. */
  readonly workloads: readonly Workload[];
  /** What happens, in order of time; default nothing. */
  readonly events?: readonly FleetEvent[];
  /** The router; default hashes 5-tuples into a table without memory. */
  readonly router?: EcmpOptions;
  /** Whether the directors synchronize: each announces its connections to all others; default `false`. */
  readonly sync?: boolean;
  /** The time between two packets of a client, in seconds, 0.001–60; only masters count packets; default 1. */
  readonly packetSeconds?: number;
  /** Decides all draws; any integer of 32 bits; default 1. */
  readonly seed?: number;
}

const FLEET_OPTIONS: OptionNames<FleetOptions> = {
  director: true,
  directors: true,
  workloads: true,
  events: true,
  router: true,
  sync: true,
  packetSeconds: true,
  seed: true,
};
const ECMP_OPTIONS: OptionNames<EcmpOptions> = { hash: true, table: true, buckets: true };

/** How many buckets a resilient table has when it is not said. */
const USUAL_BUCKETS = 256;

/**
 * Runs a fleet of directors under load, and lets things happen to it.
 *
 * Every decision is made by a director: which server a connection gets, whether a packet without a connection is
 * scheduled (`sloppy_tcp`), what is announced to other directors and when. Only the router, the network and the
 * clients are models. The same options give the same result.
 *
 * @param options - The fleet, its load, and what happens.
 * @param onProgress - Called each second of the fleet's time with the part that is done, 0–1.
 * @returns What became of it.
 * @throws {TypeError} When a value has the wrong type.
 * @throws {RangeError} When a value is out of range, an event names a director that is not there, events are not in
 *   order of time or come after the load, or there is not one load for each service.
 * @throws {IpvsError} `ERR_FLEET_EVENT` when what an event names has failed already, or never did;
 *   `ERR_SERVER_NOT_FOUND` when no service has the server that it names; `ERR_SERVER_EXISTS` when one has the server
 *   that it adds.
 * @example
 * {@includeCode ../../../docs/examples/simulate-fleet.ts}
 */
export function simulateFleet(
  options: FleetOptions,
  onProgress: (part: number) => void = () => undefined,
): FleetResult {
  const complete = completeOptions(options);
  tryEvents(complete);
  return new FleetRun(complete).finish(onProgress);
}

/**
 * Checks whether a fleet can be simulated: every option, and every event without load.
 *
 * @param options - The fleet, its load, and what happens.
 * @throws As {@link simulateFleet} does.
 */
export function checkFleet(options: FleetOptions): void {
  tryEvents(completeOptions(options));
}

function completeOptions(options: FleetOptions): FleetRunOptions {
  requireKnownOptions('simulate a fleet', options, FLEET_OPTIONS);
  const { director, workloads, events = [], router = {}, sync = false } = options;
  requireKnownOptions('make a router', router, ECMP_OPTIONS);
  const packetSeconds = options.packetSeconds ?? 1;
  requireOrder(events, workloads);
  return {
    director,
    directors: requireInteger('directors', options.directors, 1, MOST_DIRECTORS),
    workloads,
    events,
    hash: requireOneOf('hash', router.hash ?? '5-tuple', ECMP_HASHES),
    table: requireOneOf('table', router.table ?? 'modulo', ECMP_TABLES),
    buckets: requireInteger('buckets', router.buckets ?? USUAL_BUCKETS, 1, 65_536),
    sync,
    packetMs: requireNumber('seconds between packets', packetSeconds, 0.001, 60) * 1000,
    seed: requireInteger('seed', options.seed ?? 1, -2147483648, 4294967295),
  };
}

/** An event that cannot happen is refused before the load begins. */
function tryEvents(options: FleetRunOptions): void {
  const workloads = options.workloads.map((workload) => ({ ...workload, connections: 0 }));
  new FleetRun({ ...options, workloads }).tryEvents();
}

function requireOrder(events: readonly FleetEvent[], workloads: readonly Workload[]): void {
  const endSeconds = Math.max(0, ...workloads.map(({ endMs }) => endMs)) / 1000;
  let earliest = 0;
  for (const event of events) {
    const { atSeconds } = requireFleetEvent(event);
    if (atSeconds < earliest || atSeconds > endSeconds) {
      throw new RangeError(
        `Cannot ${describeFleetEvent(event)}: expected a time ${earliest}–${endSeconds} s, got ${atSeconds}`,
      );
    }
    earliest = atSeconds;
  }
}
