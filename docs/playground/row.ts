/**
 * What one server has, as the tables show it.
 */
import type { RealServer } from 'ipvs';

/** What one server has. */
export interface Row {
  /** Address and port. */
  readonly name: string;
  /** Its weight, 0 = quiesced. */
  readonly weight: number;
  /** Active connections. */
  readonly active: number;
  /** Inactive connections. */
  readonly inactive: number;
  /** Connections it was given. */
  readonly opened: number;
  /** Its part of all connections that were given to a server, 0–1. */
  readonly share: number;
  /** The part its weight asks for, 0–1. */
  readonly asked: number;
  /** Its state in a word. */
  readonly state: 'in use' | 'quiesced' | 'overloaded' | 'removed';
}

/**
 * What each server has.
 *
 * @param servers - The servers, each with the number of connections it was given.
 * @returns One row for each.
 */
export function rowsOf(servers: readonly (readonly [RealServer, number])[]): Row[] {
  const all = servers.reduce((sum, [, opened]) => sum + opened, 0);
  const weights = servers.reduce((sum, [server]) => sum + weightOf(server), 0);
  return servers.map(([server, opened]) => ({
    name: String(server),
    weight: weightOf(server),
    active: server.active,
    inactive: server.inactive,
    opened,
    share: all === 0 ? 0 : opened / all,
    asked: weights === 0 ? 0 : weightOf(server) / weights,
    state: stateOf(server),
  }));
}

function weightOf(server: RealServer): number {
  return server.available ? server.weight : 0;
}

/**
 * The state of a server in a word.
 *
 * @param server - The server.
 * @returns The word.
 */
export function stateOf(server: RealServer): Row['state'] {
  if (!server.available) return 'removed';
  if (server.quiesced) return 'quiesced';
  return server.overloaded ? 'overloaded' : 'in use';
}
