/**
 * What a line of the rule language means, as values: every default is filled in and every text is
 * read, so that a command can be done, inspected or made without its text.
 */
import type { SyncRole } from '../sync/sync-daemon.js';
import type { AddressFamily, IpAddress } from '../ip-address.js';
import type { Protocol } from '../protocols.js';
import type { ForwardingMethod, Tunnel } from '../model/forwarding-method.js';

/** A service that is named by its address. */
export interface CommandServiceAddress {
  /** The transport protocol. */
  readonly protocol: Protocol;
  /** The virtual address. */
  readonly address: IpAddress;
  /** The virtual port, 0–65535. */
  readonly port: number;
}

/** A service that is named by its mark. */
export interface CommandServiceMark {
  /** The mark, 1–4294967295. */
  readonly fwmark: number;
  /** The family of its packets. */
  readonly family: AddressFamily;
}

/** A service in a command. */
export type CommandService = CommandServiceAddress | CommandServiceMark;

/** The persistence of a service in a command. */
export interface CommandPersistence {
  /** For how long the choice of a server is kept, 1–2678400 seconds. */
  readonly timeoutSeconds: number;
  /** Which bits of a client's address count; nothing = all. */
  readonly netmask?: IpAddress;
}

/** All settings of a service. */
export interface CommandServiceSettings {
  /** The scheduler's short name, known or not. */
  readonly scheduler: string;
  /** The scheduler's flags, 0–7. */
  readonly schedulerFlags: number;
  /** The persistence, or `false`. */
  readonly persistence: CommandPersistence | false;
  /** Whether each datagram is scheduled on its own. */
  readonly onePacket: boolean;
}

/** A real server in a command. */
export interface CommandServerAddress {
  /** Its address. */
  readonly address: IpAddress;
  /** Its port, as the service and the forwarding method make it. */
  readonly port: number;
}

/** A real server with all its settings. */
export interface CommandServer extends CommandServerAddress {
  /** Its share of new connections. */
  readonly weight: number;
  /** Connections at which it is overloaded; 0 = never. */
  readonly upperThreshold: number;
  /** Connections below which it recovers; 0 = three quarters of the other one. */
  readonly lowerThreshold: number;
  /** How packets reach it. */
  readonly forwardingMethod: ForwardingMethod;
  /** How they are encapsulated. */
  readonly tunnel: Tunnel;
}

/** `-A` and `-E`: adds a service, or replaces all settings of one. */
export interface ServiceCommand {
  /** Which command it is. */
  readonly command: 'add-service' | 'edit-service';
  /** The service. */
  readonly service: CommandService;
  /** Its settings. */
  readonly settings: CommandServiceSettings;
  /** The persistence engine's name; empty when there is none. */
  readonly persistenceEngine: string;
}

/** `-D`: deletes a service. */
export interface DeleteServiceCommand {
  /** Which command it is. */
  readonly command: 'delete-service';
  /** The service. */
  readonly service: CommandService;
}

/** `-a` and `-e`: adds a real server, or replaces all settings of one. */
export interface ServerCommand {
  /** Which command it is. */
  readonly command: 'add-server' | 'edit-server';
  /** The service. */
  readonly service: CommandService;
  /** The server. */
  readonly server: CommandServer;
}

/** `-d`: removes a real server. */
export interface DeleteServerCommand {
  /** Which command it is. */
  readonly command: 'delete-server';
  /** The service. */
  readonly service: CommandService;
  /** The server. */
  readonly server: CommandServerAddress;
}

/** Which columns a listing of services has. */
export type ListColumns =
  'plain' | 'stats' | 'rate' | 'thresholds' | 'persistent-conn' | 'tun-info';

/** `-L`: shows services, connections, timeouts or daemons. */
export interface ListCommand {
  /** Which command it is. */
  readonly command: 'list';
  /** What is listed. */
  readonly what: 'services' | 'connections' | 'timeouts' | 'daemons';
  /** Which columns services and connections have. */
  readonly columns: ListColumns;
  /** The only service to list. */
  readonly service?: CommandService;
  /** Whether numbers are written out in full. */
  readonly exact: boolean;
  /** Whether ports are written as numbers; default: as names, where they have one. */
  readonly numeric: boolean;
  /** Whether services and servers are sorted. */
  readonly sorted: boolean;
}

/** `-Z`: zeroes statistics. */
export interface ZeroCommand {
  /** Which command it is. */
  readonly command: 'zero';
  /** The only service to zero. */
  readonly service?: CommandService;
}

/** `--set`: changes the timeouts of connections, in seconds; 0 leaves one as it is. */
export interface SetTimeoutsCommand {
  /** Which command it is. */
  readonly command: 'set';
  /** Established TCP connections. */
  readonly tcpSeconds: number;
  /** TCP connections after a FIN. */
  readonly tcpFinSeconds: number;
  /** UDP. */
  readonly udpSeconds: number;
}

/** `--start-daemon`: starts a synchronization daemon. */
export interface StartDaemonCommand {
  /** Which command it is. */
  readonly command: 'start-daemon';
  /** Its role. */
  readonly role: SyncRole;
  /** The device its messages take. */
  readonly device: string;
  /** Which daemons belong together, 0–255. */
  readonly syncId: number;
  /** The greatest length of a message in bytes. */
  readonly maxLengthBytes: number;
  /** The multicast group. */
  readonly group: IpAddress;
  /** The UDP port. */
  readonly port: number;
  /** The time to live of messages. */
  readonly ttl: number;
}

/** `--stop-daemon`: stops a synchronization daemon. */
export interface StopDaemonCommand {
  /** Which command it is. */
  readonly command: 'stop-daemon';
  /** Its role. */
  readonly role: SyncRole;
}

/** `-S`: writes rules. */
export interface SaveCommand {
  /** Which command it is. */
  readonly command: 'save';
  /** Whether ports are written as numbers; default: as names, where they have one. */
  readonly numeric: boolean;
}

/** `-C`, `-R`, `-h`, `-v`. */
export interface PlainCommand {
  /** Which command it is. */
  readonly command: 'flush' | 'restore' | 'help' | 'version';
}

/** Any command of the rule language. */
export type Command =
  | ServiceCommand
  | DeleteServiceCommand
  | ServerCommand
  | DeleteServerCommand
  | ListCommand
  | ZeroCommand
  | SetTimeoutsCommand
  | StartDaemonCommand
  | StopDaemonCommand
  | SaveCommand
  | PlainCommand;
