/**
 * The windows of both ends of a TCP connection: which sequence numbers and acknowledgments can be part of it.
 *
 * Cost: constant per segment, no allocation. Sources: RFC 9293, RFC 7323, RFC 2018; the bounds are those of
 * G. van Rooij, "Real Stateful TCP Packet Filtering in IP Filter" (2001); outcomes observed on Linux hosts.
 */
import {
  ACKED,
  END,
  FLAGS,
  HAS_ACKED,
  LIBERAL,
  LIMIT,
  SCALE_SHIFT,
  SELECTIVE,
  STATE_BITS,
  UNACKNOWLEDGED,
  WINDOW,
} from './record.js';
import { ACCEPTED, PASSED, REFUSED } from './tcp-outcomes.js';
import type { TcpSegment } from './tcp-segment.js';
import { RST, SYN, SYN_ACK, SYN_RECV, SYN_SENT } from './tcp-states.js';

/** How far behind an acknowledgment may be at least, in bytes. */
const OLDEST_ACKNOWLEDGMENT = 66_000;

/** Follows the windows of connections, by the segment at hand. */
export class TcpWindows {
  /** The window that the segment at hand offers, in bytes, when it was accepted; written by `move`. */
  offered = 0;
  private readonly segment: TcpSegment;

  /** @param segment - The segment at hand. */
  constructor(segment: TcpSegment) {
    this.segment = segment;
  }

  /** What the segment at hand shows of a sender that was not heard before. */
  begin(words: Int32Array, at: number, direction: number): void {
    const { segment } = this;
    words[at + END + direction] = segment.end;
    words[at + LIMIT + direction] = segment.end;
    words[at + WINDOW + direction] = Math.max(segment.window, 1);
  }

  /** Notes how far a sender got with a segment that is believed whatever its windows. */
  advance(words: Int32Array, at: number, direction: number): void {
    const { end } = this.segment;
    if (isAhead(end, words[at + END + direction])) words[at + END + direction] = end;
  }

  /** What a SYN offers, as flags. */
  offers(direction: number): number {
    const { scale, offersSelective } = this.segment;
    const shift = SCALE_SHIFT + 4 * direction;
    const scaled = Math.max(scale, 0) << shift;
    return offersSelective ? scaled | (SELECTIVE << direction) : scaled;
  }

  /** Checks sequence number and acknowledgment, and follows the windows when both fit. */
  follow(words: Int32Array, at: number, direction: number): number {
    const { segment } = this;
    const sender = at + direction;
    const isSyn = segment.kind === SYN || segment.kind === SYN_ACK;
    const state = words[at + FLAGS] & STATE_BITS;
    if (words[sender + WINDOW] === 0) {
      if (!isSyn) this.join(words, at, direction);
      else if (this.meet(words, at, direction)) return ACCEPTED;
    } else if (
      state === SYN_SENT &&
      segment.kind === SYN &&
      isAhead(segment.end, words[sender + END])
    ) {
      if (this.meet(words, at, direction)) return ACCEPTED;
    }
    const misfit = this.misfit(words, at, direction);
    if (misfit === ACCEPTED) this.move(words, at, direction, isSyn);
    else if ((words[at + FLAGS] & LIBERAL) !== 0) {
      this.offered = segment.window + 1;
      return ACCEPTED;
    }
    const isAgain = segment.kind === SYN_ACK && direction === 1 && state === SYN_RECV;
    return isAgain && misfit === REFUSED ? PASSED : misfit;
  }

  /** The first segment of a sender, not a SYN. */
  private join(words: Int32Array, at: number, direction: number): void {
    const { end, window } = this.segment;
    const sender = at + direction;
    const receiver = at + 1 - direction;
    const acknowledged = this.acknowledged(words, at, direction);
    if (words[receiver + WINDOW] === 0) {
      words[receiver + END] = acknowledged;
      words[receiver + LIMIT] = acknowledged;
    } else if (((acknowledged - words[receiver + END]) | 0) === 1) {
      // The other end may have sent a byte that asks whether this one still listens.
      words[receiver + END]++;
    }
    words[sender + END] = end;
    words[sender + WINDOW] = Math.max(window, 1);
    words[sender + LIMIT] = (end + words[sender + WINDOW]) | 0;
  }

