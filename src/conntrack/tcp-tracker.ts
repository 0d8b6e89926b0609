/**
 * Follows one TCP connection by its segments: state, windows, timeout.
 *
 * A segment is judged twice. The table of `tcp-states.ts` knows which kinds fit the state; the windows know which
 * sequence numbers and acknowledgments can be part of the connection. What cannot be part of it is invalid; what is
 * merely old or a little early is passed without changing anything. A RST is believed when its sequence number is exact;
 * within the window it only shortens the timeout. A connection joined in its midst has no known windows, so nothing
 * of it is invalid.
 *
 * What becomes of a packet that is invalid: `tracker.ts`. Cost: constant per segment, no allocation. Sources: RFC 9293,
 * RFC 7323, RFC 2018; the bounds are those of G. van Rooij, "Real Stateful TCP Packet Filtering in IP Filter" (2001);
 * outcomes observed on Linux hosts.
 */
import {
  ACKED,
  ASSURED,
  CHALLENGED,
  CLOSING,
  END,
  EXPIRY,
  FLAGS,
  HAS_ACKED,
  LAST_IS_REPLY,
  LAST_IS_RESET,
  LASTING,
  LIBERAL,
  LIMIT,
  REPLIED,
  SELECTIVE,
  STATE_BITS,
  TRANSLATED,
  UNACKNOWLEDGED,
  WINDOW,
} from './record.js';
import { ACCEPTED, ENDED, PASSED, REFUSED, REOPENED } from './tcp-outcomes.js';
import { TcpSegment } from './tcp-segment.js';
import { TcpWindows } from './tcp-windows.js';
import {
  ACK,
  CLOSE,
  ESTABLISHED,
  FIN,
  FIN_WAIT,
  IGNORED,
  INVALID,
  NO_KIND,
  NO_STATE,
  nextState,
  RST,
  SYN,
  SYN_ACK,
  SYN_RECV,
  SYN_SENT,
  TCP_TIMEOUTS_S,
  TIME_WAIT,
  UNACKNOWLEDGED_S,
} from './tcp-states.js';

const BOTH_SELECTIVE: number = SELECTIVE | (SELECTIVE << 1);
const BOTH_UNACKNOWLEDGED: number = UNACKNOWLEDGED | (UNACKNOWLEDGED << 1);
const SECOND_MS = 1000;
/** What a new connection keeps of the flags. */
const KEPT: number = LASTING | TRANSLATED;

/** A segment that was ignored, and may be answered. */
interface Ignored {
  readonly kind: number;
  readonly direction: number;
  readonly acknowledgment: number;
  readonly end: number;
  readonly window: number;
  /** What it offers, when it is a SYN. */
  readonly offers: number;
}

/** Follows TCP connections; their records are the caller's. */
export class TcpTracker {
  /** The segment at hand: read it, then judge it. */
  readonly segment: TcpSegment = new TcpSegment();
  private readonly windows = new TcpWindows(this.segment);
  /** Segments that were ignored last, by connection: few at any time. */
  private readonly ignored = new Map<number, Ignored>();

  /**
   * Forgets what is remembered besides the record.
   *
   * @param id - The connection.
   */
  forget(id: number): void {
    this.ignored.delete(id);
  }

  /**
   * Judges the segment at hand, and follows it.
   *
   * @param words - The array with the record.
   * @param at - Index of its first word.
   * @param id - The connection's own number.
   * @param direction - 0 from the end that opened the connection, 1 from the other.
   * @param now - The present time in milliseconds.
   * @returns `ACCEPTED`, `PASSED`, `REFUSED`, `ENDED` or `REOPENED`.
   */
  judge(words: Int32Array, at: number, id: number, direction: number, now: number): number {
    const { kind } = this.segment;
    const state = words[at + FLAGS] & STATE_BITS;
    if (kind === NO_KIND) return REFUSED;
    if (state === NO_STATE) return this.open(words, at, now);
    const judged = this.judgeKnown(words, at, id, direction, now);
    // Whatever is not invalid is an answer.
    if (direction === 1 && judged <= PASSED) words[at + FLAGS] |= REPLIED;
    return judged;
  }

