/**
 * Batches of packets, and the pass that prefetches what their look-ups will read.
 *
 * A look-up has up to two cache misses: the index and the record. The look-ups of a batch are independent, so
 * one pass over a block of packets makes their misses overlap, and the packets then hit the cache. The pass
 * changes nothing: what it finds is a candidate, which the look-up checks. Cost: a hash per packet; gain: most
 * of the waiting, once the table no longer fits in the caches.
 */
import type { ConnectionTable } from '../connections/connection-table.js';
import { BlockPrefetch } from '../connections/doors/block-prefetch.js';

/** Packets in one buffer. */
export interface PacketBatch {
  /** The buffer. */
  readonly bytes: Uint8Array;
  /** Index of the first byte of each packet. */
  readonly offsets: Int32Array;
  /** The bytes of each packet. */
  readonly lengths: Int32Array;
  /** How many packets there are. */
  readonly count: number;
  /** The firewall mark of each packet; default: none. */
  readonly marks?: Uint32Array;
}

/** How many packets are looked up together. */
export const BLOCK = 32;
/** Offset of the ports behind an IPv4 header without options. */
const PORTS_AT = 20;
const PLAIN_IPV4 = 0x45;

/** Reads ahead what the look-ups of packets will need. */
export class ReadAhead {
  private readonly table: ConnectionTable;
  private readonly lookups: BlockPrefetch;
  private readonly headerLength: number;
  private readonly fewest: number;
  private isActive = false;

  /**
   * @param table - The connections.
   * @param headerLength - Bytes in front of the IP header: 14, or 0 for bare packets.
   * @param fewest - How many entries there must be; smaller tables fit in the caches.
   */
  constructor(table: ConnectionTable, headerLength: number, fewest: number) {
    this.table = table;
    this.lookups = new BlockPrefetch(table.fastPath, BLOCK);
    this.headerLength = headerLength;
    this.fewest = fewest;
  }

  /**
   * Reads ahead for some packets of clients.
   *
   * @param batch - The packets.
   * @param start - The first one.
   * @param end - The one behind the last; at most {@link BLOCK} more than `start`.
   */
  prefetch({ bytes, offsets }: PacketBatch, start: number, end: number): void {
    this.isActive = this.table.size >= this.fewest;
    if (!this.isActive) return;
    const { lookups, headerLength } = this;
    for (let i = start; i < end; i++) {
      const at = offsets[i] + headerLength;
      // For any other packet, or one that is cut short, the candidate is wrong, which the look-up notices.
      if (bytes[at] !== PLAIN_IPV4) continue;
      const port = (bytes[at + PORTS_AT] << 8) | bytes[at + PORTS_AT + 1];
      lookups.set(i - start, bytes[at + 9], wordAt(bytes, at + 12), port);
    }
    lookups.read(end - start);
  }

  /**
   * The entry that a packet most likely belongs to.
   *
   * @param index - The packet's index in the block.
   * @returns A slot, or −1; a candidate, valid only while no entry is added.
   */
  candidate(index: number): number {
    return this.isActive ? this.lookups.candidate(index) : -1;
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}