  /** The SYN of a sender; returns whether it is one without ACK, which needs no further check. */
  private meet(words: Int32Array, at: number, direction: number): boolean {
    this.begin(words, at, direction);
    const mask = (0xf << (SCALE_SHIFT + 4 * direction)) | (SELECTIVE << direction);
    words[at + FLAGS] = (words[at + FLAGS] & ~mask) | this.offers(direction);
    // Windows are scaled when both ends offer it.
    if (direction === 1 && this.segment.scale < 0) words[at + FLAGS] &= ~(0xff << SCALE_SHIFT);
    return !this.segment.hasAcknowledgment;
  }

  /** Whether a segment fits the windows: `ACCEPTED`, or what becomes of it. */
  private misfit(words: Int32Array, at: number, direction: number): number {
    const sender = at + direction;
    const receiver = at + 1 - direction;
    const { sequence, end } = this.segment;
    const acknowledged = this.misfitOfAcknowledgment(words, at, direction);
    if (acknowledged === REFUSED) return REFUSED;
    const isOld = acknowledged === PASSED;
    const ahead = (sequence - words[sender + LIMIT]) | 0;
    if (ahead > 0) {
      const beyond = (end - words[sender + LIMIT] - words[receiver + WINDOW]) | 0;
      if (beyond >= 0 || isOld) return REFUSED;
      // It may be acknowledged all the same.
      words[sender + END] = end;
      return PASSED;
    }
    if (isOld) return PASSED;
    return ((end - words[sender + END] + words[receiver + WINDOW]) | 0) < 0 ? PASSED : ACCEPTED;
  }

  /** Whether an acknowledgment fits what was sent: `REFUSED` ahead of it, `PASSED` far behind it. */
  private misfitOfAcknowledgment(words: Int32Array, at: number, direction: number): number {
    const end = words[at + END + 1 - direction];
    const ahead = (this.acknowledged(words, at, direction) - end) | 0;
    if (ahead > 0) return REFUSED;
    const oldest = Math.max(OLDEST_ACKNOWLEDGMENT, words[at + WINDOW + direction]);
    return ahead + oldest < 0 ? PASSED : ACCEPTED;
  }

  /** What the segment acknowledges; without ACK all that was sent. */
  private acknowledged(words: Int32Array, at: number, direction: number): number {
    const { segment } = this;
    const { kind, acknowledgment, selective, hasAcknowledgment } = segment;
    const other = 1 - direction;
    if (!hasAcknowledgment || (kind === RST && acknowledgment === 0))
      return words[at + END + other];
    return (words[at + FLAGS] & (SELECTIVE << other)) === 0 ? acknowledgment : selective;
  }

  /** Follows the windows of both ends by a segment that fits. */
  private move(words: Int32Array, at: number, direction: number, isSyn: boolean): void {
    const { segment } = this;
    const sender = at + direction;
    const receiver = at + 1 - direction;
    let flags = words[at + FLAGS];
    const scale = isSyn ? 0 : (flags >>> (SCALE_SHIFT + 4 * direction)) & 0xf;
    const acknowledged = this.acknowledged(words, at, direction);
    const acknowledgment = segment.hasAcknowledgment ? segment.acknowledgment : acknowledged;
    const window = (segment.window << scale) + ((acknowledged - acknowledgment) | 0);
    this.offered = window;
    if (words[sender + WINDOW] < window) words[sender + WINDOW] = window;
    if (((segment.end - words[sender + END]) | 0) > 0) {
      words[sender + END] = segment.end;
      flags |= UNACKNOWLEDGED << direction;
    }
    if (segment.hasAcknowledgment) {
      const isFirst = (flags & (HAS_ACKED << direction)) === 0;
      if (isFirst || ((acknowledgment - words[sender + ACKED]) | 0) > 0) {
        words[sender + ACKED] = acknowledgment;
        flags |= HAS_ACKED << direction;
      }
      if (acknowledged === words[receiver + END]) flags &= ~(UNACKNOWLEDGED << (1 - direction));
    }
    const excess = (segment.end - words[sender + LIMIT]) | 0;
    if (words[receiver + WINDOW] !== 0 && excess > 0) words[receiver + WINDOW] += excess;
    const limit = (acknowledged + Math.max(window, 1)) | 0;
    if (((limit - words[receiver + LIMIT]) | 0) > 0) words[receiver + LIMIT] = limit;
    words[at + FLAGS] = flags;
  }
}

/** Whether a sequence number is behind another one in the stream. */
function isAhead(sequence: number, other: number): boolean {
  return ((sequence - other) | 0) > 0;
}
