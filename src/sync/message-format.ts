/**
 * The layout of synchronization messages, all numbers big-endian, and whether one is of version 1 or 0.
 *
 * Source: datagrams recorded from Linux 6.1.192.
 */
import { FLAG_IN_SEQ, FLAG_OUT_SEQ } from '../connections/entries/flags.js';
import { SEQUENCE_BYTES, type SyncEntry } from './sync-entry.js';

/** The version of a message: 1 is the default, 0 carries IPv4 only and neither timeouts nor marks. */
export type SyncVersion = 0 | 1;

/** Bytes of the header of a version 1 message. */
export const HEADER_BYTES_1 = 8;
/** Bytes of the header of a version 0 message. */
export const HEADER_BYTES_0 = 4;
/** Bytes of a version 1 entry over IPv4, without options. */
export const ENTRY_BYTES_IPV4 = 36;
/** Bytes of a version 1 entry over IPv6, without options. */
export const ENTRY_BYTES_IPV6 = 72;
/** Bytes of a version 0 entry, without sequence data. */
export const ENTRY_BYTES_0 = 24;
/** The most entries of a message: their number has one byte. */
export const MAX_ENTRIES = 255;
/** Type and length of an option. */
export const OPTION_HEAD_BYTES = 2;
/** The option with sequence data. */
export const OPTION_SEQUENCE = 1;
/** The option with the data of a persistence engine. */
export const OPTION_ENGINE_DATA = 2;
/** The option with the name of a persistence engine. */
export const OPTION_ENGINE_NAME = 3;
/** In the type of an option: a receiver that does not know it may ignore it. */
export const OPTION_MAY_SKIP = 0x40;
/** The flags of an entry with sequence data. */
export const SEQUENCE_FLAGS: number = FLAG_IN_SEQ | FLAG_OUT_SEQ;
/**
 * Which version a message has: what is not surely version 1 is read as version 0.
 *
 * @param bytes - The message, unchecked.
 * @returns `true` for version 1.
 */
export function isVersion1(bytes: Uint8Array): boolean {
  if (bytes.length < HEADER_BYTES_1) return false;
  return bytes[5] === 1 && bytes[0] === 0 && bytes[6] === 0 && bytes[7] === 0;
}

/** Bytes of a message's header. */
export function headerBytes(version: SyncVersion): number {
  return version === 1 ? HEADER_BYTES_1 : HEADER_BYTES_0;
}

/**
 * Bytes of an entry with its options, without padding.
 *
 * @param entry - The entry.
 * @param version - The version of the message.
 * @returns 24–395.
 */
export function entryBytes(entry: SyncEntry, version: SyncVersion): number {
  const hasSequence = (entry.flags & SEQUENCE_FLAGS) !== 0;
  if (version === 0) return hasSequence ? ENTRY_BYTES_0 + SEQUENCE_BYTES : ENTRY_BYTES_0;
  let bytes = entry.key.family === 4 ? ENTRY_BYTES_IPV4 : ENTRY_BYTES_IPV6;
  if (hasSequence) bytes += OPTION_HEAD_BYTES + SEQUENCE_BYTES;
  if (entry.engineData !== undefined) bytes += OPTION_HEAD_BYTES + entry.engineData.length;
  if (entry.engineName !== undefined) bytes += OPTION_HEAD_BYTES + entry.engineName.length;
  return bytes;
}