  /** A segment of a connection that has a state. */
  private judgeKnown(
    words: Int32Array,
    at: number,
    id: number,
    direction: number,
    now: number,
  ): number {
    const { kind } = this.segment;
    const flags = words[at + FLAGS];
    const state = flags & STATE_BITS;
    const next = nextState(state, kind, direction);
    if (next === INVALID) return REFUSED;
    if (next === SYN_SENT && state >= TIME_WAIT) {
      if (canReopen(flags, direction)) return REOPENED;
      return this.ignore(words, at, id, direction, now);
    }
    if (next === IGNORED) return this.ignore(words, at, id, direction, now);
    return this.follow(words, at, id, direction, next, now);
  }

  /** The first segment of a connection. */
  private open(words: Int32Array, at: number, now: number): number {
    const { segment } = this;
    const next = nextState(NO_STATE, segment.kind, 0);
    if (next === INVALID) return REFUSED;
    words.fill(0, at, at + EXPIRY);
    const kept = words[at + FLAGS] & KEPT;
    this.windows.begin(words, at, 0);
    if (next === SYN_SENT) {
      words[at + FLAGS] = kept | this.windows.offers(0) | next;
    } else {
      words[at + LIMIT] = (segment.end + words[at + WINDOW]) | 0;
      words[at + END + 1] = segment.acknowledgment;
      words[at + LIMIT + 1] = segment.acknowledgment;
      words[at + FLAGS] = kept | LIBERAL | BOTH_SELECTIVE | next;
    }
    restart(words, at, next === ESTABLISHED ? UNACKNOWLEDGED_S : TCP_TIMEOUTS_S[next], now);
    return ACCEPTED;
  }

  /** A segment that fits the state but means nothing in it. */
  private ignore(
    words: Int32Array,
    at: number,
    id: number,
    direction: number,
    now: number,
  ): number {
    const { kind, acknowledgment } = this.segment;
    const before = this.lastIgnored(words, at, id);
    if (
      before?.kind === SYN &&
      direction === 1 &&
      kind === SYN_ACK &&
      acknowledgment === before.end
    ) {
      this.beginAgain(words, at, before);
      return this.follow(words, at, id, direction, SYN_RECV, now);
    }
    const last = direction === 0 ? CHALLENGED : LAST_IS_REPLY | CHALLENGED;
    words[at + FLAGS] = (words[at + FLAGS] & ~(LAST_IS_REPLY | LAST_IS_RESET)) | last;
    this.remember(id, direction);
    return PASSED;
  }

  /** Remembers the segment at hand: its receiver may know better. */
  private remember(id: number, direction: number): void {
    const { kind, acknowledgment, end, window } = this.segment;
    const offers = this.windows.offers(direction);
    this.ignored.set(id, { kind, direction, acknowledgment, end, window, offers });
  }

  /** The segment before, if it was ignored. */
  private lastIgnored(words: Int32Array, at: number, id: number): Ignored | undefined {
    return (words[at + FLAGS] & CHALLENGED) === 0 ? undefined : this.ignored.get(id);
  }

  /** The server took a SYN that was ignored: the connection begins with it. */
  private beginAgain(words: Int32Array, at: number, { end, window, offers }: Ignored): void {
    const kept = words[at + FLAGS] & (KEPT | REPLIED | ASSURED);
    words.fill(0, at, at + EXPIRY);
    words[at + END] = end;
    words[at + LIMIT] = end;
    words[at + WINDOW] = Math.max(window, 1);
    words[at + FLAGS] = kept | offers | SYN_SENT;
  }

  /** Whether a RST answers the segment before, which was ignored, or takes a SYN back. */
  private concernsIgnored(words: Int32Array, at: number, id: number, direction: number): boolean {
    const before = this.lastIgnored(words, at, id);
    if (before === undefined) return false;
    const { sequence, acknowledgment } = this.segment;
    if (before.direction === direction) return before.kind === SYN && sequence === before.end;
    if (before.kind === SYN) return acknowledgment === before.end;
    const isAssured = (words[at + FLAGS] & ASSURED) !== 0;
    const isAnswer = sequence === before.acknowledgment || acknowledgment === before.end;
    return before.kind === ACK && !isAssured && isAnswer;
  }

  /** A segment that fits the state: windows, then the next state. */
  private follow(
    words: Int32Array,
    at: number,
    id: number,
    direction: number,
    next: number,
    now: number,
  ): number {
    if (this.segment.kind === RST) return this.followReset(words, at, id, direction, now);
    const judged = this.windows.follow(words, at, direction);
    if (judged === ACCEPTED) this.accept(words, at, direction, next, now);
    return judged;
  }

