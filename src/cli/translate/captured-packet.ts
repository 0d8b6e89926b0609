/**
 * An IP packet as a capture has it, made fit for a director, and what leaves made like the capture again.
 *
 * - **Cut** by a snap length: a copy is filled up with zeros. Checksums change by difference, so what is missing
 *   does not matter; those that the director computes itself are taken back or mended by their difference, which is
 *   exact for sums and for SCTP's CRC alike. What leaves is cut at the same place.
 * - **Length 0** (segmentation offload): the length on the wire is meant.
 * - **Checksums left to the network card**: an IPv4 header checksum of 0, and a transport checksum that is only
 *   the sum of the pseudo-header. Both are completed, or kept as they are, adapted to the new addresses.
 *
 * Sources: RFC 1624; RFC 9260; the meaning of a partial checksum as Linux and Windows leave it in captures.
 */
import { checksum, writeIpv4Checksum } from '../../wire/checksum.js';
import { Packet, type ParseResult } from '../../wire/packet.js';
import { rewriteTimeToLive } from '../../wire/rewrite.js';
import { CutChecksum, quotesPacket } from './cut-checksum.js';
import {
  completeChecksum,
  findPartialChecksum,
  hasRightChecksum,
  partialChecksumOf,
} from './partial-checksum.js';

/**
 * What becomes of packets that a network card would have finished: `finish` them, `keep` them unfinished, or
 * `none`: take everything literally, as on a wire.
 */
export type OffloadHandling = 'finish' | 'keep' | 'none';

/** Where a packet is copied to in the scratch buffer. */
const BASE = 128;
const LONGEST = 65_535;
/** How far behind the captured bytes a director may write: within the transport header. */
const CHANGED = 64;
const TCP = 6;
const UDP = 17;
const SCTP = 132;
const ICMP = 1;
const ICMPV6 = 58;
/** Bytes of a transport header without which a packet cannot be decided. */
const LEAST_TRANSPORT: Readonly<Record<number, number>> = { [TCP]: 14, [UDP]: 4, [SCTP]: 13 };

/** What became of a checksum that was left to the card. */
export type PartialChecksum = 'none' | 'completed' | 'kept';

/** One captured packet at a time. */
export class CapturedPacket {
  /** For parsing what is in the capture's own bytes, and what is in the scratch buffer. */
  private readonly own = new Packet();
  private readonly filled = new Packet();
  /** One of both; describes the packet after {@link CapturedPacket.parse}. */
  packet: Packet = this.own;
  /** The bytes it is in. */
  bytes: Uint8Array = new Uint8Array(0);
  /** Over the same bytes. */
  view: DataView = new DataView(new ArrayBuffer(0));
  /** Index of its first byte. */
  offset = 0;
  /** Its bytes as the director sees them. */
  length = 0;
  /** Bytes of it that the capture does not have. */
  missing = 0;
  /** Whether its length field was 0. */
  hadNoLength = false;
  /** Whether its IPv4 header checksum was left to the card. */
  hadNoHeaderChecksum = false;
  /** Whether its transport checksum was left to the card. */
  partial: PartialChecksum = 'none';
  private readonly handling: OffloadHandling;
  private readonly scratch = new Uint8Array(BASE + LONGEST + 64);
  private readonly scratchView = new DataView(this.scratch.buffer);
  private dirty = 0;
  private restoresLength = false;
  /** Index, from the packet's first byte, of a partial checksum that is kept; −1 when there is none. */
  private keptAt = -1;
  /** The transport length that counts in it; 0 when none does. */
  private countedLength = 0;
  private readonly cut = new CutChecksum();

  /** @param handling - What becomes of unfinished packets. */
  constructor(handling: OffloadHandling) {
    this.handling = handling;
  }

  /**
   * Reads the headers of the packet as the director sees it.
   *
   * @returns What parsing says.
   */
  parse(): ParseResult {
    return this.packet.parse(this.bytes, this.offset, this.length);
  }

