/**
 * The fast path of connection tracking: a client's segment with ACK alone, in the midst of an established connection,
 * that fits both windows. It does what `tcp-tracker.ts` does to such a segment, without the checks that it passes
 * anyway; of any other it says so, and changes nothing. Here a call costs as much as the work, hence one function: it
 * also finds the record, and is too long to be inlined, so that the engine inlines all else into the director's path.
 *
 * Cost: no allocation. Source: as for `tcp-windows.ts`.
 */
import type { ConnectionTable } from '../connections/connection-table.js';
import { isMasquerading } from '../connections/entries/flags.js';
import { sumOfWord } from '../wire/checksum.js';
import { hasRightPlainChecksum } from './checksums.js';
import type { Firewall } from './firewall.js';
import {
  ACKED,
  ASSURED,
  CHALLENGED,
  DECIDED,
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
  TRACKED,
  TRANSLATED,
  UNACKNOWLEDGED,
  WINDOW,
} from './record.js';
import { ESTABLISHED, ESTABLISHED_S, SYN_SENT, UNACKNOWLEDGED_S } from './tcp-states.js';
import type { TrackedEntries } from './tracked-entries.js';
import {
  NOT_PLAIN,
  PLAIN,
  PLAIN_TRANSLATED,
  type PlainAs,
  type PlainPart,
} from './tracking-part.js';
import type { TrackingRecords } from './tracking-records.js';
import { translatePlainSource } from './translation.js';

/** Bytes of an IPv4 header without options. */
const IPV4_HEADER = 20;
/** Where a TCP segment behind such a header has its flags. */
const FLAGS_AT = 33;
/** FIN, SYN, RST. */
const OTHER_FLAGS = 0x07;
/** All flags but PSH. */
const FLAG_BITS = 0x37;
const ACK_FLAG = 0x10;
/** Flags and header length of a plain segment: ACK, perhaps PSH, and five words, or eight with a timestamp. */
const FLAG_MASK = 0x0037_0000;
const ACK_ALONE = 0x0010_0000;
const FIVE_WORDS = 0x5;
const EIGHT_WORDS = 0x8;
const PADDED_TIMESTAMP = 0x0101080a;
/** Behind this an acknowledgment may be too old. */
const OLD_ACKNOWLEDGMENT = -66_000;
/** What has to be set, and what must not be, in the flags of the record. */
const NEEDED: number = TRACKED | REPLIED | HAS_ACKED | (HAS_ACKED << 1) | ESTABLISHED;
const CONCERNED: number = NEEDED | STATE_BITS | LIBERAL | CHALLENGED;
const BOTH_UNACKNOWLEDGED: number = UNACKNOWLEDGED | (UNACKNOWLEDGED << 1);
const LAST: number = LAST_IS_REPLY | LAST_IS_RESET;
const IN_FLIGHT_MS: number = UNACKNOWLEDGED_S * 1000;
const IDLE_MS: number = ESTABLISHED_S * 1000;

/** Follows plain segments of clients, for one director. */
export class PlainSegments implements PlainPart {
  private readonly table: ConnectionTable;
  private readonly firewall: Firewall;
  private readonly entries: TrackedEntries;
  private readonly records: TrackingRecords;

  /**
   * @param table - The connections of the director.
   * @param firewall - The firewall's rules.
   * @param entries - What is tracked of the connections.
   */
  constructor(table: ConnectionTable, firewall: Firewall, entries: TrackedEntries) {
    this.table = table;
    this.firewall = firewall;
    this.entries = entries;
    this.records = entries.records;
  }

