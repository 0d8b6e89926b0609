/**
 * One virtual service: its key, its settings, its real servers and its live scheduler.
 *
 * A changed scheduler starts with fresh state on the same servers; the same one keeps its state, and
 * sees changed flags at its next pick. Source: ipvsadm(8), `--edit-service`, and recorded decisions.
 */
import { protocolNumber } from '../protocols.js';
import { type Clock, systemClock } from '../clock.js';
import {
  IpvsError,
  type OptionNames,
  requireInteger,
  requireKnownOptions,
  show,
} from '../errors.js';
import type { AddressFamily, IpAddress } from '../ip-address.js';
import type { Protocol } from '../protocols.js';
import type { KernelRelease } from '../model/kernel-profile.js';
import { ServerList, type ServerListOptions } from '../model/server-list.js';
import type { ServerListState } from '../model/server-list-state.js';
import { type RandomSource, systemRandom } from '../random.js';
import type { Scheduler, SchedulerFactory } from '../schedulers/scheduler.js';
import {
  isEngine,
  PERSISTENCE_ENGINES,
  type PersistenceEngineName,
} from '../model/persistence-engine.js';
import { mayScheduleOnePacket } from './one-packet.js';
import {
  createPersistence,
  type Persistence,
  persistenceState,
  type PersistenceOptions,
  type PersistenceState,
} from './persistence-settings.js';
import {
  ALL_SCHEDULER_FLAGS,
  DEFAULT_SCHEDULER,
  schedulerFlagsOf,
  type SchedulerRegistry,
} from './scheduler-registry.js';
import { requireStateFormat, type SavedState, STATE_FORMAT } from '../state-format.js';
import { describeServiceKey, type ServiceKey } from './service-key.js';

/** Settings of a service. */
export interface ServiceSettings {
  /** The scheduler's short name, or its factory; default `'wlc'`. */
  readonly scheduler?: string | SchedulerFactory;
  /** The scheduler's flag bits, `flag-1` to `flag-3`: 0–7; default 0. */
  readonly schedulerFlags?: number;
  /** For how long and for which clients the choice of a server persists; default `false`: it does not. */
  readonly persistence?: PersistenceOptions | false;
  /** Whether each datagram is scheduled on its own, for UDP and marks only; default `false`. */
  readonly onePacket?: boolean;
  /**
   * What recognizes clients besides their address: `'sip'` by the Call-ID of their datagrams; default `false`: nothing
   * does. It has an effect on persistent services only.
   */
  readonly persistenceEngine?: PersistenceEngineName | false;
}

/**
 * The names of the settings.
 *
 * @internal
 */
export const SERVICE_SETTING_NAMES: OptionNames<ServiceSettings> = {
  scheduler: true,
  schedulerFlags: true,
  persistence: true,
  onePacket: true,
  persistenceEngine: true,
};

/** Dependencies of a service's scheduler. */
export interface ServiceEnvironment {
  /** Finds schedulers by name; default: knows none. */
  readonly schedulers?: SchedulerRegistry;
  /** The clock; default the process's own. */
  readonly clock?: Clock;
  /** The random source; default the platform's own. */
  readonly random?: RandomSource;
  /**
   * Gives the time for which a scheduler remembers an unused destination, in seconds; default: 86400.
   *
   * @param name - Whose time, by the name of the kernel's tunable.
   * @returns Seconds.
   */
  readonly tunable?: (name: 'lblc_expiration' | 'lblcr_expiration') => number;
  /** The kernel whose rules the servers and their schedulers follow; default the newest. */
  readonly kernel?: KernelRelease;
  /** The persistence engines that there are; default all. */
  readonly persistenceEngines?: readonly PersistenceEngineName[];
}

/**
 * The names of what a service depends on.
 *
 * @internal
 */
export const ENVIRONMENT_NAMES: OptionNames<ServiceEnvironment> = {
  schedulers: true,
  clock: true,
  random: true,
  tunable: true,
  kernel: true,
  persistenceEngines: true,
};

/**
 * The options of a service's server list.
 *
 * @param environment - What its scheduler is made from.
 * @returns The options.
 */
export function serverListOptions({ kernel }: ServiceEnvironment): ServerListOptions {
  return kernel === undefined ? {} : { kernel };
}

/** The state of a {@link Service}, as plain JSON. */
export interface ServiceState extends SavedState {
  /** The mark, or 0. */
  readonly fwmark: number;
  /** The family of a service with a mark. */
  readonly family: AddressFamily;
  /** The transport protocol. */
  readonly protocol: Protocol;
  /** The virtual address. */
  readonly address: string;
  /** The virtual port. */
  readonly port: number;
  /** The scheduler's short name. */
  readonly scheduler: string;
  /** The scheduler's flags. */
  readonly schedulerFlags: number;
  /** The persistence, or `false`. */
  readonly persistence: PersistenceState | false;
  /** Whether each datagram is scheduled on its own. */
  readonly onePacket: boolean;
  /** The persistence engine, or `false`. */
  readonly persistenceEngine?: PersistenceEngineName | false;
  /** The servers. */
  readonly servers: ServerListState;
  /** What the scheduler remembers. */
  readonly schedulerState: unknown;
}

