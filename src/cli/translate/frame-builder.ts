/**
 * Frames for what leaves a director: the link header of the frame that came, adapted, in front of the packet.
 *
 * VLAN tags, labels and made-up headers stay as they are. Ethernet addresses become those of the next hop and
 * of the director; a frame check sequence is computed again.
 */
import type { CaptureRecord } from '../../captures/capture-record.js';
import { FRAME_CHECK_LENGTH, FrameCheck } from '../../captures/frame-check.js';
import { adaptLinkHeader, type LinkContent } from '../../captures/links/link-content.js';
import { endAttribute } from '../../captures/links/nflog-link.js';
import type { Departure, Verdict } from '../../director/index.js';
import type { Side } from '../../forwarding/index.js';
import type { AddressFamily } from '../../ip-address.js';
import type { NextHops } from './next-hops.js';

/** The longest link header, packet and trailer. */
const LONGEST = 66_560;

/** The server to which a packet goes although it is addressed to another host. */
type Gateway = Verdict['output']['gateway'];

/** A frame that leaves, as the copier takes it. */
export interface BuiltFrame {
  bytes: Uint8Array;
  offset: number;
  length: number;
  originalLength: number;
  comment: string;
}

/** Builds one frame at a time. */
export class FrameBuilder {
  /** The frame that was built last; valid until the next one. */
  readonly frame: BuiltFrame = {
    bytes: new Uint8Array(LONGEST),
    offset: 0,
    length: 0,
    originalLength: 0,
    comment: '',
  };
  private readonly scratch = this.frame.bytes;
  private readonly view = new DataView(this.scratch.buffer);
  private readonly check = new FrameCheck();
  private readonly hops: NextHops;

  /** @param hops - Knows Ethernet addresses. */
  constructor(hops: NextHops) {
    this.hops = hops;
  }

  /**
   * Finishes a frame whose packet was rewritten where it is, or put back there.
   *
   * @param record - The frame's record.
   * @param content - What is in the frame.
   * @param side - The interface by which it leaves.
   * @param gateway - The next hop when it is not the destination.
   * @param frameCheckBytes - Bytes of its frame check sequence.
   */
  inPlace(
    record: CaptureRecord,
    content: LinkContent,
    side: Side,
    gateway: Gateway,
    frameCheckBytes: number,
  ): void {
    const { frame } = this;
    frame.bytes = record.bytes;
    frame.offset = record.offset;
    frame.length = record.length;
    frame.originalLength = record.originalLength;
    this.writeAddresses(
      record.view,
      content.addressesAt,
      record.view,
      content.offset,
      side,
      gateway,
    );
    const isWhole = record.length === record.originalLength;
    if (frameCheckBytes === FRAME_CHECK_LENGTH && isWhole) {
      const end = record.offset + record.length - FRAME_CHECK_LENGTH;
      this.check.write(record.bytes, content.checkedFrom, end);
    }
  }

  /**
   * Builds a frame around a packet.
   *
   * @param record - The record of the frame that caused it.
   * @param content - What was in that frame.
   * @param packet - The packet; `kept` of its bytes are written.
   * @param kept - How many of its bytes there are.
   * @param growth - How many bytes longer it is than the packet that came.
   * @param gateway - The next hop when it is not the destination.
   * @param frameCheckBytes - Bytes of the frame check sequence.
   * @returns `false` when the link cannot carry it.
   */
  around(
    record: CaptureRecord,
    content: LinkContent,
    packet: Departure,
    kept: number,
    growth: number,
    gateway: Gateway,
    frameCheckBytes: number,
  ): boolean {
    const { frame, scratch, view } = this;
    const header = content.offset - record.offset;
    const shift = -record.offset;
    const family: AddressFamily = packet.bytes[0] >>> 4 === 4 ? 4 : 6;
    if (header + packet.bytes.length + frameCheckBytes > LONGEST) return false;
    scratch.set(record.bytes.subarray(record.offset, content.offset));
    scratch.set(packet.bytes.subarray(0, kept), header);
    if (!adaptLinkHeader(scratch, content, shift, family, growth)) return false;
    const at = content.addressesAt < 0 ? -1 : content.addressesAt + shift;
    this.writeAddresses(view, at, view, header, packet.side, gateway);
    frame.bytes = scratch;
    frame.offset = 0;
    frame.length = header + kept;
    frame.originalLength = header + packet.bytes.length + frameCheckBytes;
    if (content.attributeAt >= 0) this.endAttribute(record, content, kept === packet.bytes.length);
    else if (frameCheckBytes === FRAME_CHECK_LENGTH && kept === packet.bytes.length) {
      this.check.write(scratch, content.checkedFrom + shift, frame.length);
      frame.length += FRAME_CHECK_LENGTH;
    }
    return true;
  }

  /** What the record lost of its frame is lost of the new one, unless the whole packet is there. */
  private endAttribute(record: CaptureRecord, content: LinkContent, isWhole: boolean): void {
    const { frame, scratch } = this;
    const { bytes, offset, length, originalLength } = record;
    const end = offset + length;
    frame.length = endAttribute(scratch, frame.length, isWhole, bytes, offset, end, content);
    frame.originalLength = frame.length + (isWhole ? 0 : originalLength - length);
  }

  private writeAddresses(
    view: DataView,
    at: number,
    packetView: DataView,
    packetAt: number,
    side: Side,
    gateway: Gateway,
  ): void {
    if (at < 0) return;
    const { hops } = this;
    if (gateway !== undefined) {
      const { word0, word1, word2, word3 } = gateway.server;
      hops.write(view, at, side, word0, word1, word2, word3);
    } else if (packetView.getUint8(packetAt) >>> 4 === 4) {
      hops.write(view, at, side, 0, 0, 0, packetView.getInt32(packetAt + 16));
    } else {
      const [word0, word1, word2] = [24, 28, 32].map((index) =>
        packetView.getInt32(packetAt + index),
      );
      const word3 = packetView.getInt32(packetAt + 36);
      hops.write(view, at, side, word0, word1, word2, word3);
    }
  }
}
