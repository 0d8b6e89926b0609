/**
 * Reads synchronization messages: any bytes end in entries or in a reason, never in an exception.
 *
 * Three kinds of fault: the whole message is ignored; the rest of the message is dropped, what came
 * before it stays; or one entry is skipped. Nothing outside the message is read. Cost: linear in the
 * message, no allocation per entry without options. Source: a receiver recorded from Linux 6.1.192.
 */
import {
  FLAG_INACTIVE,
  FLAG_NO_CLIENT_PORT,
  FLAG_NO_OUTPUT,
  FLAG_ONE_PACKET,
  FLAG_TEMPLATE,
  METHOD_BITS,
} from '../connections/entries/flags.js';
import { requireInteger } from '../errors.js';
import { kernelRules } from '../model/kernel-profile.js';
import { readInt32, readUint16, readUint32 } from '../wire/bytes.js';
import { type EntryFault, faultOfEntry, type SyncRules } from './skipped-entries.js';
import {
  ENTRY_BYTES_0,
  ENTRY_BYTES_IPV4,
  ENTRY_BYTES_IPV6,
  HEADER_BYTES_0,
  HEADER_BYTES_1,
  isVersion1,
  SEQUENCE_FLAGS,
} from './message-format.js';
import { type OptionsFault, OptionsReader } from './options-reader.js';
import { SEQUENCE_BYTES, SyncEntry } from './sync-entry.js';

/** The flags that a receiver looks at. */
const DECODED_FLAGS: number =
  METHOD_BITS |
  FLAG_NO_OUTPUT |
  FLAG_INACTIVE |
  SEQUENCE_FLAGS |
  FLAG_NO_CLIENT_PORT |
  FLAG_TEMPLATE |
  FLAG_ONE_PACKET;

/** Why a whole message is ignored. */
export type MessageFault = 'message-too-short' | 'message-length-wrong' | 'other-sync-id';
/** Why the rest of a message is dropped. */
export type RestFault =
  | 'entry-truncated'
  | 'entry-version-unknown'
  | 'entry-type-unknown'
  | 'entry-too-short'
  | 'option-malformed'
  | 'option-twice'
  | 'option-length-wrong';
/** Why a message, the rest of it, or one entry has no effect. */
export type SyncFault = MessageFault | RestFault | EntryFault;

/** Receives what a message holds. */
export interface SyncVisitor {
  /**
   * An entry was read.
   *
   * @param entry - The entry, reused for the next one; views in it are valid during the call.
   * @param version - The version of the message.
   */
  entry(entry: SyncEntry, version: 0 | 1): void;
  /**
   * One entry was skipped; the next one is read.
   *
   * @param fault - Why.
   */
  skipped(fault: EntryFault): void;
}

/** Reads messages for one receiver. */
export class SyncDecoder {
  private readonly entry = new SyncEntry();
  private readonly options = new OptionsReader();
  private readonly syncId: number;
  private readonly engines: ReadonlySet<string>;
  private readonly rules: SyncRules;

  /**
   * @param syncId - The receiver's own id, 0–255: messages with another one are ignored; 0 takes all;
   *   default 0.
   * @param engines - The names of the persistence engines that the receiver has; default none.
   * @param rules - What the receiver's kernel checks; default the newest one's.
   * @throws {RangeError} When the id is out of range.
   */
  constructor(syncId = 0, engines: Iterable<string> = [], rules: SyncRules = kernelRules()) {
    this.rules = rules;
    this.syncId = requireInteger('sync id', syncId, 0, 255);
    this.engines = new Set(engines);
  }

  /**
   * Reads one message.
   *
   * @param bytes - The UDP payload.
   * @param visitor - Receives entries and the reasons of those that are skipped.
   * @returns Why the message or its rest is dropped; `undefined` when all of it was read.
   */
  decode(bytes: Uint8Array, visitor: SyncVisitor): MessageFault | RestFault | undefined {
    if (bytes.length < HEADER_BYTES_0) return 'message-too-short';
    if (readUint16(bytes, 2) !== bytes.length) return 'message-length-wrong';
    if (this.syncId !== 0 && bytes[1] !== this.syncId) return 'other-sync-id';
    return isVersion1(bytes) ? this.decode1(bytes, visitor) : this.decode0(bytes, visitor);
  }

  private decode1(bytes: Uint8Array, visitor: SyncVisitor): RestFault | undefined {
    let at = HEADER_BYTES_1;
    for (let left = bytes[4]; left > 0; left--) {
      if (at + ENTRY_BYTES_IPV4 > bytes.length) return 'entry-truncated';
      const head = readUint16(bytes, at + 2);
      const length = head & 0xfff;
      if (at + length > bytes.length) return 'entry-truncated';
      if (head >>> 12 !== 0) return 'entry-version-unknown';
      const fault = this.decodeEntry1(bytes, at, length, visitor);
      if (fault !== undefined) return fault;
      at += (length + 3) & ~3;
    }
    return undefined;
  }

