/**
 * Routing a packet: TTL − 1, checksum updated, nothing else.
 */
import type { Packet } from '../wire/packet.js';
import { decrementTimeToLive } from '../wire/rewrite.js';
import type { Action } from './action.js';
import type { ForwardingEnvironment } from './environment.js';
import { stampOptions } from './ip-options.js';
import { limitFragments } from './fragment-size.js';
import { checkClientSide, needsLimitCheck } from './ttl-and-mtu.js';
import type { ForwardingOutput, Side } from './output.js';

/**
 * Routes a packet to its own destination: replies of servers that need no rewriting, and packets that do
 * not concern the director.
 *
 * @param environment - The host.
 * @param packet - The packet, TTL and MTU checked.
 * @param side - The interface by which it leaves.
 * @param output - Receives the packet.
 * @returns `forward`, or `drop` when TTL or hop limit ran out.
 */
export function routeOn(
  environment: ForwardingEnvironment,
  packet: Packet,
  side: Side,
  output: ForwardingOutput,
): Action {
  if (packet.timeToLive <= 1) return output.finish('drop', 'ttl-exceeded');
  decrementTimeToLive(packet);
  output.emit(packet, side, 'routed');
  limitFragments(environment, packet, environment[side].mtu, output);
  return 'forward';
}

/**
 * Routes a client's packet toward the servers, after checking its TTL and length.
 *
 * @param environment - The host.
 * @param packet - The packet.
 * @param stampAddress - The IPv4 address that goes into a record route option.
 * @param output - Receives the outcome.
 * @returns `forward`; `reply` when TTL or MTU forbid it; or `drop`.
 */
export function passOn(
  environment: ForwardingEnvironment,
  packet: Packet,
  stampAddress: number,
  output: ForwardingOutput,
): Action {
  const { mtu } = environment.server;
  const isSpecial = needsLimitCheck(packet, mtu);
  if (isSpecial) {
    const checked = checkClientSide(environment, packet, mtu, true, output);
    if (checked !== 'forward') return checked;
  }
  decrementTimeToLive(packet);
  if (packet.hasOptions) stampOptions(environment, packet, stampAddress);
  output.emit(packet, 'server', 'routed');
  if (isSpecial) limitFragments(environment, packet, mtu, output);
  return 'forward';
}
