/**
 * Writes one connection into a synchronization message.
 */
import { FLAG_BITS, FLAG_HASHED, FLAG_HELPED } from '../connections/entries/flags.js';
import { writeUint16, writeUint32 } from '../wire/bytes.js';
import {
  ENTRY_BYTES_0,
  ENTRY_BYTES_IPV4,
  ENTRY_BYTES_IPV6,
  OPTION_ENGINE_DATA,
  OPTION_ENGINE_NAME,
  OPTION_HEAD_BYTES,
  OPTION_SEQUENCE,
  SEQUENCE_FLAGS,
} from './message-format.js';
import { SEQUENCE_BYTES, type SyncEntry } from './sync-entry.js';

/** All flags that travel. */
const WIRE_FLAGS = FLAG_BITS & ~(FLAG_HASHED | FLAG_HELPED);

/**
 * Writes an entry of version 1.
 *
 * @param entry - The entry.
 * @param length - Its bytes, by `entryBytes`.
 * @param bytes - The message.
 * @param at - Where the entry begins; there has to be room for its length.
 */
export function writeEntry1(entry: SyncEntry, length: number, bytes: Uint8Array, at: number): void {
  const { key } = entry;
  bytes[at] = key.family === 4 ? 0 : 1;
  bytes[at + 1] = key.protocol;
  writeUint16(bytes, at + 2, length);
  writeUint32(bytes, at + 4, entry.flags & WIRE_FLAGS);
  writeUint16(bytes, at + 8, entry.state);
  writeUint16(bytes, at + 10, key.clientPort);
  writeUint16(bytes, at + 12, key.virtualPort);
  writeUint16(bytes, at + 14, entry.serverPort);
  writeUint32(bytes, at + 16, entry.mark);
  writeUint32(bytes, at + 20, entry.timeoutSeconds);
  if (key.family === 4) {
    writeAddresses4(entry, bytes, at + 24);
    if (length > ENTRY_BYTES_IPV4) writeOptions(entry, bytes, at + ENTRY_BYTES_IPV4);
  } else {
    writeAddresses6(entry, bytes, at + 24);
    if (length > ENTRY_BYTES_IPV6) writeOptions(entry, bytes, at + ENTRY_BYTES_IPV6);
  }
}

/**
 * Writes an entry of version 0.
 *
 * @param entry - The entry, IPv4.
 * @param bytes - The message.
 * @param at - Where the entry begins; there has to be room for its length.
 */
export function writeEntry0(entry: SyncEntry, bytes: Uint8Array, at: number): void {
  const { key } = entry;
  bytes[at] = 0;
  bytes[at + 1] = key.protocol;
  writeUint16(bytes, at + 2, key.clientPort);
  writeUint16(bytes, at + 4, key.virtualPort);
  writeUint16(bytes, at + 6, entry.serverPort);
  writeAddresses4(entry, bytes, at + 8);
  writeUint16(bytes, at + 20, entry.flags & WIRE_FLAGS);
  writeUint16(bytes, at + 22, entry.state);
  if ((entry.flags & SEQUENCE_FLAGS) !== 0) writeSequence(entry, bytes, at + ENTRY_BYTES_0);
}

function writeAddresses4(entry: SyncEntry, bytes: Uint8Array, at: number): void {
  writeUint32(bytes, at, entry.key.client3);
  writeUint32(bytes, at + 4, entry.key.virtual3);
  writeUint32(bytes, at + 8, entry.server3);
}

function writeAddresses6(entry: SyncEntry, bytes: Uint8Array, at: number): void {
  const { key } = entry;
  writeUint32(bytes, at, key.client0);
  writeUint32(bytes, at + 4, key.client1);
  writeUint32(bytes, at + 8, key.client2);
  writeUint32(bytes, at + 12, key.client3);
  writeUint32(bytes, at + 16, key.virtual0);
  writeUint32(bytes, at + 20, key.virtual1);
  writeUint32(bytes, at + 24, key.virtual2);
  writeUint32(bytes, at + 28, key.virtual3);
  writeUint32(bytes, at + 32, entry.server0);
  writeUint32(bytes, at + 36, entry.server1);
  writeUint32(bytes, at + 40, entry.server2);
  writeUint32(bytes, at + 44, entry.server3);
}

function writeOptions(entry: SyncEntry, bytes: Uint8Array, at: number): void {
  let next = at;
  if ((entry.flags & SEQUENCE_FLAGS) !== 0) {
    bytes[next] = OPTION_SEQUENCE;
    bytes[next + 1] = SEQUENCE_BYTES;
    writeSequence(entry, bytes, next + OPTION_HEAD_BYTES);
    next += OPTION_HEAD_BYTES + SEQUENCE_BYTES;
  }
  const { engineData, engineName } = entry;
  if (engineData !== undefined) {
    bytes[next] = OPTION_ENGINE_DATA;
    bytes[next + 1] = engineData.length;
    bytes.set(engineData, next + OPTION_HEAD_BYTES);
    next += OPTION_HEAD_BYTES + engineData.length;
  }
  if (engineName === undefined) return;
  bytes[next] = OPTION_ENGINE_NAME;
  bytes[next + 1] = engineName.length;
  for (let i = 0; i < engineName.length; i++) {
    bytes[next + OPTION_HEAD_BYTES + i] = engineName.charCodeAt(i);
  }
}

/** Writes the sequence data; an entry that has the flags and no data gets zeros. */
function writeSequence(entry: SyncEntry, bytes: Uint8Array, at: number): void {
  if (entry.sequence === undefined) bytes.fill(0, at, at + SEQUENCE_BYTES);
  else bytes.set(entry.sequence, at);
}
