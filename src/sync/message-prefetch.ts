/**
 * Reads ahead what the entries of a message will touch of the table.
 *
 * Entries are applied one after the other, and each waits for its own cache misses. One pass over the message before
 * lets those of all entries overlap. It only reads: whatever the bytes are, nothing changes. Entries over IPv6 and of
 * version 0 are left to the look-ups. Cost: a hash per entry, no allocation.
 */
import type { BlockPrefetch } from '../connections/doors/fast-path.js';
import type { SynchronizedEntries } from '../connections/doors/synchronized-entries.js';
import { readInt32, readUint16 } from '../wire/bytes.js';
import { ENTRY_BYTES_IPV4, HEADER_BYTES_1, isVersion1, MAX_ENTRIES } from './message-format.js';

/** Prefetches for the messages of one backup. */
export class MessagePrefetch {
  private readonly lookups: BlockPrefetch;

  /** @param entries - The table's entries. */
  constructor(entries: SynchronizedEntries) {
    this.lookups = entries.prefetchOf(MAX_ENTRIES);
  }

  /**
   * Reads ahead for one message.
   *
   * @param bytes - The message, unchecked.
   */
  read(bytes: Uint8Array): void {
    if (!isVersion1(bytes)) return;
    const { lookups } = this;
    let found = 0;
    let at = HEADER_BYTES_1;
    for (let left = bytes[4]; left > 0 && at + ENTRY_BYTES_IPV4 <= bytes.length; left--) {
      if (bytes[at] === 0) {
        lookups.set(found++, bytes[at + 1], readInt32(bytes, at + 24), readUint16(bytes, at + 10));
      }
      const length = readUint16(bytes, at + 2) & 0xfff;
      at += Math.max(ENTRY_BYTES_IPV4, (length + 3) & ~3);
    }
    lookups.read(found);
  }
}
