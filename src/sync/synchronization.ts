/**
 * The daemons of one director: at most one master and one backup, started and stopped by its administrator.
 */
import { REARM_MS } from '../connections/entries/initial-state.js';
import { type OptionNames, requireKnownOptions } from '../errors.js';
import { SyncBackup } from './backup.js';
import { SyncMaster } from './master.js';
import type { SyncDaemon, SyncRole } from './sync-daemon.js';
import type { SyncEnvironment, SyncFactory, SyncPart, SyncStatistics } from './sync-part.js';
import type { SyncChannel, SyncTransport } from './sync-transport.js';

/** What {@link synchronization} takes. */
export interface SynchronizationOptions {
  /** Carries the messages. */
  readonly transport: SyncTransport;
}

const OPTION_NAMES: OptionNames<SynchronizationOptions> = { transport: true };

/**
 * Makes the optional part of a director that speaks with the sync daemons of other directors, kernels
 * included: `--start-daemon master` announces connections and templates, `--start-daemon backup` takes
 * them over.
 *
 * @param options - The transport.
 * @returns The `sync` option of a director.
 * @throws {TypeError} When an option has an unknown name.
 * @example
 * {@includeCode ../../docs/examples/synchronization.ts}
 */
export function synchronization(options: SynchronizationOptions): SyncFactory {
  requireKnownOptions('synchronize', options, OPTION_NAMES);
  return (environment) => new Synchronization(environment, options.transport);
}

/** The daemons that run. */
class Synchronization implements SyncPart {
  private readonly environment: SyncEnvironment;
  private readonly transport: SyncTransport;
  private master: { daemon: SyncMaster; channel: SyncChannel } | undefined;
  private backup: { daemon: SyncBackup; channel: SyncChannel } | undefined;

  constructor(environment: SyncEnvironment, transport: SyncTransport) {
    this.environment = environment;
    this.transport = transport;
  }

  get dueMs(): number {
    return this.master?.daemon.dueMs ?? Infinity;
  }

  get isStandby(): boolean {
    return this.backup !== undefined && this.environment.tunables.backup_only !== 0;
  }

  get statistics(): SyncStatistics {
    return { sent: this.master?.daemon.statistics, received: this.backup?.daemon.statistics };
  }

  start(daemon: SyncDaemon, now: number): void {
    if (daemon.role === 'master') this.startMaster(daemon, now);
    else this.startBackup(daemon);
  }

  stop(role: SyncRole): void {
    if (role === 'backup') {
      this.backup?.channel.close();
      this.backup = undefined;
      return;
    }
    this.master?.daemon.flush();
    this.master?.channel.close();
    this.master = undefined;
  }

  clientPacket(slot: number, now: number): void {
    this.master?.daemon.clientPacket(slot, now);
  }

  uncountedPackets(slot: number, now: number): void {
    this.master?.daemon.uncountedPackets(slot, now);
  }

  onePacket(template: number, now: number): void {
    if (template >= 0) this.master?.daemon.lookAtTemplate(template, now);
  }

  connectionRemoved(slot: number): void {
    this.environment.table.synchronized.forget(slot);
  }

  templateRearmed(slot: number): void {
    const { table } = this.environment;
    this.master?.daemon.templateRearmed(slot, table.expiryMs(slot) - REARM_MS);
  }

  tick(now: number): void {
    this.master?.daemon.tick(now);
  }

  private startMaster(daemon: SyncDaemon, now: number): void {
    const { environment, transport } = this;
    const channel = transport.open(daemon, environment.tunables.sync_ports, () => undefined);
    const master = new SyncMaster(daemon, environment, channel, now);
    this.master = { daemon: master, channel };
  }

  private startBackup(daemon: SyncDaemon): void {
    const backup = new SyncBackup(daemon, this.environment);
    const { environment, transport } = this;
    const receive = (bytes: Uint8Array): void => {
      backup.receive(bytes, environment.advance());
    };
    const channel = transport.open(daemon, environment.tunables.sync_ports, receive);
    this.backup = { daemon: backup, channel };
  }
}
