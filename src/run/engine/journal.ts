/**
 * The journal: what a director would have to know of its connections after a crash.
 *
 * New entries and changes of state are appended as synchronization messages, at the latest some milliseconds after
 * they happened. Reading the journal back is what a backup does with the messages of a master, so the rules of both
 * are one. When the journal is much longer than its entries it is written again, a few entries at a time, beside
 * the old one, which is in force until the new one is complete. Cost: one comparison per packet of a client.
 */
import type { DueFields, SynchronizedEntries } from '../../connections/synchronized-entries.js';
import { IpAddress } from '../../ip-address.js';
import { SyncBackup } from '../../sync/backup.js';
import { SyncMessageWriter } from '../../sync/message-writer.js';
import { SyncEntry } from '../../sync/sync-entry.js';
import type { SyncDaemon, SyncRole } from '../../sync/sync-daemon.js';
import type { SyncEnvironment, SyncPart } from '../../sync/sync-part.js';

/** How long an entry may wait to be written. */
const WAIT_MS = 20;
const MESSAGE_BYTES = 32_768;
/** Entries that are written again in one go. */
const REWRITTEN_AT_ONCE = 2000;
const REWRITE_INTERVAL_MS = 20;
/** A journal that is not longer is left as it is. */
const SHORT_BYTES = 1 << 22;
/** What an entry occupies, about. */
const ENTRY_BYTES = 48;
const SYNC_ID = 0;
const VERSION = 1;
const NONE = -1;
/** The daemon that reads a journal; only its id matters. */
const READER: SyncDaemon = {
  role: 'backup',
  device: '',
  syncId: SYNC_ID,
  maxLengthBytes: MESSAGE_BYTES,
  group: IpAddress.fromIpv4(0),
  port: 0,
  ttl: 0,
};

/** Where a journal is kept. */
export interface JournalFiles {
  /**
   * Appends a message to the journal in force.
   *
   * @param bytes - A buffer that is reused after the call.
   * @param length - Bytes of the message.
   */
  append(bytes: Uint8Array, length: number): void;
  /** Begins a new journal beside the one in force. */
  begin(): void;
  /**
   * Appends a message to the new journal.
   *
   * @param bytes - A buffer that is reused after the call.
   * @param length - Bytes of the message.
   */
  appendNew(bytes: Uint8Array, length: number): void;
  /** Puts the new journal in the place of the one in force. */
  replace(): void;
}

/** Keeps the journal of one director; given to it in the place of its synchronization. */
export class Journal implements SyncPart {
  readonly isStandby = false;
  dueMs: number = Infinity;
  /** Bytes of the journal in force. */
  private bytesWritten = 0;
  /** The next slot to be written again; −1 while nothing is. */
  private cursor = NONE;
  private readonly environment: SyncEnvironment;
  private readonly entries: SynchronizedEntries;
  private readonly files: JournalFiles;
  private readonly present: SyncMessageWriter;
  private readonly next: SyncMessageWriter;
  private nextBytes = 0;
  private readonly entry = new SyncEntry();
  private readonly fields: DueFields = {
    protocol: 0,
    isTemplate: false,
    hasTemplate: false,
    state: 0,
    timeoutMs: 0,
  };

  /**
   * @param environment - The director's connections and services.
   * @param files - Where the journal is kept.
   */
  constructor(environment: SyncEnvironment, files: JournalFiles) {
    this.environment = environment;
    this.entries = environment.table.synchronized;
    this.files = files;
    this.present = new SyncMessageWriter(SYNC_ID, MESSAGE_BYTES, (bytes, length) => {
      this.bytesWritten += length;
      files.append(bytes, length);
    });
    this.next = new SyncMessageWriter(SYNC_ID, MESSAGE_BYTES, (bytes, length) => {
      this.nextBytes += length;
      files.appendNew(bytes, length);
    });
  }

  /**
   * Reads a journal back into the connection table.
   *
   * @param journal - Its bytes; the last message may be cut.
   * @returns How many entries there are now.
   */
  replay(journal: Uint8Array): number {
    const { environment } = this;
    const backup = new SyncBackup(READER, environment);
    const now = environment.advance();
    for (let at = 0; at + 4 <= journal.length;) {
      const length = (journal[at + 2] << 8) | journal[at + 3];
      if (length < 8 || at + length > journal.length) break;
      backup.receive(journal.subarray(at, at + length), now);
      at += length;
    }
    this.rewrite(now);
    return environment.table.size;
  }

  /** Writes what waits. */
  flush(): void {
    this.present.flush();
    if (this.cursor !== NONE) this.next.flush();
  }

  clientPacket(slot: number, now: number): void {
    this.look(slot, now);
    const controller = this.entries.controller(slot);
    if (controller !== NONE) this.look(controller, now);
  }

  onePacket(template: number, now: number): void {
    if (template !== NONE) this.look(template, now);
  }

  connectionRemoved(slot: number): void {
    this.entries.forget(slot);
  }

  templateRearmed(): void {
    // A template that is read back gets its whole time again.
  }

  start(): void {
    // Daemons are refused before they come here.
  }

  stop(_role: SyncRole): void {
    // No daemon runs.
  }

  tick(now: number): void {
    this.present.flush();
    if (this.cursor === NONE && this.isLong) this.rewrite(now);
    if (this.cursor !== NONE) this.rewriteSome(now);
    this.dueMs = this.cursor === NONE ? Infinity : now + REWRITE_INTERVAL_MS;
  }

  private get isLong(): boolean {
    const needed = this.environment.table.size * ENTRY_BYTES;
    return this.bytesWritten > SHORT_BYTES && this.bytesWritten > 2 * needed;
  }

  /** Records an entry when its state is not the one that was recorded. */
  private look(slot: number, now: number): void {
    const { entries, fields } = this;
    entries.readDue(slot, fields);
    const recorded = (fields.state << 1) | 1;
    if (entries.sent.get(slot) === recorded) return;
    entries.sent.set(slot, recorded);
    entries.read(slot, this.entry);
    this.present.append(this.entry, VERSION, now);
    if (this.cursor !== NONE) this.next.append(this.entry, VERSION, now);
    this.dueMs = Math.min(this.dueMs, now + WAIT_MS);
  }

  private rewrite(now: number): void {
    this.files.begin();
    this.nextBytes = 0;
    this.cursor = this.environment.table.next(NONE);
    if (this.cursor === NONE) this.finish();
    else this.dueMs = Math.min(this.dueMs, now + REWRITE_INTERVAL_MS);
  }

  private rewriteSome(now: number): void {
    const { table } = this.environment;
    for (let left = REWRITTEN_AT_ONCE; left > 0 && this.cursor !== NONE; left--) {
      this.entries.read(this.cursor, this.entry);
      this.next.append(this.entry, VERSION, now);
      this.cursor = table.next(this.cursor);
    }
    if (this.cursor === NONE) this.finish();
  }

  private finish(): void {
    this.next.flush();
    this.files.replace();
    this.bytesWritten = this.nextBytes;
  }
}
