/**
 * keepalived's checks, quorum and sorry servers as a machine: check results in, rule changes and log lines
 * out. Time, random numbers, the checks themselves and the kernel are handed in.
 */
import { type OptionNames, requireKnownOptions } from '../../errors.js';
import type { RandomSource } from '../../random.js';
import type { Timers } from '../../timers.js';
import { type BehaviorName, behaviorOf, type KeepalivedBehavior } from '../behavior.js';
import type { Script } from '../blocks/drafts.js';
import type {
  Checker,
  ConnectionTimeouts,
  GlobalConfiguration,
  KeepalivedConfiguration,
  Member,
  RealServerConfiguration,
  VirtualServerConfiguration,
} from '../configuration.js';
import type { RunCheck } from './check-result.js';
import { type CheckerOwner, CheckerRun } from './checker-run.js';
import type { IpvsCommand, KernelRefusal } from './commands.js';
import { KERNEL_TIMEOUTS, startGlobals, stopGlobals } from './globals.js';
import { reloadServices } from './reload.js';
import { ServiceRun } from './service-run.js';
import { Suspension, waitsFor } from './suspension.js';
import {
  beginsUp,
  effectiveWeight,
  isUp,
  realServerOf,
  sorryOf,
  type WatchedServer,
} from './watched-server.js';

/** What a machine works with. */
export interface MachineOptions {
  /** What is in force at the start. */
  readonly configuration: KeepalivedConfiguration;
  /** What drives it. */
  readonly timers: Timers;
  /** Where the random part of `warmup` comes from. */
  readonly random: RandomSource;
  /** Makes checks. */
  readonly runCheck: RunCheck;
  /** Does a command; the answer is why it is refused. */
  readonly kernel: (command: IpvsCommand) => KernelRefusal | undefined;
  /** The timeouts of connections before the start; default the kernel's own. */
  readonly timeouts?: ConnectionTimeouts;
  /** Takes log lines; default: they are dropped. */
  readonly log?: (line: string) => void;
  /** Runs scripts; default: they are not run. */
  readonly notify?: (script: Script) => void;
  /** The behavior; default strict. */
  readonly behavior?: BehaviorName | KeepalivedBehavior;
}

const OPTION_NAMES: OptionNames<MachineOptions> = {
  configuration: true,
  timers: true,
  random: true,
  runCheck: true,
  kernel: true,
  timeouts: true,
  log: true,
  notify: true,
  behavior: true,
};

/** A running configuration. */
export class KeepalivedMachine {
  /**
   * The services at work, in order.
   *
   * @internal
   */
  services: ServiceRun[] = [];
  /** What is in force. */
  configuration: KeepalivedConfiguration;
  /** Which of the recorded habits are followed. */
  readonly behavior: KeepalivedBehavior;

  private readonly options: MachineOptions;
  private readonly timeouts: ConnectionTimeouts;
  private readonly log: (line: string) => void;
  private readonly suspension = new Suspension();

  /**
   * @param options - What it works with.
   * @throws {TypeError} When an option has an unknown name.
   */
  constructor(options: MachineOptions) {
    requireKnownOptions('create a machine', options, OPTION_NAMES);
    this.options = options;
    this.timeouts = options.timeouts ?? KERNEL_TIMEOUTS;
    this.configuration = options.configuration;
    this.behavior = behaviorOf(options.behavior ?? 'strict');
    this.log = options.log ?? ((): void => undefined);
  }

  /** Whether every server is up. */
  get isWell(): boolean {
    return this.services.every(({ pool }) => pool.servers.every(({ alive }) => alive));
  }

  /** Loads the rules and starts to check. */
  start(): void {
    const { globals, services } = this.configuration;
    if (services.length > 0) this.log('Initializing ipvs');
    startGlobals(globals, this.timeouts, this.options.kernel);
    for (const configuration of services) this.startService(configuration);
    this.log('Startup complete');
    this.startChecks();
    if (globals.initNotifies) this.notifyAlive();
  }