  receive(slot: number, view: DataView, offset: number, end: number, now: number): PlainAs {
    const { records } = this;
    const words = records.chunkOf(slot);
    const at = records.offsetOf(slot);
    const flags = at < words.length ? words[at + FLAGS] : 0;
    if ((flags & CONCERNED) !== NEEDED) return this.passes(slot, flags, view, offset, now);
    const tcp = offset + IPV4_HEADER;
    // Header length, flags and window.
    const control = view.getInt32(tcp + 12);
    if (((words[at + EXPIRY] - now) | 0) <= 0) return NOT_PLAIN;
    if (!isPlainHeader(control, view, tcp, end)) return NOT_PLAIN;
    const sequence = view.getInt32(tcp + 4);
    const acknowledgment = view.getInt32(tcp + 8);
    const window = (control & 0xffff) << ((flags >>> SCALE_SHIFT) & 0xf);
    const next = (sequence + end - tcp - ((control >>> 28) << 2)) | 0;
    const unacknowledged = (acknowledgment - words[at + END + 1]) | 0;
    const progress = (next - words[at + END]) | 0;
    if (unacknowledged > 0 || unacknowledged < OLD_ACKNOWLEDGMENT || window === 0) return NOT_PLAIN;
    if (progress < 0 || ((next - words[at + LIMIT]) | 0) > 0) return NOT_PLAIN;
    if (this.firewall.verifiesChecksums) {
      const read = sumOfWord(sequence) + sumOfWord(acknowledgment) + sumOfWord(control);
      if (!hasRightPlainChecksum(view, tcp, end, read)) return NOT_PLAIN;
    }
    let after = (flags & ~LAST) | ASSURED;
    if (progress > 0) {
      words[at + END] = next;
      after |= UNACKNOWLEDGED;
    }
    if (unacknowledged === 0) after &= ~(UNACKNOWLEDGED << 1);
    if (((acknowledgment - words[at + ACKED]) | 0) > 0) words[at + ACKED] = acknowledgment;
    if (words[at + WINDOW] < window) words[at + WINDOW] = window;
    const limit = (acknowledgment + window) | 0;
    if (((limit - words[at + LIMIT + 1]) | 0) > 0) words[at + LIMIT + 1] = limit;
    words[at + FLAGS] = after;
    words[at + EXPIRY] = (now + ((after & BOTH_UNACKNOWLEDGED) === 0 ? IDLE_MS : IN_FLIGHT_MS)) | 0;
    return (flags & TRANSLATED) === 0 ? PLAIN : PLAIN_TRANSLATED;
  }

  send(slot: number, view: DataView, offset: number): void {
    const { own } = this.entries;
    translatePlainSource(view, offset, own.addressOf(slot).word3, own.portOf(slot));
  }

  /** Whether a segment of any other entry is forwarded without being followed. */
  private passes(
    slot: number,
    flags: number,
    view: DataView,
    offset: number,
    now: number,
  ): PlainAs {
    if ((flags & TRACKED) === 0) return this.passesUntracked(flags, view, offset);
    const { records } = this;
    const expiry = records.wordsOf(slot)[records.offsetOf(slot) + EXPIRY];
    if (((expiry - now) | 0) <= 0) return NOT_PLAIN;
    return this.passesInvalid(slot, flags, view, offset) ? PLAIN : NOT_PLAIN;
  }

  /** What is taken out of tracking looks new to the firewall, or invalid when it has other flags than ACK. */
  private passesUntracked(flags: number, view: DataView, offset: number): PlainAs {
    const isNew = (view.getUint8(offset + FLAGS_AT) & OTHER_FLAGS) === 0;
    return (flags & DECIDED) !== 0 && (isNew || !this.firewall.dropsInput) ? PLAIN : NOT_PLAIN;
  }

  /** No answer is seen of direct routing, so all that follows the SYN is invalid, and is forwarded. */
  private passesInvalid(slot: number, flags: number, view: DataView, offset: number): boolean {
    if ((flags & STATE_BITS) !== SYN_SENT || this.firewall.dropsInput) return false;
    const isAcknowledgment = (view.getUint8(offset + FLAGS_AT) & FLAG_BITS) === ACK_FLAG;
    return isAcknowledgment && !isMasquerading(this.table.flags(slot));
  }
}

/** Whether a segment has ACK alone, and no options but a timestamp. */
function isPlainHeader(control: number, view: DataView, tcp: number, last: number): boolean {
  if ((control & FLAG_MASK) !== ACK_ALONE) return false;
  const headerWords = control >>> 28;
  if (headerWords === FIVE_WORDS) return true;
  if (headerWords !== EIGHT_WORDS || last - tcp < 32) return false;
  return view.getInt32(tcp + 20) === PADDED_TIMESTAMP;
}