/** One virtual service's configuration, servers and scheduler. */
export class Service implements ServiceKey {
  readonly family: AddressFamily;
  readonly fwmark: number;
  readonly protocol: Protocol;
  readonly address: IpAddress;
  readonly port: number;
  /** The number of the protocol in an IP header: 6, 17 or 132; 0 for a service with a mark. */
  readonly protocolNumber: number;
  /** The real servers, newest first. */
  readonly servers: ServerList;
  private readonly environment: ServiceEnvironment;
  private flagBits = 0;
  private origin: string | SchedulerFactory;
  private live: Scheduler;
  private persistenceSettings: Persistence | undefined;
  private single: boolean;
  private engine: PersistenceEngineName | undefined;

  /**
   * @param key - What names the service.
   * @param settings - The settings; what is not given has its default.
   * @param environment - What its scheduler is made from.
   * @param servers - The list to use; default an empty one.
   * @throws {IpvsError} `ERR_SCHEDULER_NOT_FOUND` when the scheduler has an unknown name.
   * @throws {TypeError} When a value has the wrong type.
   * @throws {RangeError} When a value is out of range.
   */
  constructor(
    key: ServiceKey,
    settings: ServiceSettings = {},
    environment: ServiceEnvironment = {},
    servers: ServerList = new ServerList([], serverListOptions(environment)),
  ) {
    requireKnownOptions('create a service', environment, ENVIRONMENT_NAMES);
    this.family = key.family;
    this.fwmark = key.fwmark;
    this.protocol = key.protocol;
    this.address = key.address;
    this.port = key.port;
    this.protocolNumber = key.fwmark === 0 ? protocolNumber(key.protocol) : 0;
    this.servers = servers;
    this.environment = environment;
    const checked = this.check(settings);
    this.origin = settings.scheduler ?? DEFAULT_SCHEDULER;
    this.flagBits = checked.flags;
    this.live = createLive(this.factoryOf(this.origin), servers);
    this.passOnFlags(settings);
    this.persistenceSettings = checked.persistence;
    this.single = checked.onePacket;
    this.engine = checked.engine;
  }

  /** The scheduler, ready to pick. */
  get scheduler(): Scheduler {
    return this.live;
  }

  /** The scheduler's short name. */
  get schedulerName(): string {
    return typeof this.origin === 'string' ? this.origin : this.live.name;
  }

  /** The scheduler's flags, 0–7. */
  get schedulerFlags(): number {
    return this.flagBits;
  }

  /** The persistence, or `undefined` when the service is not persistent. */
  get persistence(): Persistence | undefined {
    return this.persistenceSettings;
  }

  /** Whether each datagram is scheduled on its own. */
  get onePacket(): boolean {
    return this.single;
  }

  /** What recognizes clients besides their address, if anything does; without persistence it has no effect. */
  get persistenceEngine(): PersistenceEngineName | undefined {
    return this.engine;
  }

  /**
   * Changes settings, all at once or not at all.
   *
   * @param settings - What to change; what is not given stays.
   * @throws As the constructor does.
   */
  edit(settings: ServiceSettings): void {
    const checked = this.check(settings);
    const origin = settings.scheduler ?? this.origin;
    if (origin !== this.origin && origin !== this.schedulerName) {
      const live = createLive(this.factoryOf(origin), this.servers);
      this.live.close();
      this.origin = origin;
      this.live = live;
    }
    this.flagBits = checked.flags;
    this.passOnFlags(settings);
    this.persistenceSettings = checked.persistence;
    this.single = checked.onePacket;
    this.engine = checked.engine;
  }

  /** Ends the service: its scheduler is closed and its servers are removed from the list. */
  close(): void {
    this.live.close();
    const { servers } = this;
    for (let { first } = servers; first !== undefined; first = servers.first) servers.remove(first);
  }

  /**
   * The service as messages and listings name it.
   *
   * @returns For example `TCP 10.0.0.1:80` or `FWM 7`.
   */
  toString(): string {
    return describeServiceKey(this);
  }

  /**
   * Writes the service out.
   *
   * @returns Plain JSON for {@link Service.fromJSON}.
   */
  toJSON(): ServiceState {
    return {
      format: STATE_FORMAT,
      fwmark: this.fwmark,
      family: this.family,
      protocol: this.protocol,
      address: this.address.toString(),
      port: this.port,
      scheduler: this.schedulerName,
      schedulerFlags: this.schedulerFlags,
      persistence:
        this.persistenceSettings === undefined ? false : persistenceState(this.persistenceSettings),
      onePacket: this.single,
      persistenceEngine: this.engine ?? false,
      servers: this.servers.toJSON(),
      schedulerState: this.live.toJSON(),
    };
  }

