/**
 * Packs connections into synchronization messages of limited length.
 *
 * A message is complete when the next entry does not fit, when it has 255 entries, or when the caller
 * flushes it. The bytes are reused after each message. Cost: constant per entry, no allocation.
 */
import { requireInteger } from '../errors.js';
import { writeUint16 } from '../wire/bytes.js';
import { writeEntry0, writeEntry1 } from './encode-entry.js';
import { entryBytes, headerBytes, MAX_ENTRIES, type SyncVersion } from './message-format.js';
import type { SyncEntry } from './sync-entry.js';

/** The greatest length of a UDP payload. */
const MAX_MESSAGE_BYTES = 65_507;
/** Room for the header and the longest entry. */
const LEAST_MESSAGE_BYTES = 8 + 72 + 26 + 257 + 18;

/**
 * Takes a complete message.
 *
 * @param bytes - The buffer of the writer: valid during the call.
 * @param length - Bytes of the message, from the start of the buffer.
 */
export type SyncSend = (bytes: Uint8Array, length: number) => void;

/** Collects entries and gives complete messages to its owner. */
export class SyncMessageWriter {
  private readonly syncId: number;
  private readonly maxLengthBytes: number;
  private readonly send: SyncSend;
  /** The version of the message that is being filled. */
  private version: SyncVersion = 1;
  private readonly bytes: Uint8Array;
  private length = 0;
  private entries = 0;
  private begunMs = 0;

  /**
   * @param syncId - Which daemons belong together, 0–255.
   * @param maxLengthBytes - The greatest length of a message, 1–65507; an entry longer than that is sent
   *   in a message of its own.
   * @param send - Takes complete messages.
   * @throws {RangeError} When a value is out of range.
   */
  constructor(syncId: number, maxLengthBytes: number, send: SyncSend) {
    this.syncId = requireInteger('sync id', syncId, 0, 255);
    this.maxLengthBytes = requireInteger(
      'maximum message length',
      maxLengthBytes,
      1,
      MAX_MESSAGE_BYTES,
    );
    this.send = send;
    this.bytes = new Uint8Array(Math.max(maxLengthBytes, LEAST_MESSAGE_BYTES));
  }

  /** How many entries wait in the message that is being filled. */
  get pending(): number {
    return this.entries;
  }

  /** When the first entry of the message that is being filled was appended; meaningless without entries. */
  get startedMs(): number {
    return this.begunMs;
  }

  /**
   * Appends an entry. A message that has no room for it, or has another version, is sent first.
   *
   * @param entry - The entry; version 0 takes IPv4 only.
   * @param version - The version of its message.
   * @param now - The present time in milliseconds.
   */
  append(entry: SyncEntry, version: SyncVersion, now: number): void {
    const length = entryBytes(entry, version);
    if (this.entries > 0 && !this.fits(length, version)) this.flush();
    if (this.entries === 0) this.start(version, now);
    const at = this.align();
    if (version === 1) writeEntry1(entry, length, this.bytes, at);
    else writeEntry0(entry, this.bytes, at);
    this.length = at + length;
    this.entries++;
  }

  /** Sends what waits, if anything does. */
  flush(): void {
    if (this.entries === 0) return;
    const { bytes, length, entries } = this;
    writeUint16(bytes, 2, length);
    if (this.version === 1) bytes[4] = entries;
    else bytes[0] = entries;
    this.entries = 0;
    this.send(bytes, length);
  }

  private fits(length: number, version: SyncVersion): boolean {
    if (version !== this.version || this.entries === MAX_ENTRIES) return false;
    const padded = (this.length + 3) & ~3;
    return padded + length <= this.maxLengthBytes;
  }

  private start(version: SyncVersion, now: number): void {
    this.version = version;
    this.begunMs = now;
    this.length = headerBytes(version);
    this.bytes.fill(0, 0, this.length);
    this.bytes[1] = this.syncId;
    if (version === 1) this.bytes[5] = 1;
  }

  /** Fills the message with zeros up to a multiple of four bytes. */
  private align(): number {
    while ((this.length & 3) !== 0) this.bytes[this.length++] = 0;
    return this.length;
  }
}
