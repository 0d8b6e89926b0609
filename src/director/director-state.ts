/**
 * A whole director as plain JSON: its configuration, the state of its schedulers, connections, templates and
 * their timers, statistics, and pending periodic tasks.
 *
 * Times are relative to the moment of saving, so a director may continue under a clock with another origin.
 * Not saved: fragments that wait for the rest of their datagram, and the position of `drop_entry`.
 */
import {
  type ConnectionState,
  type ConnectionTableState,
  shiftConnectionTable,
} from '../connections/snapshot.js';
import type { ConnectionTable } from '../connections/connection-table.js';
import type { ServerList } from '../model/server-list.js';
import type { RealServer } from '../model/real-server.js';
import type { ServiceTable } from '../services/service-table.js';
import type { TrackingState } from '../conntrack/tracking-state.js';
import type { AdministrationState } from './administration-state.js';
import type { DefensesState } from './defenses.js';
import type { HousekeepingState } from './housekeeping.js';
import type { PathStates } from './next-hop.js';
import type { SavedState } from '../state-format.js';

/** The state of a director, as plain JSON. */
export interface DirectorState extends SavedState {
  /** The moment of saving, in milliseconds of the director's clock. */
  readonly timeMs: number;
  /** The host's own addresses; a virtual address stays its own when its service is deleted. */
  readonly addresses: readonly string[];
  /** Services, servers, schedulers, timeouts, tunables, statistics and daemons. */
  readonly configuration: AdministrationState;
  /** Connections and templates. */
  readonly connections: ConnectionTableState;
  /** When the periodic tasks are due. */
  readonly housekeeping: HousekeepingState;
  /** The defenses. */
  readonly defenses: DefensesState;
  /** The path MTUs to servers that were learned. */
  readonly paths: PathStates;
  /** What connection tracking knows, when the director has it. */
  readonly tracking?: TrackingState;
}

/**
 * Saves connections, each with the name of the service whose server it is bound to.
 *
 * @param table - The connections.
 * @param services - The services.
 * @returns Plain JSON for {@link restoreConnections}.
 */
export function stateOfConnections(
  table: ConnectionTable,
  services: ServiceTable,
): ConnectionTableState {
  const owners = new Map<RealServer, string>();
  for (const [name, servers] of serverLists(services)) {
    for (const server of servers) owners.set(server, name);
    for (const server of servers.removed) owners.set(server, name);
  }
  return table.snapshot((server) => owners.get(server));
}

/**
 * Restores connections.
 *
 * @param state - What {@link stateOfConnections} gave.
 * @param table - Receives them; an empty table.
 * @param services - The services, restored before.
 * @param shiftMs - How far the clock is now ahead of its time at the moment of saving.
 * @throws {TypeError} When the state is damaged.
 * @throws {RangeError} When the state is damaged, or the table too small.
 */
export function restoreConnections(
  state: ConnectionTableState,
  table: ConnectionTable,
  services: ServiceTable,
  shiftMs: number,
): void {
  const lists = new Map<string | undefined, ServerList>(serverLists(services));
  const serverOf = (entry: ConnectionState): RealServer | undefined => {
    const { owner, server, boundAddress: address = server, boundPort: port } = entry;
    return lists.get(owner)?.find({ address, port });
  };
  table.restore(shiftConnectionTable(state, shiftMs), serverOf);
}

/** The servers of all services, deleted ones included, by the services' names. */
function* serverLists(services: ServiceTable): Iterable<[string, ServerList]> {
  for (const service of services) yield [service.toString(), service.servers];
  yield* services.deleted.entries();
}
