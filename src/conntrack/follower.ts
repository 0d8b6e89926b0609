/**
 * Follows a tracked connection by its packets, whatever its protocol: TCP by `tcp-tracker.ts`; UDP by the rule that
 * a conversation of more than two seconds is worth 120 s, anything less 30 s; others by time alone.
 *
 * Source: nf_conntrack-sysctl, and entries observed on Linux hosts.
 */
import type { SequenceOffsets } from '../helpers/sequence-offsets.js';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../protocols.js';
import type { Packet } from '../wire/packet.js';
import { IP_PROTOCOL } from '../wire/protocol-numbers.js';
import { ASSURED, END, EXPIRY, FLAGS, LASTING, REPLIED, TRANSLATED } from './record.js';
import { ACCEPTED, REFUSED } from './tcp-outcomes.js';
import { TcpTracker } from './tcp-tracker.js';

const UDP_TIMEOUT_MS = 30_000;
const UDP_STREAM_TIMEOUT_MS = 120_000;
const UDP_STREAM_AFTER_MS = 2000;
const GRE_TIMEOUT_MS = 30_000;
const OTHER_TIMEOUT_MS = 600_000;
/** The state of connections of protocols without states. */
const STATE = 1;

/** Follows connections. */
export class Follower {
  /** Follows those of TCP. */
  readonly tcp: TcpTracker = new TcpTracker();

  /**
   * Judges a packet, and follows it; a record without a state begins with it.
   *
   * @param words - The array with the record.
   * @param at - Index of its first word.
   * @param id - The connection's own number.
   * @param direction - 0 from the end that opened the connection, 1 from the other.
   * @param packet - The packet.
   * @param now - The present time in milliseconds.
   * @param shifts - By how much a helper has shifted the numbers that the packet acknowledges; default not at all.
   * @returns What `TcpTracker.judge` returns.
   */
  follow(
    words: Int32Array,
    at: number,
    id: number,
    direction: number,
    packet: Packet,
    now: number,
    shifts?: SequenceOffsets,
  ): number {
    if (packet.protocol === PROTOCOL_TCP) {
      const { view, transportOffset, end } = packet;
      if (!this.tcp.segment.read(view, transportOffset, end)) return REFUSED;
      if (shifts !== undefined) this.tcp.segment.unshift(shifts);
      return this.tcp.judge(words, at, id, direction, now);
    }
    followOther(words, at, packet.protocol, direction, now);
    return ACCEPTED;
  }
}

/**
 * Follows a connection of another protocol than TCP.
 *
 * @param words - The array with the record.
 * @param at - Index of its first word.
 * @param protocol - The protocol's number.
 * @param direction - As for {@link Follower.follow}.
 * @param now - The present time in milliseconds.
 */
export function followOther(
  words: Int32Array,
  at: number,
  protocol: number,
  direction: number,
  now: number,
): void {
  let flags = words[at + FLAGS];
  if ((flags & STATE) === 0) {
    words[at + END] = now | 0;
    flags = (flags & (LASTING | TRANSLATED)) | STATE;
  }
  const isOld = ((now - words[at + END]) | 0) > UDP_STREAM_AFTER_MS;
  if (protocol === PROTOCOL_UDP && (flags & REPLIED) !== 0 && isOld) flags |= ASSURED;
  if (direction === 1) flags |= REPLIED;
  words[at + FLAGS] = flags;
  words[at + EXPIRY] = (now + timeoutOf(protocol, flags)) | 0;
}

function timeoutOf(protocol: number, flags: number): number {
  if (protocol === IP_PROTOCOL.GRE) return GRE_TIMEOUT_MS;
  if (protocol !== PROTOCOL_UDP) return OTHER_TIMEOUT_MS;
  return (flags & ASSURED) === 0 ? UDP_TIMEOUT_MS : UDP_STREAM_TIMEOUT_MS;
}