  /**
   * Stops to check, and deletes what was loaded.
   *
   * @param keepRules - Whether rules stay, as `-I` says; default `false`.
   */
  stop(keepRules = false): void {
    this.log('Stopping');
    this.stopChecks();
    const { globals } = this.configuration;
    if (!keepRules) {
      if (globals.flushOnStop === 'all') this.options.kernel({ command: 'flush' });
      else for (const service of this.services) this.stopService(service, globals);
      stopGlobals(globals, this.timeouts, this.options.kernel);
    }
    this.services = [];
  }

  /** Ends at once, as if killed: rules stay. */
  abandon(): void {
    this.stopChecks();
    this.services = [];
  }

  /**
   * Puts another configuration in force.
   *
   * @param configuration - The new one.
   */
  reload(configuration: KeepalivedConfiguration): void {
    this.stopChecks();
    this.configuration = configuration;
    this.log('Reinitializing ipvs');
    reloadServices(this, this.services, configuration.services, this.log);
    this.settleAfterReload();
    this.startChecks();
    this.log('Reload complete');
  }

  /**
   * Loads one service.
   *
   * @param configuration - The service.
   * @returns The service at work.
   * @internal
   */
  startService(configuration: VirtualServerConfiguration): ServiceRun {
    const service = this.createService(configuration);
    service.addServices(this.newMembers(configuration));
    this.services.push(service);
    service.pool.start();
    return service;
  }

  /**
   * Makes a service without loading it.
   *
   * @param configuration - The service.
   * @returns The service.
   * @internal
   */
  createService(configuration: VirtualServerConfiguration): ServiceRun {
    const servers: WatchedServer[] = [];
    const { sorryServer } = configuration;
    const sorry = sorryServer === undefined ? undefined : sorryOf(sorryServer, configuration);
    const { kernel, notify = (): void => undefined } = this.options;
    const tools = { behavior: this.behavior, kernel, log: this.log, notify };
    const service = new ServiceRun(configuration, servers, sorry, tools);
    service.pool.servers = configuration.servers.map((server) => {
      return this.createServer(service, server);
    });
    return service;
  }

  /**
   * Makes a server with its checkers.
   *
   * @param service - Its service.
   * @param configuration - The server.
   * @returns The server, not in the table yet.
   * @internal
   */
  createServer(service: ServiceRun, configuration: RealServerConfiguration): WatchedServer {
    const server = realServerOf(configuration, service.configuration);
    const usable = configuration.checkers.filter((checker) => this.isUsable(checker));
    server.checkers = usable.map((checker) => {
      return this.createChecker(service, server, checker, beginsUp(checker));
    });
    server.alive = isUp(server);
    return server;
  }

  /**
   * Makes a checker.
   *
   * @param service - Its service.
   * @param server - Its server.
   * @param checker - What is configured.
   * @param up - Its initial state.
   * @returns The checker, not started.
   * @internal
   */
  createChecker(
    service: ServiceRun,
    server: WatchedServer,
    checker: Checker,
    up: boolean,
  ): CheckerRun {
    const { timers, random, runCheck } = this.options;
    const tools = { timers, random, runCheck, log: this.log };
    return new CheckerRun(checker, this.ownerOf(service, server), tools, up);
  }

  /**
   * Whom a checker belongs to.
   *
   * @param service - The service.
   * @param server - The server.
   * @returns The owner.
   * @internal
   */
  ownerOf(service: ServiceRun, server: WatchedServer): CheckerOwner {
    return {
      service: () => service.configuration,
      server: () => server.configuration as RealServerConfiguration,
      label: () => server.label,
      weighed: (silently) => {
        const { weight } = server.configuration as RealServerConfiguration;
        const effective = effectiveWeight(weight, server.checkers);
        if (silently) server.weight = effective;
        else service.pool.changeWeight(server, effective);
      },
      changed: (checker) => this.settle(service, server, checker),
      active: () => this.suspension.isActive(service.configuration),
    };
  }

