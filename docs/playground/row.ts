/**
 * What one server has, as tables and pictures show it.
 */
import type { ForwardingMethod } from 'ipvs';
import type { Tally } from './tally.js';

/** The state of a server in a word or two. */
export type ServerState = 'in use' | 'draining' | 'drained' | 'full' | 'removed' | 'not answering';

/** What one server has. */
export interface Row {
  /** Address and port. */
  readonly name: string;
  /** How packets reach it. */
  readonly method: ForwardingMethod;
  /** Its weight, 0 = quiesced. */
  readonly weight: number;
  /** Active connections. */
  readonly active: number;
  /** Inactive connections. */
  readonly inactive: number;
  /** Connections at which it counts as overloaded; 0 = no limit. */
  readonly upperThreshold: number;
  /** Connections it was given. */
  readonly opened: number;
  /** Its part of all connections that were given to a server, 0–1; `undefined` before the first. */
  readonly share: number | undefined;
  /** The part its weight asks for, 0–1. */
  readonly asked: number;
  /** Its state. */
  readonly state: ServerState;
}

/**
 * What each server has.
 *
 * @param tallies - The servers with what they were given.
 * @returns One row for each.
 */
export function rowsOf(tallies: readonly Tally[]): Row[] {
  const all = tallies.reduce((sum, { opened }) => sum + opened, 0);
  const weights = tallies.reduce((sum, tally) => sum + weightOf(tally), 0);
  return tallies.map((tally) => ({
    name: tally.name,
    method: tally.server.forwardingMethod,
    weight: weightOf(tally),
    active: tally.server.active,
    inactive: tally.server.inactive,
    upperThreshold: tally.server.upperThreshold,
    opened: tally.opened,
    share: all === 0 ? undefined : tally.opened / all,
    asked: weights === 0 ? 0 : weightOf(tally) / weights,
    state: stateOf(tally),
  }));
}

/**
 * The part of all connections that another server has than the weights ask for.
 *
 * @param rows - The servers.
 * @returns 0–1; `undefined` when there was no connection.
 */
export function misplacedPart(rows: readonly Row[]): number | undefined {
  let sum = 0;
  for (const { share, asked } of rows) {
    if (share === undefined) return undefined;
    sum += Math.abs(share - asked);
  }
  return rows.length === 0 ? undefined : sum / 2;
}

/**
 * The state of a server.
 *
 * @param tally - The server.
 * @returns The state.
 */
export function stateOf({ server, failed }: Tally): ServerState {
  if (!server.available) return 'removed';
  if (failed) return 'not answering';
  if (server.quiesced) return server.active > 0 ? 'draining' : 'drained';
  return server.overloaded ? 'full' : 'in use';
}

function weightOf({ server }: Tally): number {
  return server.available ? server.weight : 0;
}