  /** Whether the capture has more or less to say than a packet on a wire. */
  get isUnusual(): boolean {
    return (
      this.missing > 0 || this.hadNoLength || this.hadNoHeaderChecksum || this.partial !== 'none'
    );
  }

  /**
   * Points at a packet.
   *
   * @param bytes - The bytes it is in; may be changed where the packet is.
   * @param view - Over all of them.
   * @param offset - Index of its first byte.
   * @param captured - Bytes that the capture has of it, and of what follows it in the frame.
   * @param wire - Bytes that it, and what follows it, had on the wire.
   * @param family - What the link header says it is.
   * @returns `false` when too little was captured to decide.
   */
  take(
    bytes: Uint8Array,
    view: DataView,
    offset: number,
    captured: number,
    wire: number,
    family: number,
  ): boolean {
    this.bytes = bytes;
    this.view = view;
    this.packet = this.own;
    this.offset = offset;
    this.length = captured;
    this.missing = 0;
    this.hadNoLength = false;
    this.hadNoHeaderChecksum = false;
    this.partial = 'none';
    this.restoresLength = false;
    this.keptAt = -1;
    this.cut.clear();
    const shortest = family === 4 ? 20 : 40;
    if (captured < shortest) return wire < shortest;
    const total = this.totalLength(view, offset, wire, family);
    if (total < shortest || total > wire) return true;
    if (total <= captured) this.length = total;
    else this.fillUp(captured, total);
    if (this.hadNoLength) this.writeLength(family, this.length);
    if (this.handling !== 'none' && family === 4) this.finishHeader();
    if (this.missing > 0 && !this.isDecidable(captured)) return false;
    if (this.handling !== 'none') this.findPartial(family);
    if (this.missing > 0 && this.partial === 'none') this.prepareCut(captured);
    return true;
  }

  /** The length that the header gives, or the wire when it gives none. */
  private totalLength(view: DataView, offset: number, wire: number, family: number): number {
    const given = family === 4 ? view.getUint16(offset + 2) : view.getUint16(offset + 4);
    if (given !== 0 || this.handling === 'none') return family === 4 ? given : given + 40;
    const next = view.getUint8(offset + (family === 4 ? 9 : 6));
    if (family === 6 && (wire <= 40 || (next !== TCP && next !== UDP))) return 40;
    this.hadNoLength = true;
    const most = family === 4 ? LONGEST : LONGEST + 40;
    this.restoresLength = this.handling === 'keep' || wire > most;
    return Math.min(wire, LONGEST);
  }

  private fillUp(captured: number, total: number): void {
    const { scratch, bytes, offset } = this;
    if (this.dirty > captured) scratch.fill(0, BASE + captured, BASE + this.dirty);
    scratch.set(bytes.subarray(offset, offset + captured), BASE);
    this.dirty = captured + CHANGED;
    this.bytes = scratch;
    this.view = this.scratchView;
    this.packet = this.filled;
    this.offset = BASE;
    this.length = total;
    this.missing = total - captured;
  }

  private writeLength(family: number, length: number): void {
    const { bytes, offset } = this;
    const value = family === 4 ? length : length - 40;
    const at = offset + (family === 4 ? 2 : 4);
    bytes[at] = value >>> 8;
    bytes[at + 1] = value & 0xff;
    if (family === 4) writeIpv4Checksum(bytes, offset);
  }

  private finishHeader(): void {
    const { bytes, offset } = this;
    if (bytes[offset + 10] !== 0 || bytes[offset + 11] !== 0) return;
    const headerLength = (bytes[offset] & 0x0f) * 4;
    if (headerLength < 20 || headerLength > this.length) return;
    if (checksum(bytes, offset, headerLength) === 0) return;
    writeIpv4Checksum(bytes, offset);
    this.hadNoHeaderChecksum = true;
  }

