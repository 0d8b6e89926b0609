/**
 * Writes what leaves a director into the frame that came, or into new ones.
 */
import { describeFault } from '../../captures/capture-fault.js';
import { CaptureRecord } from '../../captures/capture-record.js';
import type { CaptureCopier } from '../../captures/copied-packet.js';
import { LinkContent } from '../../captures/links/link-content.js';
import type { Departure, Verdict } from '../../director/index.js';
import { Packet } from '../../wire/packet.js';
import { InputError } from '../command.js';
import type { CapturedPacket } from './captured-packet.js';
import type { WaitingDatagram } from './fragments.js';
import { FrameBuilder } from './frame-builder.js';
import type { NextHops } from './next-hops.js';

/** Writes the departures of one packet at a time. */
export class DepartureWriter {
  private readonly frames: FrameBuilder;
  private readonly piece = new Packet();
  private record: CaptureRecord = new CaptureRecord();
  private content: LinkContent = new LinkContent();
  private readonly captured: CapturedPacket;
  private frameCheckBytes = 0;
  /** Where the packet is that came in the frame, and how long it is. */
  private frameOffset = 0;
  private frameLength = 0;

  /**
   * @param hops - Knows Ethernet addresses.
   * @param captured - The packet at hand.
   */
  constructor(hops: NextHops, captured: CapturedPacket) {
    this.captured = captured;
    this.frames = new FrameBuilder(hops);
  }

  /**
   * Begins with a packet, before a director sees it.
   *
   * @param record - Its record.
   * @param content - What is in its frame.
   * @param frameCheckBytes - Bytes of the frame check sequence.
   */
  begin(record: CaptureRecord, content: LinkContent, frameCheckBytes: number): void {
    this.record = record;
    this.content = content;
    this.frameCheckBytes = frameCheckBytes;
    this.frameOffset = this.captured.offset;
    this.frameLength = this.captured.length;
  }

  /**
   * Remembers how much of a fragment was captured.
   *
   * @param packet - The fragment.
   * @param datagram - Its datagram.
   */
  noteFragment(packet: Packet, datagram: WaitingDatagram): void {
    const { missing } = this.captured;
    const end = packet.fragmentOffset + packet.length - packet.headerLength;
    datagram.end = Math.max(datagram.end, end);
    if (missing > 0) datagram.missing.push([end - missing, end]);
  }

  /**
   * Writes what leaves.
   *
   * @param verdict - The verdict on the packet.
   * @param datagram - Its datagram, when it is a fragment.
   * @param comment - The comment for each frame; `''` = none.
   * @param copier - Given the frames.
   * @returns How many were written.
   */
  write(
    verdict: Verdict,
    datagram: WaitingDatagram | undefined,
    comment: string,
    copier: CaptureCopier,
  ): number {
    if (!verdict.leaves) return 0;
    const { output } = verdict;
    this.frames.frame.comment = comment;
    if (output.length > output.fragmentLimit) return this.writePieces(verdict, datagram, copier);
    const { captured, content, record } = this;
    const isCaptured = verdict.action !== 'reply' && datagram === undefined;
    const { bytes, view, offset, length, gateway, side } = output;
    const kept = isCaptured ? captured.restore(bytes, view, offset, length) : length;
    const inPlace =
      bytes === captured.bytes && offset === this.frameOffset && length === this.frameLength;
    if (inPlace) {
      if (bytes !== record.bytes) {
        record.bytes.set(bytes.subarray(offset, offset + kept), content.offset);
      }
      this.frames.inPlace(record, content, side, gateway, this.frameCheckBytes);
      return this.copy(copier);
    }
    const departure = { side, bytes: bytes.subarray(offset, offset + length) };
    return this.writeAround(departure, kept, gateway, copier);
  }

  private writePieces(
    verdict: Verdict,
    datagram: WaitingDatagram | undefined,
    copier: CaptureCopier,
  ): number {
    const { gateway, bytes, offset, length } = verdict.output;
    const whole = bytes.subarray(offset, offset + length);
    const inFront = datagram === undefined ? 0 : this.inFrontOf(whole, datagram);
    let written = 0;
    for (const departure of verdict.departures()) {
      const kept = this.keptOf(departure.bytes, datagram, inFront);
      written += this.writeAround(departure, kept, gateway, copier);
    }
    return written;
  }

  /** Bytes that a tunnel has put between the outer header and the data of a datagram. */
  private inFrontOf(whole: Uint8Array, { end }: WaitingDatagram): number {
    const { piece } = this;
    if (piece.parse(whole) !== 'ok') return 0;
    return Math.max(0, whole.length - piece.headerLength - end);
  }

  /** How much of a fragment was captured: up to what is missing of its datagram, or of the packet it is part of. */
  private keptOf(
    bytes: Uint8Array,
    datagram: WaitingDatagram | undefined,
    inFront: number,
  ): number {
    const { piece } = this;
    const { missing, length, packet } = this.captured;
    if ((missing === 0 && datagram === undefined) || piece.parse(bytes) !== 'ok')
      return bytes.length;
    const { headerLength, fragmentOffset } = piece;
    if (datagram === undefined) {
      const left = length - missing - packet.headerLength - fragmentOffset;
      return Math.min(bytes.length, headerLength + Math.max(0, left));
    }
    let kept = bytes.length;
    for (const [from, to] of datagram.missing) {
      const first = from + inFront - fragmentOffset;
      const isBehind = to + inFront <= fragmentOffset;
      if (!isBehind) kept = Math.min(kept, headerLength + Math.max(0, first));
    }
    return kept;
  }

  private writeAround(
    departure: Departure,
    kept: number,
    gateway: Verdict['output']['gateway'],
    copier: CaptureCopier,
  ): number {
    const { record, content } = this;
    const growth = departure.bytes.length - this.frameLength;
    const { frames, frameCheckBytes } = this;
    if (!frames.around(record, content, departure, kept, growth, gateway, frameCheckBytes))
      return 0;
    return this.copy(copier);
  }

  private copy(copier: CaptureCopier): number {
    if (!copier.packet(this.record, this.frames.frame)) {
      throw new InputError(copier.fault === undefined ? '' : describeFault(copier.fault));
    }
    return 1;
  }
}
