/**
 * The layout of one tracked connection: ten 32-bit words, in typed arrays that hold many of them.
 *
 * Direction 0 is that of the packet that opened the connection, 1 the other one. Words that come in pairs have
 * direction 0 first. Sequence numbers and times are compared by their difference. A connection without a state is
 * not listed; its record may still say that its packets are tracked.
 */

/** Words per connection: 40 bytes. */
export const RECORD_WORDS = 10;
/** Per direction: the sequence number behind the last byte that was sent. */
export const END = 0;
/** Per direction: the greatest sequence number that the receiver's window allows. */
export const LIMIT = 2;
/** Per direction: the greatest window that was offered, in bytes. */
export const WINDOW = 4;
/** Per direction: the greatest acknowledgment that was sent. */
export const ACKED = 6;
/** When the connection is forgotten, in milliseconds, lowest 32 bits. */
export const EXPIRY = 8;
/** State and flags; see below. */
export const FLAGS = 9;

/** In {@link FLAGS}: the number of the state, 0 = nothing is listed; of UDP always 1. */
export const STATE_BITS = 0xf;
/** In {@link FLAGS}: a packet of direction 1 was seen. */
export const REPLIED: number = 1 << 4;
/** In {@link FLAGS}: worth keeping; `[ASSURED]` in listings. */
export const ASSURED: number = 1 << 5;
/** In {@link FLAGS}, per direction: sent data waits for its acknowledgment; shifted by the direction. */
export const UNACKNOWLEDGED: number = 1 << 6;
/** In {@link FLAGS}, per direction: {@link ACKED} counts; shifted by the direction. */
export const HAS_ACKED: number = 1 << 8;
/** In {@link FLAGS}, per direction: the end understands selective acknowledgments; shifted by the direction. */
export const SELECTIVE: number = 1 << 10;
/** In {@link FLAGS}, per direction: four bits by which offered windows are shifted; shifted by four times the direction. */
export const SCALE_SHIFT = 12;
/** In {@link FLAGS}: one end has sent FIN. */
export const CLOSING: number = 1 << 20;
/** In {@link FLAGS}: the last segment was a RST; of direction 1 with {@link LAST_IS_REPLY}. */
export const LAST_IS_RESET: number = 1 << 21;
/** In {@link FLAGS}: the last segment was of direction 1. */
export const LAST_IS_REPLY: number = 1 << 22;
/** In {@link FLAGS}: the connection was joined in its midst, so windows are not known. */
export const LIBERAL: number = 1 << 23;
/** In {@link FLAGS}: the source address is translated; see `source-nat-rules.ts`. */
export const TRANSLATED: number = 1 << 24;
/** In {@link FLAGS}: a client's SYN was ignored, which the server may answer; see `tcp-tracker.ts`. */
export const CHALLENGED: number = 1 << 25;
/** In {@link FLAGS}: whether the entry's packets are tracked was decided. */
export const DECIDED: number = 1 << 26;
/** In {@link FLAGS}: the entry's packets are tracked. */
export const TRACKED: number = 1 << 27;
/** In {@link FLAGS}: what stays when the connection is forgotten. */
export const LASTING: number = DECIDED | TRACKED;
