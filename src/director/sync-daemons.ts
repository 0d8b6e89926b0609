/**
 * The state of a director's synchronization daemons: which run, and with which settings.
 */
import { IpvsError } from '../errors.js';
import type { SyncDaemon, SyncRole } from '../sync/sync-daemon.js';

/** The daemons of one director: at most one of each role. */
export class SyncDaemons {
  private readonly running = new Map<SyncRole, SyncDaemon>();

  /** How many run. */
  get size(): number {
    return this.running.size;
  }

  /**
   * Starts a daemon.
   *
   * @param daemon - Its settings.
   * @throws {IpvsError} `ERR_DAEMON_RUNNING` when one of its role runs.
   */
  start(daemon: SyncDaemon): void {
    if (this.running.has(daemon.role)) {
      throw new IpvsError('ERR_DAEMON_RUNNING', `Cannot start a ${daemon.role} daemon: one runs`);
    }
    this.running.set(daemon.role, daemon);
  }

  /**
   * Stops a daemon.
   *
   * @param role - Its role.
   * @throws {IpvsError} `ERR_DAEMON_NOT_RUNNING` when none of this role runs.
   */
  stop(role: SyncRole): void {
    if (!this.running.delete(role)) {
      throw new IpvsError('ERR_DAEMON_NOT_RUNNING', `Cannot stop a ${role} daemon: none runs`);
    }
  }

  /**
   * The daemons that run.
   *
   * @returns The master, then the backup.
   */
  list(): readonly SyncDaemon[] {
    const roles = ['master', 'backup'] as const;
    return roles.map((role) => this.running.get(role)).filter((daemon) => daemon !== undefined);
  }
}
