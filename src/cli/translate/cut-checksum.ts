/**
 * Checksums of cut packets that a director verifies or computes, although it sees zeros where bytes are
 * missing.
 *
 * UDP without checksum stays so. The checksum of an ICMP error is made right for the zeros before, and the
 * true one is changed by the difference after. SCTP's CRC is linear, too: the true one is changed by what the
 * CRC over the zeros changed by. Sources: RFC 1624, RFC 9260 appendix A.
 */
import { checksum } from '../../wire/checksum.js';
import type { Packet } from '../../wire/packet.js';
import { updateChecksum } from '../../wire/checksum.js';
import { sumOfPseudoHeader } from '../../wire/rewrite.js';
import { writeSctpChecksum } from '../../wire/sctp-checksum.js';

const UDP = 17;
const SCTP = 132;
const ICMP = 1;
const ICMPV6 = 58;
/** Where the checksum is in the transport header. */
const CHECKSUM_AT: Readonly<Record<number, number>> = {
  [UDP]: 6,
  [ICMP]: 2,
  [ICMPV6]: 2,
  [SCTP]: 8,
};

/** The checksum of one cut packet at a time. */
export class CutChecksum {
  private protocol = 0;
  /** Index of the checksum from the packet's first byte; −1 when there is nothing to mend. */
  private at = -1;
  private original = 0;
  private before = 0;

  /** Forgets the packet before. */
  clear(): void {
    this.at = -1;
  }

  /**
   * Prepares a packet for a director.
   *
   * @param packet - The packet, filled up with zeros.
   * @param captured - Bytes of it that were captured.
   */
  prepare(packet: Packet, captured: number): void {
    const { protocol, transportOffset, offset, view, bytes, end } = packet;
    const start = CHECKSUM_AT[protocol];
    const width = protocol === SCTP ? 4 : 2;
    if (start === undefined || packet.isFragment) return;
    const at = transportOffset + start;
    if (at + width > offset + captured) return;
    this.protocol = protocol;
    this.at = at - offset;
    if (protocol === SCTP) {
      this.original = view.getInt32(at);
      writeSctpChecksum(bytes, transportOffset, end);
      this.before = view.getInt32(at);
      view.setInt32(at, this.original);
      return;
    }
    this.original = view.getUint16(at);
    this.before = this.original;
    if (protocol === UDP || !quotesPacket(packet)) return;
    view.setUint16(at, 0);
    const pseudo = protocol === ICMPV6 ? sumOfPseudoHeader(packet) : 0;
    this.before = checksum(bytes, transportOffset, packet.transportLength, pseudo);
    view.setUint16(at, this.before);
  }

  /**
   * Mends the checksum of what leaves.
   *
   * @param view - Over the bytes it is in.
   * @param offset - Index of the first byte of the packet, outer headers excluded.
   */
  mend(view: DataView, offset: number): void {
    if (this.at < 0) return;
    const { original, before } = this;
    const at = offset + this.at;
    if (this.protocol === SCTP) {
      const after = view.getInt32(at);
      if (after !== original) view.setInt32(at, original ^ before ^ after);
      return;
    }
    const after = view.getUint16(at);
    if (this.protocol === UDP) {
      if (original === 0) view.setUint16(at, 0);
    } else if (after === before) {
      view.setUint16(at, original);
    } else {
      view.setUint16(at, updateChecksum(original, before + (~after & 0xffff)));
    }
  }
}

/**
 * Whether an ICMP message quotes a packet: it is an error.
 *
 * @param packet - A message of ICMP or ICMPv6.
 * @returns `false` for echo and all other questions and answers.
 */
export function quotesPacket({ family, bytes, transportOffset }: Packet): boolean {
  const type = bytes[transportOffset];
  return family === 4 ? [3, 4, 5, 11, 12].includes(type) : type < 128;
}
