/**
 * The journal: what a director would have to know of its connections after a crash.
 *
 * Entries are appended as synchronization messages: a new one before its first packet leaves, so that no connection is
 * lost whose client has an answer, and changes of state within milliseconds while packets come.
 * An entry in use is recorded again each quarter of its timeout, so that a reader never holds an entry to be over
 * that is in use, and never keeps one that is over. When the journal is much longer than its entries, or could not
 * be written, it is written again, a few entries at a time, beside the old one, which is in force until the new one
 * is complete. Cost: one comparison per packet of a client, and one write per connection.
 */
import type {
  DueFields,
  SynchronizedEntries,
} from '../../connections/doors/synchronized-entries.js';
import { SyncMessageWriter } from '../../sync/message-writer.js';
import { SyncEntry } from '../../sync/sync-entry.js';
import type { SyncEnvironment } from '../../sync/sync-part.js';

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
/** How long after a write that failed the journal is written again. */
const RETRY_MS = 1000;
/** The id of the messages of journals. */
export const JOURNAL_SYNC_ID = 0;
const VERSION = 1;
const NONE = -1;
/** The units in which the time of a record is kept, beside the state. */
const TICK_MS = 1024;
const TICK_BITS = 0xff_ffff;
const TICK_SHIFT = 8;
const STATE_BITS = 0xff;

/** Where a journal is kept. */
export interface JournalFiles {
  /**
   * Appends a message to the journal in force.
   *
   * @param bytes - A buffer that is reused after the call.
   * @param length - Bytes of the message.
   * @returns Whether all of it was written; else nothing was.
   */
  append(bytes: Uint8Array, length: number): boolean;
  /** Begins a new journal beside the one in force. */
  begin(): void;
  /**
   * Appends a message to the new journal.
   *
   * @param bytes - A buffer that is reused after the call.
   * @param length - Bytes of the message.
   * @returns Whether all of it was written.
   */
  appendNew(bytes: Uint8Array, length: number): boolean;
  /**
   * Puts the new journal in the place of the one in force.
   *
   * @returns Whether it is.
   */
  replace(): boolean;
}

