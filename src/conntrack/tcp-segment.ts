/**
 * A TCP segment as connection tracking needs it: plain fields, read from a packet into one object.
 */
import { type SequenceOffsets, shiftOfAcknowledgement } from '../helpers/sequence-offsets.js';
import { ACK, kindOf, NO_KIND } from './tcp-states.js';

const TCP_HEADER = 20;
/** The options of nearly every segment: two pads and a timestamp, or the timestamp first. */
const PADDED_TIMESTAMP = 0x0101080a;
const OPTION_END = 0;
const OPTION_PAD = 1;
const OPTION_SCALE = 3;
const OPTION_SELECTIVE = 4;
const OPTION_SELECTIVE_BLOCKS = 5;
const GREATEST_SCALE = 14;
const NO_SCALE = -1;

/** One segment. */
export class TcpSegment {
  /** Its kind; see `tcp-states.ts`. */
  kind: number = NO_KIND;
  /** Its sequence number, signed. */
  sequence = 0;
  /** Its acknowledgment, signed; 0 without ACK. */
  acknowledgment = 0;
  /** The greatest acknowledgment, selective ones included. */
  selective = 0;
  /** Whether it has ACK. */
  hasAcknowledgment = false;
  /** The offered window, not scaled. */
  window = 0;
  /** The sequence number behind its last byte, SYN and FIN counted. */
  end = 0;
  /** The offered scale of windows, or −1; only of a SYN. */
  scale: number = NO_SCALE;
  /** Whether selective acknowledgments are offered; only of a SYN. */
  offersSelective = false;

  /**
   * Reads a segment.
   *
   * @param view - Over the bytes that hold it.
   * @param at - Index of the first byte of its header.
   * @param end - Index behind the last byte of the packet.
   * @returns `false` when the header is cut short.
   */
  read(view: DataView, at: number, end: number): boolean {
    const length = end - at;
    if (length < TCP_HEADER) return false;
    const header = (view.getUint8(at + 12) >>> 4) << 2;
    if (header < TCP_HEADER || header > length) return false;
    const flags = view.getUint8(at + 13);
    this.kind = kindOf(flags);
    this.hasAcknowledgment = (flags & 0x10) !== 0;
    this.sequence = view.getInt32(at + 4);
    this.acknowledgment = this.hasAcknowledgment ? view.getInt32(at + 8) : 0;
    this.selective = this.acknowledgment;
    this.window = view.getUint16(at + 14);
    const counted = (flags & 1) + ((flags >>> 1) & 1);
    this.end = (this.sequence + length - header + counted) | 0;
    this.scale = NO_SCALE;
    this.offersSelective = false;
    if (header > TCP_HEADER) this.readOptions(view, at + TCP_HEADER, at + header);
    return true;
  }

  /**
   * Takes out of what it acknowledges by how much a helper has shifted the numbers of the other end.
   *
   * @param shifts - The shifts.
   */
  unshift(shifts: SequenceOffsets): void {
    if (!this.hasAcknowledgment) return;
    const { acknowledgment, selective } = this;
    this.acknowledgment = (acknowledgment - shiftOfAcknowledgement(shifts, acknowledgment)) | 0;
    this.selective = (selective - shiftOfAcknowledgement(shifts, selective)) | 0;
  }

  private readOptions(view: DataView, from: number, end: number): void {
    if (this.kind === ACK && end - from === 12 && view.getInt32(from) === PADDED_TIMESTAMP) return;
    for (let at = from; at < end;) {
      const kind = view.getUint8(at);
      if (kind === OPTION_END) return;
      if (kind === OPTION_PAD) {
        at++;
        continue;
      }
      const length = at + 1 < end ? view.getUint8(at + 1) : 0;
      if (length < 2 || at + length > end) return;
      this.readOption(view, kind, at + 2, length - 2);
      at += length;
    }
  }

  private readOption(view: DataView, kind: number, at: number, length: number): void {
    if (kind === OPTION_SCALE && length === 1) {
      this.scale = Math.min(view.getUint8(at), GREATEST_SCALE);
    } else if (kind === OPTION_SELECTIVE && length === 0) {
      this.offersSelective = true;
    } else if (kind === OPTION_SELECTIVE_BLOCKS) {
      for (let block = at; block + 8 <= at + length; block += 8) {
        const edge = view.getInt32(block + 4);
        if (((edge - this.selective) | 0) > 0) this.selective = edge;
      }
    }
  }
}