  /** A RST. */
  private followReset(
    words: Int32Array,
    at: number,
    id: number,
    direction: number,
    now: number,
  ): number {
    const state = words[at + FLAGS] & STATE_BITS;
    const isClosing = state >= FIN_WAIT && state <= CLOSE;
    let next = CLOSE;
    // Of a connection that is closing it is believed, and so is the answer to a segment that was ignored.
    if (!isClosing && !this.concernsIgnored(words, at, id, direction)) {
      const fit = this.resetFit(words, at, direction);
      if (fit === BEFORE) return REFUSED;
      const judged = this.windows.follow(words, at, direction);
      if (judged !== ACCEPTED) return judged;
      if (fit === WITHIN) next = state;
    } else if (!isClosing) this.windows.advance(words, at, direction);
    if ((words[at + FLAGS] & REPLIED) === 0) return ENDED;
    this.accept(words, at, direction, next, now);
    return ACCEPTED;
  }

  /** Moves the state, and restarts the timeout. */
  private accept(
    words: Int32Array,
    at: number,
    direction: number,
    next: number,
    now: number,
  ): void {
    const before = words[at + FLAGS];
    this.settle(words, at, direction, before & STATE_BITS, next);
    const isUnanswered = next === SYN_SENT && (before & REPLIED) === 0;
    if (isUnanswered) return;
    restart(words, at, this.timeoutOf(words[at + FLAGS], before, next), now);
  }

  /** Writes state and flags after an accepted segment. */
  private settle(
    words: Int32Array,
    at: number,
    direction: number,
    before: number,
    state: number,
  ): void {
    const { kind } = this.segment;
    let flags = words[at + FLAGS] & ~(STATE_BITS | LAST_IS_REPLY | LAST_IS_RESET | CHALLENGED);
    const wasOpen = before === SYN_RECV || before === ESTABLISHED;
    if ((flags & REPLIED) !== 0 && wasOpen && state === ESTABLISHED) flags |= ASSURED;
    if (direction === 1) flags |= LAST_IS_REPLY;
    if (kind === RST) flags |= LAST_IS_RESET;
    if (kind === FIN && state === FIN_WAIT) flags |= CLOSING;
    words[at + FLAGS] = flags | state;
  }

  /** The timeout after the segment at hand, in seconds; `before` are the flags before it. */
  private timeoutOf(flags: number, before: number, state: number): number {
    const { kind } = this.segment;
    if (kind === RST) return TCP_TIMEOUTS_S[CLOSE];
    if (state !== ESTABLISHED) return TCP_TIMEOUTS_S[state];
    const isHalf = (before & REPLIED) === 0 || (flags & BOTH_UNACKNOWLEDGED) !== 0;
    return isHalf || this.windows.offered === 0 ? UNACKNOWLEDGED_S : TCP_TIMEOUTS_S[state];
  }

  /** How the sequence number of a RST fits what its receiver acknowledged. */
  private resetFit(words: Int32Array, at: number, direction: number): number {
    const { sequence } = this.segment;
    const other = 1 - direction;
    if ((words[at + FLAGS] & (HAS_ACKED << other)) === 0) return EXACT;
    const ahead = (sequence - words[at + ACKED + other]) | 0;
    if (ahead < 0) return BEFORE;
    if (ahead === 0) return EXACT;
    const follows = ((words[at + FLAGS] & LAST_IS_REPLY) !== 0) === (direction === 1);
    return follows && sequence === words[at + END + direction] ? EXACT : WITHIN;
  }
}

/** A RST is before what its receiver acknowledged, within the window, or exact. */
const BEFORE = 0;
const WITHIN = 1;
const EXACT = 2;

/** Whether a SYN takes the place of a connection that is over. */
function canReopen(flags: number, direction: number): boolean {
  if ((flags & CLOSING) !== 0) return true;
  const ofSameEnd = ((flags & LAST_IS_REPLY) !== 0) === (direction === 1);
  return (flags & LAST_IS_RESET) !== 0 && ofSameEnd;
}

function restart(words: Int32Array, at: number, seconds: number, now: number): void {
  words[at + EXPIRY] = (now + seconds * SECOND_MS) | 0;
}