  /** Brings a server up or down, as its checkers say. */
  private settle(service: ServiceRun, server: WatchedServer, checker: CheckerRun): void {
    const { pool } = service;
    const configuration = server.configuration as RealServerConfiguration;
    const up = isUp(server);
    if (up === server.alive) return;
    if (up) pool.bringUp(server);
    else pool.takeDown(server);
    // What the table refuses is no server that is up: its next good check tries again.
    if (up && !server.alive) checker.cycle.up = false;
    if (up !== server.alive) return;
    service.notify(up ? configuration.notifyUp : configuration.notifyDown);
  }

  /**
   * Whether a checker can be run: a script that is not there is no check; nor is what others check.
   *
   * @param checker - The checker.
   * @internal
   */
  isUsable({ kind, misc }: Checker): boolean {
    if (kind === 'BFD_CHECK' || kind === 'FILE_CHECK') return false;
    return kind !== 'MISC_CHECK' || misc.script?.program !== undefined;
  }

  /** Members that no service before has: a group that is used twice is added once. */
  private newMembers(configuration: VirtualServerConfiguration): readonly Member[] {
    const { group, protocol, family } = configuration;
    const before = this.services.some(({ configuration: other }) => {
      return (
        group !== undefined &&
        other.group === group &&
        other.protocol === protocol &&
        other.family === family
      );
    });
    return before ? [] : configuration.members;
  }

  /**
   * An address came to this host, or left it: services with `ha_suspend` check while theirs is there.
   *
   * @param address - The address.
   * @param present - Whether it is there now.
   */
  setAddress(address: string, present: boolean): void {
    if (!this.suspension.setAddress(address, present)) return;
    const suspended = this.services.filter(({ configuration }) => waitsFor(configuration, address));
    if (suspended.length === 0) return;
    this.log(`Netlink reflector reports IP ${address} ${present ? 'added' : 'removed'}`);
    for (const service of suspended)
      this.logCheckers(service, present ? 'Activating' : 'Suspending');
  }

  /** Checkers that are not the same any more begin up: a server that was down comes alive at once. */
  private settleAfterReload(): void {
    for (const service of this.services) {
      for (const server of service.pool.servers) {
        const up = isUp(server);
        if (up !== server.alive && up) service.pool.bringUp(server);
      }
    }
  }

  private startChecks(): void {
    for (const service of this.services) {
      const isActive = this.suspension.isActive(service.configuration);
      this.logCheckers(service, isActive ? 'Activating' : 'Deactivating');
      for (const { checkers } of service.pool.servers)
        for (const checker of checkers) checker.start();
    }
  }

  private logCheckers({ configuration, pool }: ServiceRun, what: string): void {
    for (const { label, checkers } of pool.servers) {
      for (let count = checkers.length; count > 0; count -= 1) {
        this.log(`${what} healthchecker for service ${label} for VS ${configuration.label}`);
      }
    }
  }

  private stopChecks(): void {
    for (const { pool } of this.services) {
      for (const { checkers } of pool.servers) for (const checker of checkers) checker.stop();
    }
  }

  private notifyAlive(): void {
    for (const service of this.services) {
      for (const { alive, configuration } of service.pool.servers) {
        if (alive && 'notifyUp' in configuration) service.notify(configuration.notifyUp);
      }
    }
  }

  private stopService(service: ServiceRun, { flushOnStop }: GlobalConfiguration): void {
    const { configuration, pool } = service;
    const { omega, label, quorumDown } = configuration;
    if (flushOnStop !== undefined) return service.deleteServices();
    if (pool.sorry?.listed === true) service.remove(pool.sorry);
    for (const server of pool.servers) {
      const inhibited = server.inhibit && !server.alive ? '(inhibited) ' : '';
      this.log(`Shutting down ${inhibited}service ${server.label} from VS ${label}`);
      if (server.listed) service.remove(server);
      if (omega && server.alive && 'notifyDown' in server.configuration) {
        service.notify(server.configuration.notifyDown);
      }
    }
    service.deleteServices();
    if (omega) service.notify(quorumDown);
  }
}