/** Keeps the journal of one director. */
export class Journal {
  /** When {@link Journal.tick} is due next, in milliseconds. */
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
  /** Whether it is written: that of a spare engine is not. */
  private isActive = false;
  /** When an entry was recorded last. */
  private now = 0;
  /** When the journal is to be written again, since a message is missing in it. */
  private retryMs = Infinity;
  /** Whether a message is missing in the new journal. */
  private isNextIncomplete = false;
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
    this.present = new SyncMessageWriter(JOURNAL_SYNC_ID, MESSAGE_BYTES, (bytes, length) => {
      if (files.append(bytes, length)) this.bytesWritten += length;
      else this.retryMs = Math.min(this.retryMs, this.present.startedMs + RETRY_MS);
    });
    this.next = new SyncMessageWriter(JOURNAL_SYNC_ID, MESSAGE_BYTES, (bytes, length) => {
      this.nextBytes += length;
      if (!files.appendNew(bytes, length)) this.isNextIncomplete = true;
    });
  }

  /** From now on it is written; before that, it is another engine's. */
  begin(): void {
    this.isActive = true;
  }

  /**
   * Writes the journal again from now on, as after one that cannot be continued.
   *
   * @param now - The present time in milliseconds.
   */
  rewrite(now: number): void {
    this.files.begin();
    this.nextBytes = 0;
    this.isNextIncomplete = false;
    this.retryMs = Infinity;
    this.cursor = this.environment.table.next(NONE);
    if (this.cursor === NONE) this.finish(now);
    else this.dueMs = Math.min(this.dueMs, now + REWRITE_INTERVAL_MS);
  }

  /** Writes what waits. */
  flush(): void {
    this.present.flush();
    if (this.cursor !== NONE) this.next.flush();
  }

  /**
   * A packet of a client belonged to a connection; a new one is on disk afterwards.
   *
   * @param slot - The connection.
   * @param now - The present time in milliseconds.
   */
  clientPacket(slot: number, now: number): void {
    this.lookAtUsed(slot, now);
    const controller = this.entries.controller(slot);
    if (controller !== NONE) this.lookAtUsed(controller, now);
  }

  /**
   * A one-packet connection was scheduled.
   *
   * @param template - The template that controls it, or −1.
   * @param now - The present time in milliseconds.
   */
  onePacket(template: number, now: number): void {
    if (template !== NONE) this.lookAtUsed(template, now);
  }

  /**
   * An entry came from another director, or was changed by it; it is on disk soon.
   *
   * @param slot - The entry.
   * @param now - The present time in milliseconds.
   */
  entryReceived(slot: number, now: number): void {
    this.look(slot, now);
  }

  /**
   * An entry is about to leave the table.
   *
   * @param slot - The entry.
   */
  connectionRemoved(slot: number): void {
    if (!this.isActive) return;
    const { entries, fields } = this;
    const { recorded } = entries;
    entries.readDue(slot, fields);
    // A reader that has seen its last state lets it go at the same time; a server's last packet is not recorded.
    if ((recorded.get(slot) & STATE_BITS) !== stateBits(fields.state)) {
      entries.read(slot, this.entry);
      this.entry.timeoutSeconds = 1;
      if (!this.isReplaced(slot)) this.record();
    }
    if (recorded.has(slot)) recorded.set(slot, 0);
  }

  /** Whether the same client has used its port again: a reader would end the new connection with the old one. */
  private isReplaced(slot: number): boolean {
    const { table } = this.environment;
    const { key } = this.entry;
    const found = this.fields.isTemplate ? table.findTemplate(key) : table.findIn(key);
    return found !== NONE && found !== slot;
  }

  /**
   * Writes what has waited long enough.
   *
   * @param now - The present time in milliseconds.
   */
  tick(now: number): void {
    this.present.flush();
    if (this.cursor === NONE && (this.isLong || now >= this.retryMs)) this.rewrite(now);
    if (this.cursor !== NONE) this.rewriteSome(now);
    this.dueMs = this.cursor === NONE ? this.retryMs : now + REWRITE_INTERVAL_MS;
  }

  private get isLong(): boolean {
    const needed = this.environment.table.size * ENTRY_BYTES;
    return this.bytesWritten > SHORT_BYTES && this.bytesWritten > 2 * needed;
  }

  private lookAtUsed(slot: number, now: number): void {
    if (this.look(slot, now)) this.present.flush();
  }

  /**
   * Records an entry when its state is not the one that was recorded, or that was long ago; gives whether it is one that
   * was never recorded before.
   */
  private look(slot: number, now: number): boolean {
    const { entries, fields } = this;
    entries.readDue(slot, fields);
    const state = stateBits(fields.state);
    const tick = Math.floor(now / TICK_MS) & TICK_BITS;
    const recorded = entries.recorded.get(slot);
    const age = (tick - (recorded >>> TICK_SHIFT)) & TICK_BITS;
    if ((recorded & STATE_BITS) === state && age * TICK_MS * 4 <= fields.timeoutMs) {
      return false;
    }
    entries.recorded.set(slot, (tick << TICK_SHIFT) | state);
    entries.read(slot, this.entry);
    this.now = now;
    this.record();
    return (recorded & STATE_BITS) === 0;
  }

  private record(): void {
    const { entry, now } = this;
    this.present.append(entry, VERSION, now);
    if (this.cursor !== NONE) this.next.append(entry, VERSION, now);
    this.dueMs = Math.min(this.dueMs, now + WAIT_MS);
  }

  private rewriteSome(now: number): void {
    const { table } = this.environment;
    for (let left = REWRITTEN_AT_ONCE; left > 0 && this.cursor !== NONE; left--) {
      this.entries.read(this.cursor, this.entry);
      this.next.append(this.entry, VERSION, now);
      this.cursor = table.next(this.cursor);
    }
    // A disk that is full now is full for the rest, too.
    if (this.isNextIncomplete) this.cursor = NONE;
    if (this.cursor === NONE) this.finish(now);
  }

  private finish(now: number): void {
    this.next.flush();
    if (!this.isNextIncomplete && this.files.replace()) this.bytesWritten = this.nextBytes;
    else this.retryMs = now + RETRY_MS;
  }
}

function stateBits(state: number): number {
  return ((state << 1) | 1) & STATE_BITS;
}
