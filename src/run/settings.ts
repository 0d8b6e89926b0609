/**
 * What a director that runs is made of: written to a file by the launcher, read by the supervisor.
 */
import type { DirectorState } from '../director/director-state.js';
import type { HealthCheckSettings } from './supervisor/check-settings.js';

/** A firewall mark of packets of one family. */
export interface FamilyMark {
  /** The family. */
  readonly family: 4 | 6;
  /** The mark. */
  readonly mark: number;
}

/** A user and its group, as numbers. */
export interface UserSettings {
  /** The user. */
  readonly uid: number;
  /** The group. */
  readonly gid: number;
}

/** How log lines look. */
export type LogFormat = 'json' | 'text';

/** The settings of a supervisor, plain JSON. */
export interface SupervisorSettings {
  /** Services and servers, without connections. */
  readonly state: DirectorState;
  /** Where the control socket, the journal and the pipes are. */
  readonly folder: string;
  /** The interface toward the clients. */
  readonly clientInterface: string;
  /** The interface toward the servers. */
  readonly serverInterface: string;
  /** The virtual addresses that the plan has set up. */
  readonly virtualAddresses: readonly string[];
  /** The servers of direct routing that the plan has set up, by number. */
  readonly gateways: readonly string[];
  /** The firewall marks that the plan has set up. */
  readonly marks: readonly FamilyMark[];
  /** Whether virtual addresses are added to the interface. */
  readonly addAddresses: boolean;
  /** Whether marks ride in the link header, as direct routing needs it. */
  readonly hasMarks: boolean;
  /** Whether the kernel forwards busy connections by itself. */
  readonly hasKernelPath: boolean;
  /** The host as the director sees it. */
  readonly host: HostSettings;
  /** Whether packets are merged, which tunnels do not allow. */
  readonly isMerging: boolean;
  /** Whether datagrams are merged, which services that look at each of them do not allow. */
  readonly isMergingDatagrams: boolean;
  /** How servers are watched; absent: not at all. */
  readonly check?: HealthCheckSettings;
  /** The user that engines run as. */
  readonly user: UserSettings;
  /** How log lines look. */
  readonly log: LogFormat;
}

/** One interface of the host. */
export interface InterfaceSettings {
  /** The host's IPv4 address. */
  readonly ipv4?: string;
  /** The host's IPv6 address. */
  readonly ipv6?: string;
  /** The MTU in bytes. */
  readonly mtu: number;
}

/** The interfaces of the host. */
export interface HostSettings {
  /** Toward the clients. */
  readonly client: InterfaceSettings;
  /** Toward the servers. */
  readonly server: InterfaceSettings;
}
