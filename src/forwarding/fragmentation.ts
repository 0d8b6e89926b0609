/**
 * Fragmenting a packet that leaves.
 *
 * By size: as much data per fragment as fits, a multiple of 8 bytes, the last fragment the rest. At the old
 * places: where the fragments it was reassembled from were cut, when these lie on multiples of 8 bytes
 * and no fragment gets longer than allowed; else by size. IPv4 repeats its header (options that are not
 * to be copied become no-operations in later fragments) and keeps its identification; IPv6 repeats the
 * headers in front of the fragment header and gets a new one. Sources: RFC 791, RFC 8200 section 4.5.
 */
import { readUint16, writeUint16, writeUint32 } from '../wire/bytes.js';
import type { FragmentTrace } from '../wire/fragment-trace.js';
import { NO_BYTES, NO_VIEW } from '../wire/no-bytes.js';
import { extensionHeaderLength, FRAGMENT_HEADER_LENGTH } from '../wire/ipv6-extensions.js';
import { writeIpv4Checksum } from '../wire/checksum.js';
import { IP_PROTOCOL } from '../wire/protocol-numbers.js';
import type { ForwardingEnvironment } from './environment.js';
import { LINK_ROOM } from './own-icmp-errors.js';
import type { ForwardingOutput } from './output.js';

/** Gives the fragments of one packet after the other; made once, reused. */
export class Fragmenter {
  /** The bytes that hold the present fragment: the packet's own when it leaves whole. */
  bytes: Uint8Array = NO_BYTES;
  /** The same bytes, for writing words. */
  view: DataView = NO_VIEW;
  /** Index of the first byte of the fragment's IP header. */
  offset = 0;
  /** Bytes of the fragment. */
  length = 0;
  /** How many bytes in front of {@link Fragmenter.offset} may be written, for a link header. */
  room = 0;
  private readonly environment: ForwardingEnvironment;
  private readonly buffer = new Uint8Array(LINK_ROOM + 65_600);
  private readonly bufferView = new DataView(this.buffer.buffer);
  private output: ForwardingOutput | undefined = undefined;
  private repeated = 0;
  private done = 0;
  private total = 0;
  private placeIndex = 0;
  /** Where the packet is cut, unless it is by size. */
  private places: FragmentTrace | undefined = undefined;
  private identification = 0;

  /** @param environment - Where identifications of IPv6 fragments come from. */
  constructor(environment: ForwardingEnvironment) {
    this.environment = environment;
  }

  /**
   * Begins with a packet.
   *
   * @param output - The packet that leaves; `next` reads it, so it must stay until the last fragment.
   */
  begin(output: ForwardingOutput): void {
    this.output = output;
    this.done = 0;
    if (output.length <= output.fragmentLimit) {
      this.total = -1;
      return;
    }
    const headerLength = (output.bytes[output.offset] & 0x0f) * 4;
    this.repeated = output.family === 4 ? headerLength : output.repeatedLength;
    this.total = output.length - this.repeated;
    this.placeIndex = 1;
    this.places = this.oldPlaces(output);
    this.identification = output.family === 4 ? 0 : this.environment.nextIdentification();
  }

  /**
   * Gives the next fragment.
   *
   * @returns `false` when there is none: all were given, or the limit leaves no room for data.
   */
  next(): boolean {
    const { output } = this;
    if (output === undefined) return false;
    if (this.total < 0) return this.giveWhole(output);
    const size = this.nextSize(output);
    if (size <= 0) {
      this.output = undefined;
      return false;
    }
    const last = this.done + size === this.total;
    if (output.family === 4) this.writePiece4(output, size, last);
    else this.writePiece6(output, size, last);
    this.done += size;
    if (last) this.output = undefined;
    return true;
  }

  private giveWhole(output: ForwardingOutput): boolean {
    this.output = undefined;
    this.bytes = output.bytes;
    this.view = output.view;
    this.offset = output.offset;
    this.length = output.length;
    this.room = output.room;
    return true;
  }