  private decodeEntry1(
    bytes: Uint8Array,
    at: number,
    length: number,
    visitor: SyncVisitor,
  ): RestFault | undefined {
    const type = bytes[at];
    if (type !== 0 && (type & 1) === 0) return 'entry-type-unknown';
    const fixed = type === 0 ? ENTRY_BYTES_IPV4 : ENTRY_BYTES_IPV6;
    if (length < fixed) return 'entry-too-short';
    const { entry } = this;
    readFields1(entry, bytes, at);
    if (type === 0) readAddresses4(entry, bytes, at + 24);
    else readAddresses6(entry, bytes, at + 24);
    const fault = this.options.read(entry, bytes, at + fixed, at + length);
    if (isRestFault(fault)) return fault;
    this.visit(fault, 1, visitor);
    return undefined;
  }

  private decode0(bytes: Uint8Array, visitor: SyncVisitor): RestFault | undefined {
    const { entry } = this;
    let at = HEADER_BYTES_0;
    for (let left = bytes[0]; left > 0; left--) {
      if (at + ENTRY_BYTES_0 > bytes.length) return 'entry-truncated';
      readFields0(entry, bytes, at);
      at += ENTRY_BYTES_0;
      if ((entry.flags & SEQUENCE_FLAGS) !== 0) {
        if (at + SEQUENCE_BYTES > bytes.length) return 'entry-truncated';
        entry.sequence = bytes.subarray(at, at + SEQUENCE_BYTES);
        at += SEQUENCE_BYTES;
      }
      this.visit(undefined, 0, visitor);
    }
    return undefined;
  }

  private visit(fault: EntryFault | undefined, version: 0 | 1, visitor: SyncVisitor): void {
    const wrong = fault ?? faultOfEntry(this.entry, this.engines, this.rules);
    if (wrong === undefined) visitor.entry(this.entry, version);
    else visitor.skipped(wrong);
  }
}

function isRestFault(fault: OptionsFault | undefined): fault is RestFault & OptionsFault {
  return fault !== undefined && fault !== 'option-unknown';
}

function readFields1(entry: SyncEntry, bytes: Uint8Array, at: number): void {
  const { key } = entry;
  key.protocol = bytes[at + 1];
  entry.flags = readUint32(bytes, at + 4) & DECODED_FLAGS;
  entry.state = readUint16(bytes, at + 8);
  key.clientPort = readUint16(bytes, at + 10);
  key.virtualPort = readUint16(bytes, at + 12);
  entry.serverPort = readUint16(bytes, at + 14);
  entry.mark = readUint32(bytes, at + 16);
  entry.timeoutSeconds = readUint32(bytes, at + 20);
  clearOptions(entry);
}

function readFields0(entry: SyncEntry, bytes: Uint8Array, at: number): void {
  const { key } = entry;
  key.protocol = bytes[at + 1];
  key.clientPort = readUint16(bytes, at + 2);
  key.virtualPort = readUint16(bytes, at + 4);
  entry.serverPort = readUint16(bytes, at + 6);
  readAddresses4(entry, bytes, at + 8);
  entry.flags = readUint16(bytes, at + 20) & DECODED_FLAGS;
  entry.state = readUint16(bytes, at + 22);
  entry.mark = 0;
  entry.timeoutSeconds = 0;
  clearOptions(entry);
}

function clearOptions(entry: SyncEntry): void {
  entry.sequence = undefined;
  entry.engineData = undefined;
  entry.engineName = undefined;
}

function readAddresses4(entry: SyncEntry, bytes: Uint8Array, at: number): void {
  const { key } = entry;
  key.family = 4;
  key.client0 = key.client1 = key.client2 = 0;
  key.client3 = readInt32(bytes, at);
  key.virtual0 = key.virtual1 = key.virtual2 = 0;
  key.virtual3 = readInt32(bytes, at + 4);
  entry.server0 = entry.server1 = entry.server2 = 0;
  entry.server3 = readInt32(bytes, at + 8);
}

function readAddresses6(entry: SyncEntry, bytes: Uint8Array, at: number): void {
  const { key } = entry;
  key.family = 6;
  key.client0 = readInt32(bytes, at);
  key.client1 = readInt32(bytes, at + 4);
  key.client2 = readInt32(bytes, at + 8);
  key.client3 = readInt32(bytes, at + 12);
  key.virtual0 = readInt32(bytes, at + 16);
  key.virtual1 = readInt32(bytes, at + 20);
  key.virtual2 = readInt32(bytes, at + 24);
  key.virtual3 = readInt32(bytes, at + 28);
  entry.server0 = readInt32(bytes, at + 32);
  entry.server1 = readInt32(bytes, at + 36);
  entry.server2 = readInt32(bytes, at + 40);
  entry.server3 = readInt32(bytes, at + 44);
}
