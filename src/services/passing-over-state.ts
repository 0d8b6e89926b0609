/**
 * What outlier detection and slow start know of a service's servers, as plain JSON, and its check when it is read.
 */
import { requireInteger, requireNumber, show } from '../errors.js';
import type { RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import { MAX_DELAY_MS } from '../timers.js';

/** Ejections in a row beyond this do not lengthen the time any more. */
export const MOST_EJECTIONS = 10;
/** A server that waits for its turn loses no credit, and gets at most two connections in a row. */
export const MOST_CREDIT = 2;

/** What outlier detection remembers of a server; times are milliseconds of the service's clock. */
export interface OutlierState {
  /** The server, as text. */
  readonly server: string;
  /** When its last failures were, oldest first. */
  readonly failuresMs: readonly number[];
  /** How many times in a row it was taken out, 0–10. */
  readonly ejections: number;
  /** Until when a further ejection counts as one in a row. */
  readonly watchedUntilMs: number;
  /** When it returns; `null` while it is in. */
  readonly returnsMs: number | null;
}

/** A server in slow start; times are milliseconds of the service's clock. */
export interface RampState {
  /** The server, as text. */
  readonly server: string;
  /** When its ramp began. */
  readonly startMs: number;
  /** How long its ramp takes. */
  readonly durationMs: number;
  /** Its part of further connections, 0–2: it gets one at 1. */
  readonly credit: number;
}

/**
 * Checks what was written of outlier detection.
 *
 * @param states - One for each server that has failed.
 * @param servers - The list.
 * @param shiftMs - How far the present clock is ahead of the one at writing.
 * @returns The servers and their states, by the present clock.
 * @throws {TypeError} When the state is damaged.
 * @throws {RangeError} When the state is damaged.
 */
export function readOutliers(
  states: readonly OutlierState[],
  servers: ServerList,
  shiftMs: number,
): (readonly [RealServer, OutlierState])[] {
  return readEach(states, 'outliers', servers, (state) => ({
    server: state.server,
    failuresMs: requireArray('failures', state.failuresMs).map(
      (ms) => timeOf('failure', ms) + shiftMs,
    ),
    ejections: requireInteger('ejections', state.ejections, 0, MOST_EJECTIONS),
    watchedUntilMs: timeOf('end of watching', state.watchedUntilMs) + shiftMs,
    returnsMs: state.returnsMs === null ? null : timeOf('return', state.returnsMs) + shiftMs,
  }));
}

/**
 * Checks what was written of slow start.
 *
 * @param states - One for each server in its ramp.
 * @param servers - The list.
 * @param shiftMs - How far the present clock is ahead of the one at writing.
 * @returns The servers and their ramps, by the present clock.
 * @throws As {@link readOutliers} does.
 */
export function readRamps(
  states: readonly RampState[],
  servers: ServerList,
  shiftMs: number,
): (readonly [RealServer, RampState])[] {
  return readEach(states, 'ramps', servers, (state) => ({
    server: state.server,
    startMs: timeOf('start of a ramp', state.startMs) + shiftMs,
    durationMs: requireNumber('length of a ramp', state.durationMs, 1, MAX_DELAY_MS),
    credit: requireNumber('credit', state.credit, 0, MOST_CREDIT),
  }));
}

function readEach<State extends { readonly server: string }>(
  states: readonly State[],
  name: string,
  servers: ServerList,
  check: (state: State) => State,
): (readonly [RealServer, State])[] {
  const read = new Map<RealServer, State>();
  for (const state of requireArray(name, states)) {
    const server = servers.get(state.server);
    if (server === undefined || read.has(server)) {
      throw new RangeError(
        `Invalid ${name}: expected each server of the list once at most, got ${show(state.server)}`,
      );
    }
    read.set(server, check(state));
  }
  return [...read];
}

function requireArray<Item>(name: string, value: readonly Item[]): readonly Item[] {
  if (Array.isArray(value)) return value as readonly Item[];
  throw new TypeError(`Invalid ${name}: expected an array, got ${show(value)}`);
}

function timeOf(name: string, value: unknown): number {
  return requireNumber(name, value, -Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
}