  /** Bytes a fragment has besides its data. */
  private overhead(output: ForwardingOutput): number {
    return this.repeated + (output.family === 4 ? 0 : FRAGMENT_HEADER_LENGTH);
  }

  /** Where the fragments were cut that the packet came in, if it can be cut there again. */
  private oldPlaces(output: ForwardingOutput): FragmentTrace | undefined {
    const { trace } = output;
    if (trace === undefined) return undefined;
    const shift = output.traceOffset - this.repeated;
    if (shift % 8 !== 0) return undefined;
    const most = output.fragmentLimit - this.overhead(output);
    let start = 0;
    for (let index = 1; index <= trace.count; index++) {
      const end = index < trace.count ? trace.starts[index] + shift : this.total;
      if (end - start > most) return undefined;
      start = end;
    }
    return trace;
  }

  private nextSize(output: ForwardingOutput): number {
    const left = this.total - this.done;
    const { places } = this;
    if (places !== undefined) {
      if (this.placeIndex >= places.count) return left;
      const shift = output.traceOffset - this.repeated;
      const size = places.starts[this.placeIndex] + shift - this.done;
      this.placeIndex += 1;
      return size;
    }
    const most = output.fragmentLimit - this.overhead(output);
    return left <= most ? left : most & ~7;
  }

  private writePiece4(output: ForwardingOutput, size: number, last: boolean): void {
    const { buffer: bytes, repeated } = this;
    const placement = readUint16(output.bytes, output.offset + 6);
    this.copyPiece(output, repeated, size);
    if (this.done > 0) blankUncopiedOptions(bytes, LINK_ROOM + 20, LINK_ROOM + repeated);
    const more = last ? placement & 0x2000 : 0x2000;
    const start = (placement & 0x1fff) + this.done / 8;
    writeUint16(bytes, LINK_ROOM + 2, repeated + size);
    writeUint16(bytes, LINK_ROOM + 6, (placement & 0xc000) | more | start);
    writeIpv4Checksum(bytes, LINK_ROOM);
  }

  private writePiece6(output: ForwardingOutput, size: number, last: boolean): void {
    const { buffer: bytes, repeated } = this;
    this.copyPiece(output, repeated + FRAGMENT_HEADER_LENGTH, size);
    let announcedAt = LINK_ROOM + 6;
    for (let at = LINK_ROOM + 40; at < LINK_ROOM + repeated;) {
      const length = extensionHeaderLength(bytes[announcedAt], bytes[at + 1]);
      announcedAt = at;
      at += length;
    }
    const fragment = LINK_ROOM + repeated;
    bytes[fragment] = bytes[announcedAt];
    bytes[fragment + 1] = 0;
    bytes[announcedAt] = IP_PROTOCOL.FRAGMENT;
    writeUint16(bytes, fragment + 2, this.done | (last ? 0 : 1));
    writeUint32(bytes, fragment + 4, this.identification);
    writeUint16(bytes, LINK_ROOM + 4, repeated + FRAGMENT_HEADER_LENGTH + size - 40);
  }

  /** Copies headers and data of a fragment into the buffer, the data to `dataAt`. */
  private copyPiece(output: ForwardingOutput, dataAt: number, size: number): void {
    const { bytes, offset } = output;
    const { buffer, repeated } = this;
    const from = offset + repeated + this.done;
    buffer.set(bytes.subarray(offset, offset + repeated), LINK_ROOM);
    buffer.set(bytes.subarray(from, from + size), LINK_ROOM + dataAt);
    this.bytes = buffer;
    this.view = this.bufferView;
    this.offset = LINK_ROOM;
    this.length = dataAt + size;
    this.room = LINK_ROOM;
  }
}

/** Options without the copy bit stand in the first fragment only. */
function blankUncopiedOptions(bytes: Uint8Array, from: number, to: number): void {
  let at = from;
  while (at < to && bytes[at] !== 0) {
    const length = bytes[at] === 1 ? 1 : bytes[at + 1];
    if (length < 1 || at + length > to) return;
    if ((bytes[at] & 0x80) === 0) bytes.fill(1, at, at + length);
    at += length;
  }
}
