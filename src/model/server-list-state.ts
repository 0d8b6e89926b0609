/**
 * A list of servers as plain JSON.
 */
import type { IpAddress } from '../ip-address.js';
import type { ServerOptions } from './server-settings.js';
import type { SavedState } from '../state-format.js';

/** The state of a {@link ServerList}, as plain JSON. */
export interface ServerListState extends SavedState {
  /** The servers in the order in which they were added (oldest first). */
  readonly servers: readonly ServerState[];
  /** Removed servers that are still remembered. */
  readonly removed: readonly ServerState[];
}

/** The state of one real server, as plain JSON. */
export interface ServerState extends Required<Omit<ServerOptions, 'address'>> {
  /** The server's address. */
  readonly address: string;
  /** The last weight that was not 0. */
  readonly lastWeight: number;
  /** Active connections. */
  readonly active: number;
  /** All connections. */
  readonly total: number;
  /** Persistence templates. */
  readonly persistent: number;
  /** The overloaded flag. */
  readonly overloaded: boolean;
}

/** A server whose address is an object. */
type LiveState = Omit<ServerState, 'address'> & { readonly address: IpAddress };

/**
 * Writes a server out.
 *
 * @param server - The server.
 * @returns Plain JSON.
 */
export function stateOfServer(server: LiveState): ServerState {
  return {
    address: server.address.toString(),
    port: server.port,
    weight: server.weight,
    lastWeight: server.lastWeight,
    upperThreshold: server.upperThreshold,
    lowerThreshold: server.lowerThreshold,
    forwardingMethod: server.forwardingMethod,
    tunnel: server.tunnel,
    active: server.active,
    total: server.total,
    persistent: server.persistent,
    overloaded: server.overloaded,
  };
}
