/**
 * What a {@link VirtualService} is told: whom it serves, how, and on what it lives; and its state.
 */
import type { InitialState } from '../connections/entries/initial-state.js';
import type { ConnectionTableState } from '../connections/snapshot-format.js';
import { MAX_TIMEOUT_MS } from '../connections/lifecycle.js';
import type { ConnectionTable } from '../connections/connection-table.js';
import type { ConnectionTableOptions } from '../connections/connection-table-options.js';
import { SCTP_ESTABLISHED } from '../connections/states/sctp.js';
import { TCP_ESTABLISHED } from '../connections/states/tcp.js';
import { requireInteger } from '../errors.js';
import type { IpAddressLike } from '../ip-address.js';
import type { Protocol } from '../model/flow.js';
import type { ServerList } from '../model/server-list.js';
import type { ServerOptions } from '../model/server-settings.js';
import type { RandomSource } from '../random.js';
import type { SchedulerFactory } from '../schedulers/scheduler.js';
import type { Timers } from '../timers.js';
import type { PersistenceOptions } from './persistence-settings.js';
import type { Service, ServiceState } from './service.js';
import type { ServiceName } from './service-key.js';

const DATAGRAM_TIMEOUT_SECONDS = 300;
/** The state of a connection that data can go through. */
const OPEN_STATE: Readonly<Record<Protocol, number>> = {
  tcp: TCP_ESTABLISHED,
  udp: 0,
  sctp: SCTP_ESTABLISHED,
};

/** Settings of a {@link VirtualService} that may be changed while it runs. */
export interface VirtualServiceSettings {
  /** How servers are chosen, such as `weightedLeastConnection()`. */
  readonly scheduler: SchedulerFactory;
  /** For how long and for whom the choice of a server is kept; default `false`: it is not. */
  readonly persistence?: PersistenceOptions | false;
  /** Whether each datagram is scheduled on its own, for UDP only; default `false`. */
  readonly onePacket?: boolean;
}

/** What a {@link VirtualService} lives on. */
export interface VirtualServiceEnvironment {
  /** Where time comes from; default the platform's own. */
  readonly timers?: Timers;
  /** Draws the hash function of the connection table; default the platform's own source. */
  readonly random?: RandomSource;
  /** How many connections and templates there may be; default 67108863. */
  readonly connectionLimit?: number;
  /** After which time without traffic a connection is over, 1–2764800 s; default 300 for UDP, else 32 days. */
  readonly idleTimeoutSeconds?: number;
  /** Whether a persistent client whose server has weight 0 gets another one; default `false`. */
  readonly expireQuiescentTemplate?: boolean;
}

/** A virtual service as it is made. */
export type VirtualServiceOptions = ServiceName &
  VirtualServiceSettings &
  VirtualServiceEnvironment & {
    /** The first real servers, added one after the other. */
    readonly servers?: Iterable<ServerOptions>;
  };

/** A client as its socket tells it. */
export interface Client {
  /** The client's address: `socket.remoteAddress`. IPv4 in IPv6 form (`::ffff:a.b.c.d`) is IPv4. */
  readonly address: IpAddressLike;
  /** The client's port, 0–65535: `socket.remotePort`. */
  readonly port: number;
  /** The port the client asked for; default the service's. */
  readonly virtualPort?: number;
}

/** The state of a {@link VirtualService}, as plain JSON. */
export interface VirtualServiceState {
  /** The time at which it was written, in milliseconds of its clock. */
  readonly now: number;
  /** The settings, the servers and what the scheduler remembers. */
  readonly service: ServiceState;
  /** The connections and templates. */
  readonly connections: ConnectionTableState;
}

/** Parts of a service that were read back. */
export interface RestoredParts {
  /** The servers. */
  readonly servers: ServerList;
  /** The connections and templates. */
  readonly table: ConnectionTable;
}

/**
 * What of the surroundings concerns the connection table.
 *
 * @param options - The surroundings.
 * @returns Options for the table.
 */
export function tableOptions(options: VirtualServiceEnvironment): ConnectionTableOptions {
  return {
    ...(options.random !== undefined && { random: options.random }),
    ...(options.connectionLimit !== undefined && { limit: options.connectionLimit }),
  };
}

/**
 * What a connection of a service with sockets is born as: established, since the client's side of it is.
 *
 * @param service - The service.
 * @param options - The surroundings, in which another time may be given.
 * @returns State, activity and timeout.
 * @throws {TypeError} When the time is not a number.
 * @throws {RangeError} When the time is out of range.
 */
export function birthOf(
  { protocol }: Service,
  { idleTimeoutSeconds }: VirtualServiceEnvironment,
): InitialState {
  const longest = MAX_TIMEOUT_MS / 1000;
  const byProtocol = protocol === 'udp' ? DATAGRAM_TIMEOUT_SECONDS : longest;
  const seconds = requireInteger('idle timeout', idleTimeoutSeconds ?? byProtocol, 1, longest);
  return { state: OPEN_STATE[protocol], active: protocol !== 'udp', timeoutMs: seconds * 1000 };
}