  /** Whether what was captured says enough about a cut packet. */
  private isDecidable(captured: number): boolean {
    const { packet } = this;
    const parsed = this.parse();
    if (parsed !== 'ok') return this.hasNetworkHeader(parsed, captured);
    const transport = captured - packet.headerLength;
    if (packet.fragmentOffset > 0) return transport >= 0;
    if (packet.protocol === ICMP || packet.protocol === ICMPV6) {
      const isQuoting = quotesPacket(packet);
      return transport >= (isQuoting ? 8 + (packet.family === 4 ? 28 : 44) : 1);
    }
    return transport >= (LEAST_TRANSPORT[packet.protocol] ?? 0);
  }

  /** Whether a fault of a cut packet is its own, and none of the zeros in place of what is missing. */
  private hasNetworkHeader(fault: ParseResult, captured: number): boolean {
    const { bytes, offset } = this;
    const isIpv4 = bytes[offset] >>> 4 === 4;
    return isIpv4 ? captured >= (bytes[offset] & 0x0f) * 4 : fault !== 'extension-header-truncated';
  }

  private findPartial(family: number): void {
    const { packet, bytes, offset, length, missing, view } = this;
    const at = findPartialChecksum(view, bytes, offset, length, length - missing, family);
    if (at < 0 || this.parse() !== 'ok') return;
    if (missing === 0 && hasRightChecksum(packet)) return;
    if (missing === 0 && this.handling === 'finish') {
      completeChecksum(packet);
      this.partial = 'completed';
      return;
    }
    const { protocol, transportLength } = packet;
    const counted = partialChecksumOf(view, bytes, offset, protocol, transportLength);
    this.countedLength = view.getUint16(at) === counted ? transportLength : 0;
    this.partial = 'kept';
    this.keptAt = at - offset;
  }

  private prepareCut(captured: number): void {
    const { packet } = this;
    if (this.parse() === 'ok') this.cut.prepare(packet, captured);
  }

  /**
   * Goes on with the packet inside a tunnel packet, as the client sent it: the real director has lowered its TTL.
   *
   * @param inner - The packet inside, in the same bytes.
   */
  unwrap(inner: Packet): void {
    this.offset = inner.offset;
    this.length = inner.end - inner.offset;
    this.keptAt = -1;
    this.restoresLength = false;
    this.cut.clear();
    const { packet } = this;
    if (this.parse() === 'ok' && packet.timeToLive < 255) {
      rewriteTimeToLive(packet, packet.timeToLive + 1);
    }
  }

  /**
   * Takes back in what leaves what was only for the director.
   *
   * @param bytes - The bytes it is in.
   * @param view - Over the same bytes.
   * @param offset - Index of the first byte of its IP header.
   * @param length - Its bytes.
   * @returns How many of them the capture gets.
   */
  restore(bytes: Uint8Array, view: DataView, offset: number, length: number): number {
    const inner = offset + length - this.length;
    if (this.keptAt >= 0) this.restorePartial(bytes, view, inner);
    if (this.missing > 0) this.cut.mend(view, inner);
    if (this.restoresLength) clearLength(bytes, inner);
    return Math.max(0, length - this.missing);
  }

  /** A director updates a checksum for ports too, which a partial one does not cover: it is computed again. */
  private restorePartial(bytes: Uint8Array, view: DataView, inner: number): void {
    const protocol = bytes[inner + (bytes[inner] >>> 4 === 4 ? 9 : 6)];
    const value = partialChecksumOf(view, bytes, inner, protocol, this.countedLength);
    view.setUint16(inner + this.keptAt, value);
  }
}

function clearLength(bytes: Uint8Array, offset: number): void {
  const isIpv4 = bytes[offset] >>> 4 === 4;
  const at = offset + (isIpv4 ? 2 : 4);
  bytes[at] = 0;
  bytes[at + 1] = 0;
  if (isIpv4) writeIpv4Checksum(bytes, offset);
}