  /**
   * Reads a service back.
   *
   * @param state - What {@link Service.toJSON} gave.
   * @param key - The key, checked.
   * @param environment - What its scheduler is made from.
   * @returns A service with the same settings, servers and scheduler state.
   * @throws {TypeError} When it is no such state.
   * @throws {RangeError} When the state is of another format.
   * @throws As the constructor does, when the state is damaged.
   */
  static fromJSON(state: ServiceState, key: ServiceKey, environment: ServiceEnvironment): Service {
    requireStateFormat('a service', state);
    const servers = ServerList.fromJSON(state.servers, serverListOptions(environment));
    const { scheduler, schedulerFlags, persistence, onePacket, persistenceEngine = false } = state;
    const settings = { scheduler, schedulerFlags, persistence, onePacket, persistenceEngine };
    const service = new Service(key, settings, environment, servers);
    service.live.restore(state.schedulerState);
    return service;
  }

  private check(settings: ServiceSettings): Checked {
    requireKnownOptions('configure a service', settings, SERVICE_SETTING_NAMES);
    const onePacket = settings.onePacket ?? this.single ?? false;
    if (onePacket && !mayScheduleOnePacket(this.fwmark, this.protocol)) {
      throw new RangeError(
        `Invalid one-packet scheduling: expected a UDP service or a mark, got ${this.protocol}`,
      );
    }
    const flags = settings.schedulerFlags ?? this.flagBits;
    requireInteger('scheduler flags', flags, 0, ALL_SCHEDULER_FLAGS);
    const engine = this.checkEngine(settings);
    const { persistence } = settings;
    if (persistence === undefined) {
      return { flags, onePacket, persistence: this.persistenceSettings, engine };
    }
    const checked = persistence === false ? undefined : createPersistence(persistence, this.family);
    return { flags, onePacket, persistence: checked, engine };
  }

  private checkEngine({ persistenceEngine }: ServiceSettings): PersistenceEngineName | undefined {
    if (persistenceEngine === undefined) return this.engine;
    if (persistenceEngine === false) return undefined;
    const { persistenceEngines = PERSISTENCE_ENGINES } = this.environment;
    if (isEngine(persistenceEngine, persistenceEngines)) return persistenceEngine;
    throw new IpvsError(
      'ERR_PERSISTENCE_ENGINE_NOT_FOUND',
      `Cannot configure ${this.toString()}: no persistence engine has the name ${show(persistenceEngine)}`,
    );
  }

  /** A factory has flags of its own, such as `sourceHashing({ fallback: true })`, unless others are given. */
  private passOnFlags({ schedulerFlags }: ServiceSettings): void {
    if (schedulerFlags === undefined && typeof this.origin === 'function') return;
    this.live.setFlags?.(schedulerFlagsOf(this.flagBits));
  }

  private factoryOf(origin: string | SchedulerFactory): SchedulerFactory {
    if (typeof origin === 'function') return origin;
    if (typeof origin !== 'string') {
      throw new TypeError(
        `Invalid scheduler: expected a factory such as roundRobin(), got ${show(origin)}`,
      );
    }
    const { schedulers, clock, random, tunable = defaultTunable } = this.environment;
    const expiration = origin === 'lblcr' ? 'lblcr_expiration' : 'lblc_expiration';
    const factory = schedulers?.(origin, {
      ...schedulerFlagsOf(this.flagBits),
      clock: clock ?? systemClock,
      random: random ?? systemRandom,
      expirationMs: () => tunable(expiration) * 1000,
    });
    if (factory !== undefined) return factory;
    throw new IpvsError(
      'ERR_SCHEDULER_NOT_FOUND',
      `Cannot schedule ${this.toString()}: no scheduler has the name ${show(origin)}${schedulers === undefined ? ADVICE : ''}`,
    );
  }
}

/** What names need, for those who have not given it. */
const ADVICE =
  '; names need the option { schedulers: schedulersByName } of ipvs/schedulers, or pass a factory such as roundRobin()';

/** Makes a scheduler, and finds out whether it is one before anything is changed. */
function createLive(factory: SchedulerFactory, servers: ServerList): Scheduler {
  const live: unknown = factory(servers);
  if (typeof live === 'object' && live !== null && 'schedule' in live) return live as Scheduler;
  const called = typeof live === 'function' ? ` (call it: ${factory.name}())` : '';
  throw new TypeError(
    `Invalid scheduler: expected a factory such as roundRobin(), got ${factory.name || 'a function'}${called}`,
  );
}

interface Checked {
  readonly flags: number;
  readonly onePacket: boolean;
  readonly persistence: Persistence | undefined;
  readonly engine: PersistenceEngineName | undefined;
}

const DEFAULT_EXPIRATION_SECONDS = 86400;

function defaultTunable(): number {
  return DEFAULT_EXPIRATION_SECONDS;
}
