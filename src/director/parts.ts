/**
 * The fixed parts of one director: what every step of a packet's path works with, and none replaces.
 *
 * What changes from packet to packet is in `packet-state.ts`.
 */
import type { ConnectionTable } from '../connections/connection-table.js';
import type { StateMachine } from '../connections/state-machine.js';
import type { ForwardingOutput } from '../forwarding/output.js';
import type { TrackingPart } from '../conntrack/tracking-part.js';
import type { KernelRules } from '../model/kernel-profile.js';
import type { ServiceTable } from '../services/service-table.js';
import type { SyncPart } from '../sync/sync-part.js';
import type { ExpireNodestConn } from './expire-nodest-conn.js';
import type { FtpHelper } from './ftp-helper.js';
import type { DirectorHost } from './host.js';
import type { HostAddresses } from './host-addresses.js';
import type { LocalServers } from './local-servers.js';
import type { NextHop } from './next-hop.js';
import type { OwnClients } from './own-clients.js';
import type { TrafficCounters } from './traffic-counters.js';
import type { TunableValues } from './tunables.js';

/** The parts that the steps of a packet's path share. */
export interface DirectorParts {
  /** The virtual services. */
  readonly services: ServiceTable;
  /** The connections and templates. */
  readonly table: ConnectionTable;
  /** Their state machines and timeouts. */
  readonly states: StateMachine;
  /** The tunables, live. */
  readonly tunables: TunableValues;
  /** The traffic counters of servers, services and the director. */
  readonly counters: TrafficCounters;
  /** The tunable `expire_nodest_conn`: what happens to connections without a server. */
  readonly expireNodest: ExpireNodestConn;
  /** The rules of the kernel whose decisions are made. */
  readonly kernel: KernelRules;
  /** The host. */
  readonly host: DirectorHost;
  /** The addresses of the host, as its user changes them. */
  readonly addresses: HostAddresses;
  /** The real servers on the host. */
  readonly localServers: LocalServers;
  /** The clients on the host. */
  readonly ownClients: OwnClients;
  /** Finds the forwarder and the target of a connection. */
  readonly nextHop: NextHop;
  /** Receives the packet that leaves, and the reason of the forwarder. */
  readonly output: ForwardingOutput;
  /** The helper of FTP, if there is one. */
  readonly ftp: FtpHelper | undefined;
  /** Synchronization with other directors, if there is any. */
  readonly sync: SyncPart | undefined;
  /** Connection tracking, if there is any. */
  readonly tracking: TrackingPart | undefined;
}
