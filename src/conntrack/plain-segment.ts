/**
 * The fast path of connection tracking: a client's segment with ACK alone, in the midst of an established connection,
 * that fits both windows. It does what `tcp-tracker.ts` does to such a segment, without the checks that it passes
 * anyway; of any other it says so, and changes nothing. Here a call costs as much as the work, hence one function.
 *
 * Cost: no allocation. Source: as for `tcp-windows.ts`.
 */
import { sumOfWord } from '../wire/checksum.js';
import { hasRightPlainChecksum } from './checksums.js';
import {
  ACKED,
  ASSURED,
  CHALLENGED,
  END,
  EXPIRY,
  FLAGS,
  HAS_ACKED,
  LAST_IS_REPLY,
  LAST_IS_RESET,
  LIBERAL,
  LIMIT,
  REPLIED,
  SCALE_SHIFT,
  STATE_BITS,
  UNACKNOWLEDGED,
  WINDOW,
} from './record.js';
import { ESTABLISHED, ESTABLISHED_S, UNACKNOWLEDGED_S } from './tcp-states.js';

/** Flags and header length of a plain segment: ACK, perhaps PSH, and five words, or eight with a timestamp. */
const FLAG_MASK = 0x0037_0000;
const ACK_ALONE = 0x0010_0000;
const FIVE_WORDS = 0x5;
const EIGHT_WORDS = 0x8;
const PADDED_TIMESTAMP = 0x0101080a;
/** Behind this an acknowledgment may be too old. */
const OLD_ACKNOWLEDGMENT = -66_000;
/** What has to be set, and what must not be, in the flags of the record. */
const NEEDED: number = REPLIED | HAS_ACKED | (HAS_ACKED << 1) | ESTABLISHED;
const CONCERNED: number = NEEDED | STATE_BITS | LIBERAL | CHALLENGED;
const BOTH_UNACKNOWLEDGED: number = UNACKNOWLEDGED | (UNACKNOWLEDGED << 1);
const LAST: number = LAST_IS_REPLY | LAST_IS_RESET;
const IN_FLIGHT_MS: number = UNACKNOWLEDGED_S * 1000;
const IDLE_MS: number = ESTABLISHED_S * 1000;

/**
 * Follows a plain segment of a client.
 *
 * @param words - The array with the record.
 * @param at - Index of its first word.
 * @param flags - Its flags.
 * @param view - Over the bytes that hold the segment.
 * @param tcp - Index of the first byte of its TCP header, which is whole.
 * @param last - Index behind its last byte.
 * @param now - The present time in milliseconds.
 * @param verifies - Whether its checksum has to be right; it then has an IPv4 header without options.
 * @returns `false`, and nothing done, when it is not plain.
 */
export function followPlainSegment(
  words: Int32Array,
  at: number,
  flags: number,
  view: DataView,
  tcp: number,
  last: number,
  now: number,
  verifies: boolean,
): boolean {
  // Header length, flags and window.
  const control = view.getInt32(tcp + 12);
  if ((flags & CONCERNED) !== NEEDED || !isPlainHeader(control, view, tcp, last)) return false;
  const sequence = view.getInt32(tcp + 4);
  const acknowledgment = view.getInt32(tcp + 8);
  const window = (control & 0xffff) << ((flags >>> SCALE_SHIFT) & 0xf);
  const end = (sequence + last - tcp - ((control >>> 28) << 2)) | 0;
  const unacknowledged = (acknowledgment - words[at + END + 1]) | 0;
  const progress = (end - words[at + END]) | 0;
  if (unacknowledged > 0 || unacknowledged < OLD_ACKNOWLEDGMENT || window === 0) return false;
  if (progress < 0 || ((end - words[at + LIMIT]) | 0) > 0) return false;
  if (verifies) {
    const read = sumOfWord(sequence) + sumOfWord(acknowledgment) + sumOfWord(control);
    if (!hasRightPlainChecksum(view, tcp, last, read)) return false;
  }
  let after = (flags & ~LAST) | ASSURED;
  if (progress > 0) {
    words[at + END] = end;
    after |= UNACKNOWLEDGED;
  }
  if (unacknowledged === 0) after &= ~(UNACKNOWLEDGED << 1);
  if (((acknowledgment - words[at + ACKED]) | 0) > 0) words[at + ACKED] = acknowledgment;
  if (words[at + WINDOW] < window) words[at + WINDOW] = window;
  const limit = (acknowledgment + window) | 0;
  if (((limit - words[at + LIMIT + 1]) | 0) > 0) words[at + LIMIT + 1] = limit;
  words[at + FLAGS] = after;
  words[at + EXPIRY] = (now + ((after & BOTH_UNACKNOWLEDGED) === 0 ? IDLE_MS : IN_FLIGHT_MS)) | 0;
  return true;
}

/** Whether a segment has ACK alone, and no options but a timestamp. */
function isPlainHeader(control: number, view: DataView, tcp: number, last: number): boolean {
  if ((control & FLAG_MASK) !== ACK_ALONE) return false;
  const headerWords = control >>> 28;
  if (headerWords === FIVE_WORDS) return true;
  if (headerWords !== EIGHT_WORDS || last - tcp < 32) return false;
  return view.getInt32(tcp + 20) === PADDED_TIMESTAMP;
}
