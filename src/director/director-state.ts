/**
 * A whole director as plain JSON: its configuration, what its schedulers remember, connections, templates
 * and their timers, statistics, and what is due when.
 *
 * Times are kept from the moment of writing on, so a director may go on under a clock with another origin.
 * Not kept: pieces of datagrams that wait for the rest, and where `drop_entry` goes on.
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
import type { AdministrationState } from './administration-state.js';
import type { DefensesState } from './defenses.js';
import type { HousekeepingState } from './housekeeping.js';
import type { PathStates } from './next-hop.js';

/** The state of a director, as plain JSON. */
export interface DirectorState {
  /** The moment of writing, in milliseconds of the director's clock. */
  readonly timeMs: number;
  /** The host's own addresses; a virtual address stays its own when its service is deleted. */
  readonly addresses: readonly string[];
  /** Services, servers, schedulers, timeouts, tunables, statistics and daemons. */
  readonly configuration: AdministrationState;
  /** Connections and templates. */
  readonly connections: ConnectionTableState;
  /** What is due when. */
  readonly housekeeping: HousekeepingState;
  /** The defenses. */
  readonly defenses: DefensesState;
  /** What was learned of the ways to servers. */
  readonly paths: PathStates;
}

/**
 * Writes connections out, each with the name of the service whose server it is bound to.
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
 * Reads connections back.
 *
 * @param state - What {@link stateOfConnections} gave.
 * @param table - Where to put them: a table without any.
 * @param services - The services, read back before.
 * @param shiftMs - What the clock shows more now than at the moment of writing.
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
  const serverOf = ({ owner, server, boundPort }: ConnectionState): RealServer | undefined =>
    lists.get(owner)?.find({ address: server, port: boundPort });
  table.restore(shiftConnectionTable(state, shiftMs), serverOf);
}

/** The servers of all services, deleted ones included, by the services' names. */
function* serverLists(services: ServiceTable): Iterable<[string, ServerList]> {
  for (const service of services) yield [service.toString(), service.servers];
  yield* services.deleted.entries();
}
