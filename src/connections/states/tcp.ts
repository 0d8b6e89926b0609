/**
 * TCP connections: states, events, and the two tables of transitions.
 *
 * A segment is one event: RST before SYN before FIN before ACK; one with none of these flags closes the
 * connection. The secure table is in use while the `secure_tcp` defense is at work: it enters ESTABLISHED
 * only after packets from both sides. Cost: one table access per segment.
 * Source: recorded transitions of a Linux director.
 */
import { readStateTable } from './state-table.js';

/** The names of the states, by number. */
export const TCP_STATES: readonly string[] = [
  'NONE',
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECV',
  'FIN_WAIT',
  'TIME_WAIT',
  'CLOSE',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'SYNACK',
];
/** The state in which data flows. */
export const TCP_ESTABLISHED = 1;
/** The client's SYN was seen. */
export const TCP_SYN_RECV = 3;
/** One side has sent FIN. */
export const TCP_FIN_WAIT = 4;
/** Both sides have sent FIN. */
export const TCP_TIME_WAIT = 5;
/** Reset, or closed by a segment that does not fit. */
export const TCP_CLOSE = 6;
/** A data connection is announced; no packet of it was seen. */
export const TCP_LISTEN = 9;
/** The secure table's state between SYN and proof of the client. */
export const TCP_SYNACK = 10;
/** The states whose connections are active, one bit each: ESTABLISHED, SYN_SENT, SYN_RECV, SYNACK. */
export const TCP_ACTIVE: number = (1 << 1) | (1 << 2) | (1 << 3) | (1 << 10);

/** The bit of FIN in a TCP header's flags. */
export const TCP_FIN = 0x01;
/** The bit of SYN in a TCP header's flags. */
export const TCP_SYN = 0x02;
/** The bit of RST in a TCP header's flags. */
export const TCP_RST = 0x04;
/** The bit of ACK in a TCP header's flags. */
export const TCP_ACK = 0x10;

const EVENTS = 4;
const SECURE = 3 * EVENTS;

/** Rows RST, SYN, FIN, ACK; directions INPUT, OUTPUT, INPUT_ONLY; first normal, then secure. */
const transitions = /* @__PURE__ */ readStateTable(
  [
    '66636666893 31133333333 67255567895 11214567691',
    '66266566666 21232222293 54254565895 11214567811',
    '66636666896 31133333333 64254567895 11214567691',
    '66636666896 3113333333a 6725556789a 1123456769a',
    '66266566666 212a222229a 54254565895 11214567811',
    '66636666896 a113aaaaaaa 64254567895 11214567691',
  ],
  EVENTS,
  TCP_STATES.length,
);

/**
 * The state after a segment.
 *
 * @param state - The state before.
 * @param flags - The flags of the TCP header; only FIN, SYN, RST and ACK count.
 * @param direction - See `directionOf`.
 * @param secure - Whether the secure table is in use.
 * @returns The number of the next state.
 */
export function nextTcpState(
  state: number,
  flags: number,
  direction: number,
  secure: boolean,
): number {
  const event = eventOf(flags);
  if (event === EVENTS) return TCP_CLOSE;
  return transitions[((secure ? SECURE : 0) + direction * EVENTS + event) * 16 + state];
}

function eventOf(flags: number): number {
  if ((flags & TCP_RST) !== 0) return 0;
  if ((flags & TCP_SYN) !== 0) return 1;
  if ((flags & TCP_FIN) !== 0) return 2;
  return (flags & TCP_ACK) === 0 ? EVENTS : 3;
}
