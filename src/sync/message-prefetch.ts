/**
 * Reads ahead what the entries of a message will touch of the table, and answers most of their look-ups by that.
 *
 * Entries are applied one after the other, and each waits for its own cache misses. One pass over the message before
 * lets those of all entries overlap. It only reads: whatever the bytes are, nothing changes. An answer holds for as
 * long as the message adds no other entry of the same client, so it is given only for the first entry of each client.
 * Templates, entries over IPv6 and of version 0 are left to the look-ups. Cost: a hash per entry, no allocation.
 */
import type { ConnectionKey } from '../connections/entries/connection-key.js';
import { BlockPrefetch } from '../connections/doors/block-prefetch.js';
import type { FastPath } from '../connections/doors/fast-path.js';
import { readInt32, readUint16 } from '../wire/bytes.js';
import { ENTRY_BYTES_IPV4, HEADER_BYTES_1, isVersion1, MAX_ENTRIES } from './message-format.js';

/** The answer when only a look-up knows. */
export const UNKNOWN = -2;
const NONE = -1;
/** Spreads clients: 2^32 over the golden ratio. */
const HASH_FACTOR = 0x9e3779b1;
/** How many clients are distinguished, as a power of two: entries that share one are not answered but for the first. */
const CLIENT_BITS = 10;

/** Prefetches for the messages of one backup. */
export class MessagePrefetch {
  private readonly fastPath: FastPath;
  private readonly lookups: BlockPrefetch;
  /** Which message had a client last. */
  private readonly clients = new Int32Array(1 << CLIENT_BITS);
  private message = 0;
  /** For each entry of the message whether it is the first of its client: 1 = yes. */
  private readonly firsts = new Uint8Array(MAX_ENTRIES);
  private count = 0;

  /** @param fastPath - The table's entries. */
  constructor(fastPath: FastPath) {
    this.fastPath = fastPath;
    this.lookups = new BlockPrefetch(fastPath, MAX_ENTRIES);
  }

  /**
   * Reads ahead for one message.
   *
   * @param bytes - The message, unchecked.
   */
  read(bytes: Uint8Array): void {
    this.count = 0;
    if (!isVersion1(bytes)) return;
    const { lookups, firsts } = this;
    this.message = (this.message + 1) | 0;
    let number = 0;
    let at = HEADER_BYTES_1;
    for (; number < bytes[4] && at + ENTRY_BYTES_IPV4 <= bytes.length; number++) {
      const isIpv4 = bytes[at] === 0;
      const client = readInt32(bytes, at + 24);
      const port = readUint16(bytes, at + 10);
      if (isIpv4) lookups.set(number, bytes[at + 1], client, port);
      firsts[number] = isIpv4 && this.isFirst(client, port) ? 1 : 0;
      const length = readUint16(bytes, at + 2) & 0xfff;
      at += Math.max(ENTRY_BYTES_IPV4, (length + 3) & ~3);
    }
    this.count = number;
    lookups.read(number);
  }

  /**
   * The connection of an entry of the message; the entries before it have been applied.
   *
   * @param number - The number of the entry in the message, from 0.
   * @param key - Its key; not that of a template.
   * @returns Its slot; −1 when there is none; {@link UNKNOWN} when only a look-up knows.
   */
  find(number: number, key: ConnectionKey): number {
    if (number >= this.count || this.firsts[number] === 0) return UNKNOWN;
    const slot = this.lookups.candidate(number);
    if (slot === NONE) return NONE;
    const { protocol, client3, virtual3, clientPort, virtualPort } = key;
    const ports = (clientPort << 16) | virtualPort;
    const route = this.fastPath.routeOf4(slot, protocol, client3, virtual3, ports);
    return route >= 0 ? slot : UNKNOWN;
  }

  private isFirst(client: number, port: number): boolean {
    const { clients, message } = this;
    const place = Math.imul(client ^ (port << 16) ^ port, HASH_FACTOR) >>> (32 - CLIENT_BITS);
    if (clients[place] === message) return false;
    clients[place] = message;
    return true;
  }
}
