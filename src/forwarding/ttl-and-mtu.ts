/**
 * TTL and MTU: who lowers the TTL, and what happens when a packet may not be forwarded.
 *
 * TTL (or hop limit) is lowered by 1 for every packet that is forwarded, by all methods and in both
 * directions: NAT writes it together with the address (`address-translation.ts`), all others by
 * `decrementTimeToLive`. A tunnel lowers the inner TTL and copies it to the outer header. A client's packet that
 * fails has made or moved its connection by then; one that passes through has not. What stays on the
 * host keeps its TTL (`local-delivery.ts`). Replies that the director sends itself start with 64.
 *
 * | a packet that                                        | results in                                     |
 * | ---------------------------------------------------- | ---------------------------------------------- |
 * | has TTL or hop limit 0 or 1                           | time exceeded                                  |
 * | exceeds the path's MTU: IPv4 with DF                  | fragmentation needed                           |
 * | exceeds it: IPv6                                      | packet too big                                 |
 * | exceeds it: IPv4 without DF                           | fragments (`fragment-size.ts`)                  |
 * | exceeds it: an ICMP error to a server                 | IPv4: forwarded all the same; IPv6: dropped    |
 *
 * A packet that was reassembled is measured by its longest fragment. Sources: RFC 1812, section 5.2.7; RFC
 * 4443; recorded behaviour.
 */
import type { Packet } from '../wire/packet.js';
import type { Action } from './action.js';
import type { ForwardingEnvironment } from './environment.js';
import { isMerged, longestFragment } from './fragment-size.js';
import { isIcmpError, makeIcmpError } from './own-icmp-errors.js';
import type { ForwardingOutput, Side } from './output.js';

/**
 * Whether a packet may fail {@link checkClientSide}; almost none may.
 *
 * @param packet - The packet.
 * @param mtu - The MTU of its path in bytes.
 * @returns `false` when its TTL suffices, and it is not reassembled and not too long.
 */
export function needsLimitCheck(packet: Packet, mtu: number): boolean {
  return packet.length > mtu || packet.timeToLive <= 1 || packet.trace !== undefined;
}

/**
 * Checks a packet from the client side, before it is changed.
 *
 * @param environment - The host.
 * @param packet - The packet.
 * @param mtu - The MTU of the path to the server in bytes, and the one that an error reports.
 * @param obeysDf - `false` when an IPv4 packet with DF that is too long is sent all the same.
 * @param output - Receives the outcome when the packet may not be forwarded.
 * @returns `'forward'` when it may be forwarded; else `reply` or `drop`.
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
  if (longestFragment(packet) <= mtu || !packet.dontFragment) return 'forward';
  if (isMerged(environment, packet)) return 'forward';
  if (packet.family === 4 && !obeysDf) return 'forward';
  if (isIcmpError(packet))
    return packet.family === 4 ? 'forward' : output.finish('drop', 'too-long');
  return makeIcmpError(environment, packet, 'too-long', mtu, 'client', true, output);
}

/**
 * Checks a packet that passes through, before anything else is done with it. An error about it leaves by the interface
 * it came in by.
 *
 * @param environment - The host.
 * @param packet - The packet; IPv4 fragments each by itself, IPv6 reassembled before.
 * @param output - Receives the outcome.
 * @param origin - The interface by which it came in, whose other one it leaves by; default the server's.
 * @returns `'forward'` when it may be forwarded; else `reply` or `drop`.
 */
export function checkServerSide(
  environment: ForwardingEnvironment,
  packet: Packet,
  output: ForwardingOutput,
  origin: Side = 'server',
): Action {
  if (packet.timeToLive <= 1)
    return makeIcmpError(environment, packet, 'ttl-exceeded', 0, origin, false, output);
  const { mtu } = environment[origin === 'server' ? 'client' : 'server'];
  if (packet.dontFragment && longestFragment(packet) > mtu && !isMerged(environment, packet))
    return makeIcmpError(environment, packet, 'too-long', mtu, origin, false, output);
  return 'forward';
}
