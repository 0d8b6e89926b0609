/**
 * Options of a {@link VirtualService}: whom it serves and how, and what it works with; and its state.
 */
import { type InitialState, MAX_TIMEOUT_MS } from '../connections/entries/initial-state.js';
import type { ConnectionTableState } from '../connections/snapshot.js';
import type { ConnectionTable } from '../connections/connection-table.js';
import type { ConnectionTableOptions } from '../connections/connection-table-options.js';
import { SCTP_ESTABLISHED } from '../connections/states/sctp.js';
import { TCP_ESTABLISHED } from '../connections/states/tcp.js';
import { type OptionNames, requireInteger, requireKnownOptions, show } from '../errors.js';
import type { Protocol } from '../protocols.js';
import type { KernelRelease } from '../model/kernel-profile.js';
import type { ServerList } from '../model/server-list.js';
import type { ServerOptions } from '../model/server-settings.js';
import type { RandomSource } from '../random.js';
import type { SchedulerFactory } from '../schedulers/scheduler.js';
import type { Timers } from '../timers.js';
import type { OutlierDetectionOptions } from './outlier-detection.js';
import type { OutlierState, RampState } from './passing-over-state.js';
import type { PersistenceOptions } from './persistence-settings.js';
import type { SchedulerRegistry } from './scheduler-registry.js';
import type { Service, ServiceState } from './service.js';
import type { ServiceAddress, ServiceMark, ServiceName } from './service-key.js';
import type { SavedState } from '../state-format.js';

const DATAGRAM_TIMEOUT_SECONDS = 300;
const LONGEST_SLOW_START_SECONDS = 86_400;

/** The names of all settings that may be changed. */
export const SETTING_NAMES: OptionNames<VirtualServiceSettings> = {
  scheduler: true,
  persistence: true,
  onePacket: true,
};

const OPTION_NAMES: OptionNames<AllOptions> = {
  ...SETTING_NAMES,
  protocol: true,
  address: true,
  port: true,
  fwmark: true,
  family: true,
  timers: true,
  random: true,
  connectionLimit: true,
  idleTimeoutSeconds: true,
  expireQuiescentTemplate: true,
  schedulers: true,
  kernel: true,
  slowStartSeconds: true,
  outlierDetection: true,
  servers: true,
};

/** The state of a connection that data can go through. */
const OPEN_STATE: Readonly<Record<Protocol, number>> = {
  tcp: TCP_ESTABLISHED,
  udp: 0,
  sctp: SCTP_ESTABLISHED,
};

/**
 * Settings of a {@link VirtualService} that may be changed while it runs.
 *
 * @expand
 */
export interface VirtualServiceSettings {
  /**
   * How servers are chosen: a factory such as `weightedLeastConnection()`, or its short name such as `'wlc'`
   * where `schedulers` is given.
   */
  readonly scheduler: SchedulerFactory | string;
  /** For how long and for whom the choice of a server is kept; default `false`: it is not. */
  readonly persistence?: PersistenceOptions | false;
  /** Whether each datagram is scheduled on its own, for UDP only; default `false`. */
  readonly onePacket?: boolean;
}

/**
 * What a {@link VirtualService} works with.
 *
 * @expand
 */
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
  /** Finds schedulers by name: `schedulersByName` of `ipvs/schedulers`; default: names are refused. */
  readonly schedulers?: SchedulerRegistry;
  /** The kernel whose rules the servers and their scheduler follow; default the newest. */
  readonly kernel?: KernelRelease;
  /**
   * Over how long a server that is new, or has weight again, gets its full share of new connections,
   * 0–86400 s; default 0: at once.
   */
  readonly slowStartSeconds?: number;
  /** When servers that fail clients are taken out for a time; default `false`: never. */
  readonly outlierDetection?: OutlierDetectionOptions | boolean;
}

/** A virtual service as it is made. */
export type VirtualServiceOptions = ServiceName &
  VirtualServiceSettings &
  VirtualServiceEnvironment & {
    /** The first real servers, added one after the other; text such as `'10.0.0.1:80'` will do. */
    readonly servers?: Iterable<ServerOptions | string>;
  };

interface AllOptions
  extends ServiceAddress, ServiceMark, VirtualServiceSettings, VirtualServiceEnvironment {
  readonly servers?: Iterable<ServerOptions | string>;
}

/** The state of a {@link VirtualService}, as plain JSON. */
export interface VirtualServiceState extends SavedState {
  /** The time at which it was written, in milliseconds of its clock. */
  readonly now: number;
  /** The settings, the servers and what the scheduler remembers. */
  readonly service: ServiceState;
  /** The connections and templates. */
  readonly connections: ConnectionTableState;
  /** What outlier detection remembers; default nothing. */
  readonly outliers?: readonly OutlierState[];
  /** The servers in slow start; default none. */
  readonly ramps?: readonly RampState[];
}

/** Parts of a service that were read back. */
export interface RestoredParts {
  /** The servers. */
  readonly servers: ServerList;
  /** The connections and templates. */
  readonly table: ConnectionTable;
}

/**
 * Refuses options with unknown names; their values are checked where they are used.
 *
 * @param options - The options of a virtual service.
 * @throws {TypeError} When they are none, or one has an unknown name.
 */
export function checkNames(options: VirtualServiceOptions): void {
  requireKnownOptions('create a virtual service', options, OPTION_NAMES);
}

/**
 * The settings among the options; what is not given is left out.
 *
 * @param options - The options of a virtual service.
 * @returns The settings.
 */
export function settingsOf(options: VirtualServiceSettings): VirtualServiceSettings {
  const { scheduler, persistence, onePacket } = options;
  return {
    scheduler,
    ...(persistence !== undefined && { persistence: checkedPersistence(persistence) }),
    ...(onePacket !== undefined && { onePacket }),
  };
}

/**
 * The ramp of servers that are new or have weight again.
 *
 * @param options - The surroundings.
 * @returns Milliseconds; 0 = none.
 * @throws {TypeError} When the time is not a number.
 * @throws {RangeError} When the time is out of range.
 */
export function slowStartMs({ slowStartSeconds = 0 }: VirtualServiceEnvironment): number {
  return requireInteger('slow start', slowStartSeconds, 0, LONGEST_SLOW_START_SECONDS) * 1000;
}

/**
 * When servers that fail clients are taken out.
 *
 * @param options - The surroundings.
 * @returns The options of outlier detection; `undefined` when there is none.
 */
export function outlierOptions({
  outlierDetection,
}: VirtualServiceEnvironment): OutlierDetectionOptions | undefined {
  if (outlierDetection === undefined || outlierDetection === false) return undefined;
  return outlierDetection === true ? {} : outlierDetection;
}

/** Persistence is a set of options or off: `true` would be neither. */
function checkedPersistence(persistence: PersistenceOptions | false): PersistenceOptions | false {
  if (persistence === false || (typeof persistence === 'object' && persistence !== null)) {
    return persistence;
  }
  throw new TypeError(
    `Invalid persistence: expected false or an object such as { timeoutSeconds: 300 }, got ${show(persistence)}`,
  );
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
 * What a connection of a service with sockets begins as: established, since the client's side of it is.
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
