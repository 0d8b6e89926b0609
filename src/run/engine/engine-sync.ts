/**
 * What an engine gives its director as synchronization: its journal, and the daemons that its administrator starts.
 *
 * An engine opens no socket. The supervisor sends what the master announces, and passes on what comes for the backup.
 * Of a spare engine the daemons wait until it takes over, since those of the engine that works run. Entries
 * that the backup receives go into the journal like all others, so the next engine has them.
 */
import type { SyncDaemon, SyncRole } from '../../sync/sync-daemon.js';
import type { SyncEnvironment, SyncPart, SyncStatistics } from '../../sync/sync-part.js';
import type { SyncChannel, SyncTransport } from '../../sync/sync-transport.js';
import { synchronization } from '../../sync/synchronization.js';
import { Journal, type JournalFiles } from './journal-writer.js';
import type { Announcement } from './messages.js';

/** The journal and the daemons of one director. */
export class EngineSync implements SyncPart {
  /** The journal. */
  readonly journal: Journal;
  private readonly daemons: SyncPart;
  private readonly waiting = new Map<SyncRole, SyncDaemon>();
  private isActive = false;
  private receive: ((bytes: Uint8Array) => void) | undefined;

  /**
   * @param environment - The director's connections and services.
   * @param files - Where the journal is kept.
   * @param announce - Takes the messages of the master.
   */
  constructor(
    environment: SyncEnvironment,
    files: JournalFiles,
    announce: (message: Announcement) => void,
  ) {
    const journal = new Journal(environment, files);
    const transport: SyncTransport = {
      open: ({ role }, _ports, receive): SyncChannel => {
        if (role === 'backup') this.receive = receive;
        return {
          send: (bytes, length, port) =>
            announce({ port, bytes: Buffer.from(bytes.subarray(0, length)).toString('base64') }),
          close: () => {
            if (role === 'backup') this.receive = undefined;
          },
        };
      },
    };
    this.journal = journal;
    this.daemons = synchronization({ transport })({
      ...environment,
      entryReceived: (slot, now) => journal.entryReceived(slot, now),
    });
  }

  get statistics(): SyncStatistics {
    return this.daemons.statistics;
  }

  get isStandby(): boolean {
    return this.daemons.isStandby;
  }

  get dueMs(): number {
    return Math.min(this.journal.dueMs, this.daemons.dueMs);
  }

  /**
   * From now on the journal is written, and the daemons run.
   *
   * @param now - The present time in milliseconds.
   */
  begin(now: number): void {
    this.isActive = true;
    this.journal.begin();
    for (const daemon of this.waiting.values()) this.daemons.start(daemon, now);
    this.waiting.clear();
  }

  /** Writes and announces what waits; the engine ends. */
  end(): void {
    this.journal.flush();
    this.daemons.stop('master');
  }

  /**
   * Takes messages for the backup; without one they have no effect.
   *
   * @param messages - In base 64.
   */
  take(messages: readonly string[]): void {
    for (const message of messages) this.receive?.(Buffer.from(message, 'base64'));
  }

  start(daemon: SyncDaemon, now: number): void {
    if (this.isActive) this.daemons.start(daemon, now);
    else this.waiting.set(daemon.role, daemon);
  }

  stop(role: SyncRole): void {
    if (!this.waiting.delete(role)) this.daemons.stop(role);
  }

  clientPacket(slot: number, now: number): void {
    this.journal.clientPacket(slot, now);
    this.daemons.clientPacket(slot, now);
  }

  uncountedPackets(slot: number, now: number): void {
    this.journal.clientPacket(slot, now);
    this.daemons.uncountedPackets(slot, now);
  }

  onePacket(template: number, now: number): void {
    this.journal.onePacket(template, now);
    this.daemons.onePacket(template, now);
  }

  connectionRemoved(slot: number): void {
    this.journal.connectionRemoved(slot);
    this.daemons.connectionRemoved(slot);
  }

  templateRearmed(slot: number): void {
    // The journal needs no word of it: a template that is read back gets its whole time again.
    this.daemons.templateRearmed(slot);
  }

  tick(now: number): void {
    if (this.journal.dueMs <= now) this.journal.tick(now);
    if (this.daemons.dueMs <= now) this.daemons.tick(now);
  }
}
