/**
 * SCTP associations: states, events, and the table of transitions.
 *
 * The event is the type of the packet's first chunk; every type without a row of its own counts as DATA.
 * An ABORT behind a COOKIE ECHO or COOKIE ACK counts as ABORT. Cost: one table access per packet.
 * Source: recorded transitions of a Linux director; chunk types: RFC 9260, section 3.2.
 */
import { readStateTable } from './state-table.js';

/** The names of the states, by number. */
export const SCTP_STATES: readonly string[] = [
  'NONE',
  'INIT1',
  'INIT',
  'C-SENT',
  'C-REPLIED',
  'C-WAIT',
  'COOKIE',
  'C-ECHOED',
  'ESTABLISHED',
  'S-SENT',
  'S-RECEIVED',
  'S-ACK-SENT',
  'REJECTED',
  'CLOSED',
];
/** The states in which the client's INIT was seen, or sent by the server. */
export const SCTP_INIT1 = 1;
export const SCTP_INIT = 2;
/** The state in which data flows. */
export const SCTP_ESTABLISHED = 8;
/** Shut down or aborted. */
export const SCTP_CLOSED = 13;
/** The states whose connections are active, one bit each: ESTABLISHED only. */
export const SCTP_ACTIVE: number = 1 << SCTP_ESTABLISHED;

/** The type of the chunk that opens an association. */
export const SCTP_CHUNK_INIT = 1;
/** The type of the chunk that aborts one. */
export const SCTP_CHUNK_ABORT = 6;
const CHUNK_COOKIE_ECHO = 10;
const CHUNK_COOKIE_ACK = 11;

/** The row of each chunk type from 0 on; greater types count as DATA. */
const eventOfChunk: readonly number[] = [0, 1, 2, 0, 0, 0, 9, 5, 6, 8, 3, 4, 0, 0, 7];
const EVENTS = 10;

/**
 * Rows DATA, INIT, INIT ACK, COOKIE ECHO, COOKIE ACK, SHUTDOWN, SHUTDOWN ACK, SHUTDOWN COMPLETE, ERROR,
 * ABORT; directions INPUT, OUTPUT, INPUT_ONLY.
 */
const transitions = /* @__PURE__ */ readStateTable(
  [
    '8123456789abcd 1223456789ab22 5553466789abcd 4224456789abcd 8123456889abcd ' +
      'a1234567a9abcd d22345678dadcd ddd3456789adcd d123456d89abcd dddddcdddddddd',
    '8123456789abcd 55555555855555 3333456789abcd 7777777789abcd 8888888889abcd ' +
      '9999999999abcd bbbbb5678bbbcd d123456789abcd ddddd56789abcd dcdddddddddddd',
    '8123486789abcd 1222226789ab22 7777776789abcd 8888886789abcd 8128858889abcd ' +
      'a1234567a9abcd d2234567ddadcd ddddd56789ddcd d123456789abcd dddddcdddddddd',
  ],
  EVENTS,
  SCTP_STATES.length,
);

/**
 * The state after a packet.
 *
 * @param state - The state before.
 * @param firstChunk - The type of the packet's first chunk, 0–255.
 * @param secondChunk - The type of its second chunk; −1 when there is none.
 * @param direction - See `directionOf`.
 * @returns The number of the next state.
 */
export function nextSctpState(
  state: number,
  firstChunk: number,
  secondChunk: number,
  direction: number,
): number {
  const cookie = firstChunk === CHUNK_COOKIE_ECHO || firstChunk === CHUNK_COOKIE_ACK;
  const chunk = cookie && secondChunk === SCTP_CHUNK_ABORT ? SCTP_CHUNK_ABORT : firstChunk;
  const event = chunk < eventOfChunk.length ? eventOfChunk[chunk] : 0;
  return transitions[(direction * EVENTS + event) * 16 + state];
}
