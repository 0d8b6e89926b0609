/**
 * One datagram whose fragments are awaited: its fragments in order, without overlap.
 */
import { copyBytes } from '../wire/copy-bytes.js';
import type { FragmentTrace } from '../wire/fragment-trace.js';
import type { Packet } from '../wire/packet.js';
import { dataOffsetOf, headersOf } from './fragment-parts.js';

/** What a fragment costs besides its bytes, so that a flood of tiny fragments is bounded too. */
const PIECE_COST = 128;

interface Piece {
  readonly start: number;
  readonly data: Uint8Array;
}

/** The fragments of one datagram. */
export class Datagram {
  /** When the datagram is given up, in ms. */
  readonly dueMs: number;
  /** What the fragments occupy, in bytes. */
  keptBytes = 0;
  private readonly pieces: Piece[] = [];
  private firstHeaders: Uint8Array | undefined = undefined;
  private largest = 0;
  private total = -1;
  private received = 0;

  /** @param dueMs - When it is given up, in ms. */
  constructor(dueMs: number) {
    this.dueMs = dueMs;
  }

  /** The headers of the whole packet; only when complete. */
  get headers(): Uint8Array {
    return this.firstHeaders as Uint8Array;
  }

  /** Bytes of {@link Datagram.headers}. */
  get headersLength(): number {
    return this.headers.length;
  }

  /** Bytes of all data; only when complete. */
  get dataLength(): number {
    return this.total;
  }

  /** Whether every byte is there. */
  get isComplete(): boolean {
    return this.received === this.total && this.firstHeaders !== undefined;
  }

  /**
   * Takes in a fragment.
   *
   * @param packet - The fragment; its bytes are copied.
   * @returns `false` when it contradicts itself or the fragments before.
   */
  add(packet: Packet): boolean {
    const from = dataOffsetOf(packet);
    const length = packet.end - from;
    const start = packet.fragmentOffset;
    const end = start + length;
    if (length === 0 || end > 65_535 || (packet.moreFragments && length % 8 !== 0)) return false;
    if (!packet.moreFragments && this.total >= 0 && end !== this.total) return false;
    if (this.total >= 0 && end > this.total) return false;
    const index = this.pieces.findIndex((piece) => piece.start >= start);
    const place = index < 0 ? this.pieces.length : index;
    if (this.isDuplicate(place, start, packet, from)) return true;
    if (this.overlaps(place, start, end)) return false;
    if (!packet.moreFragments) {
      const last = this.pieces.at(-1);
      if (last !== undefined && last.start + last.data.length > end) return false;
      this.total = end;
    }
    this.pieces.splice(place, 0, { start, data: copyBytes(packet.bytes, from, packet.end) });
    this.received += length;
    this.keptBytes += length + PIECE_COST;
    this.largest = Math.max(this.largest, packet.length);
    if (start === 0) this.firstHeaders = headersOf(packet);
    return true;
  }

  /**
   * Writes the data one after the other.
   *
   * @param bytes - Where to write.
   * @param at - Index of the first byte.
   */
  writeData(bytes: Uint8Array, at: number): void {
    for (const piece of this.pieces) bytes.set(piece.data, at + piece.start);
  }

  /**
   * What remains known of the fragments.
   *
   * @returns The history of the whole packet.
   */
  trace(): FragmentTrace {
    return {
      largest: this.largest,
      count: this.pieces.length,
      headersLength: this.headersLength,
      starts: Int32Array.from(this.pieces, (piece) => piece.start),
    };
  }

  private isDuplicate(place: number, start: number, packet: Packet, from: number): boolean {
    const known = this.pieces[place] as Piece | undefined;
    if (known?.start !== start || known.data.length !== packet.end - from) return false;
    return known.data.every((byte, index) => byte === packet.bytes[from + index]);
  }

  private overlaps(place: number, start: number, end: number): boolean {
    const before = place > 0 ? this.pieces[place - 1] : undefined;
    const after = this.pieces[place] as Piece | undefined;
    if (before !== undefined && before.start + before.data.length > start) return true;
    return after !== undefined && after.start < end;
  }
}
