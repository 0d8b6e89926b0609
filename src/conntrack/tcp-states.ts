/**
 * TCP as connection tracking sees it: states, timeouts, and the table of transitions.
 *
 * These states have no part in IPVS, whose own are in `connections/states/tcp.ts`. Source: transitions observed on a
 * Linux host by `conntrack -L`, one segment at a time, and nf_conntrack-sysctl for the timeouts.
 */

/** The names of the states, by number. */
export const TRACKED_TCP_STATES: readonly string[] = [
  'NONE',
  'SYN_SENT',
  'SYN_RECV',
  'ESTABLISHED',
  'FIN_WAIT',
  'CLOSE_WAIT',
  'LAST_ACK',
  'TIME_WAIT',
  'CLOSE',
  'SYN_SENT2',
];
/** No segment was seen. */
export const NO_STATE = 0;
/** A SYN was seen. */
export const SYN_SENT = 1;
/** SYN and SYN+ACK were seen. */
export const SYN_RECV = 2;
/** Data flows. */
export const ESTABLISHED = 3;
/** One end has sent FIN. */
export const FIN_WAIT = 4;
/** Both ends have sent FIN, and the last was acknowledged. */
export const TIME_WAIT = 7;
/** A RST was seen. */
export const CLOSE = 8;
/** Both ends sent a SYN. */
export const SYN_SENT2 = 9;

/** The timeout of a connection whose data is all acknowledged, in seconds: five days. */
export const ESTABLISHED_S = 432_000;
/** The timeouts of the states in seconds, by number. */
export const TCP_TIMEOUTS_S: readonly number[] = [
  0,
  120,
  60,
  ESTABLISHED_S,
  120,
  60,
  30,
  120,
  10,
  120,
];
/** The timeout while data waits for its acknowledgment, or only one end was heard, in seconds. */
export const UNACKNOWLEDGED_S = 300;

/** The kinds of segments. */
export const SYN = 0;
/** SYN with ACK. */
export const SYN_ACK = 1;
/** FIN with ACK. */
export const FIN = 2;
/** ACK alone. */
export const ACK = 3;
/** RST, with or without ACK. */
export const RST = 4;
/** A combination of flags that no host sends. */
export const NO_KIND = 5;

const URG = 0x20;
const DIGIT_ZERO = 48;

/** The kind by FIN, SYN, RST and, in the place of PSH, ACK: five bits of the header's flags, ACK moved down. */
const KINDS = '5505455532154555';

/** The segment is passed, and changes nothing. */
export const IGNORED = 10;
/** The segment is invalid. */
export const INVALID = 11;

/** A row per kind, a column per state; first what the opening end sends, then the other. */
const ROWS =
  '11iiiii119 xx2xxxxxx2 xx4466678x 3x3355778x x888888888 ' +
  'x9xxxxx1x9 x22iiiiii2 xx4466678x xi2355778i x888888888';

const transitions = /* @__PURE__ */ readRows(ROWS);

const KIND_COUNT = 5;
const STATE_COUNT = 10;

/**
 * The kind of a segment.
 *
 * @param flags - The byte of flags in its header; PSH, ECE and CWR mean nothing, URG is odd but with SYN or ACK.
 * @returns A kind.
 */
export function kindOf(flags: number): number {
  const kind = KINDS.charCodeAt((flags & 7) | ((flags >>> 1) & 8)) - DIGIT_ZERO;
  if ((flags & URG) === 0 || kind === SYN || kind === FIN || kind === ACK) return kind;
  return NO_KIND;
}

/**
 * The state after a segment.
 *
 * @param state - The state before.
 * @param kind - The kind of the segment, not {@link NO_KIND}.
 * @param direction - 0 from the end that opened the connection, 1 from the other.
 * @returns A state, {@link IGNORED} or {@link INVALID}.
 */
export function nextState(state: number, kind: number, direction: number): number {
  return transitions[(direction * KIND_COUNT + kind) * STATE_COUNT + state];
}

function readRows(rows: string): Uint8Array {
  const cells = rows.replaceAll(' ', '');
  return Uint8Array.from(cells, (cell) => {
    if (cell === 'i') return 10;
    return cell === 'x' ? 11 : Number(cell);
  });
}
