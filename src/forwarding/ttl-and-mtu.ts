/**
 * TTL and MTU: who is told what when a packet may not go on.
 *
 * TTL or hop limit 0 or 1 → time exceeded. Longer than the way's MTU → IPv4 with DF "fragmentation
 * needed", IPv6 "packet too big"; IPv4 without DF is cut later. A packet that came in pieces is judged
 * by its longest piece. ICMP errors on their way to a server are exempt from the MTU: IPv4 goes on all
 * the same, IPv6 is dropped in silence. Sources: RFC 1812, section 5.2.7; RFC 4443; recorded behaviour.
 */
import { IP_PROTOCOL } from '../wire/protocol-numbers.js';
import type { Packet } from '../wire/packet.js';
import type { Action } from './action.js';
import type { ForwardingEnvironment } from './environment.js';
import { isIcmpError, makeIcmpError } from './icmp-errors.js';
import type { ForwardingOutput } from './output.js';

/**
 * Tells whether a packet may fail {@link checkClientSide}; almost none may.
 *
 * @param packet - The packet.
 * @param mtu - Bytes the packet may have on its way.
 * @returns `false` when its TTL lasts and it came whole and is not too long.
 */
export function needsJudgement(packet: Packet, mtu: number): boolean {
  return packet.length > mtu || packet.timeToLive <= 1 || packet.trace !== undefined;
}

/**
 * Judges a packet from the client side, before it is changed.
 *
 * @param environment - The host.
 * @param packet - The packet.
 * @param mtu - Bytes the packet may have on its way to the server, and what its sender is told.
 * @param obeysDf - `false` when an IPv4 packet with DF that is too long is sent all the same.
 * @param output - Receives the outcome when the packet may not go on.
 * @returns `'forward'` when it may go on; else `reply` or `drop`.
 */
export function checkClientSide(
  environment: ForwardingEnvironment,
  packet: Packet,
  mtu: number,
  obeysDf: boolean,
  output: ForwardingOutput,
): Action {
  if (packet.timeToLive <= 1)
    return makeIcmpError(environment, packet, 'ttl-exceeded', 0, 'client', false, output);
  if (longestPiece(packet) <= mtu || !packet.dontFragment) return 'forward';
  if (packet.family === 4 && !obeysDf) return 'forward';
  if (isIcmpError(packet))
    return packet.family === 4 ? 'forward' : output.finish('drop', 'too-long');
  return makeIcmpError(environment, packet, 'too-long', mtu, 'client', true, output);
}

/**
 * Judges a packet from the server side, before anything else is done with it.
 *
 * @param environment - The host.
 * @param packet - The packet; IPv4 pieces each by itself, IPv6 pieces put together before.
 * @param output - Receives the outcome.
 * @returns `'forward'` when it may go on; else `reply` or `drop`.
 */
export function checkServerSide(
  environment: ForwardingEnvironment,
  packet: Packet,
  output: ForwardingOutput,
): Action {
  if (packet.timeToLive <= 1)
    return makeIcmpError(environment, packet, 'ttl-exceeded', 0, 'server', false, output);
  const { mtu } = environment.client;
  if (packet.dontFragment && longestPiece(packet) > mtu)
    return makeIcmpError(environment, packet, 'too-long', mtu, 'server', false, output);
  return 'forward';
}

/**
 * Records how long the pieces of a packet may be that leaves with the headers it came with.
 *
 * @param packet - The packet.
 * @param mtu - The MTU of the leg by which it leaves.
 * @param output - Where the packet was recorded by `emit`.
 */
export function limitPieces(packet: Packet, mtu: number, output: ForwardingOutput): void {
  const { trace } = packet;
  if (trace === undefined) {
    if (packet.length > mtu && !packet.dontFragment) output.pieceLimit = mtu;
    return;
  }
  output.pieceLimit = trace.largest < mtu ? trace.largest : mtu;
  if (packet.family === 4) return;
  output.trace = trace;
  output.placesOffset = trace.headersLength;
  output.repeatedLength = trace.headersLength;
}

/**
 * How long the longest piece of a packet was when it came.
 *
 * @param packet - The packet.
 * @returns Bytes; of the whole, when it came whole.
 */
export function longestPiece(packet: Packet): number {
  return packet.trace === undefined ? packet.length : packet.trace.largest;
}

/**
 * Tells whether a whole transport header, as rewriting needs it, is there.
 *
 * @param packet - The packet.
 * @returns `true` for TCP with 20 bytes or more, UDP with 8, SCTP with 12, and all other protocols.
 */
export function hasTransportHeader(packet: Packet): boolean {
  switch (packet.protocol) {
    case IP_PROTOCOL.TCP:
      return packet.transportLength >= 20;
    case IP_PROTOCOL.UDP:
      return packet.transportLength >= 8;
    case IP_PROTOCOL.SCTP:
      return packet.transportLength >= 12;
    default:
      return true;
  }
}
