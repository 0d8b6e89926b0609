/**
 * Packets between the director and its own host: a real server on the host, and a client on it.
 *
 * | packet                                              | masquerading                     | other methods |
 * | --------------------------------------------------- | -------------------------------- | ------------- |
 * | of a client, to a server on the host                | destination becomes the server   | as it came    |
 * | of a server on the host, or to a client on it       | source becomes the virtual end   | as it came    |
 * | ICMP error about either                             | rewritten with its quote         | as it came    |
 *
 * TTL, MTU and checksums are not looked at, and the TTL stays; only the ICMP checksum of an error that is rewritten
 * has to be right. A masqueraded server with a loopback address gets packets of the host only: the host does not take
 * them from a network. Source: recorded behaviour.
 */
import { isLoopback } from '../address-words.js';
import type { Packet } from '../wire/packet.js';
import type { Action } from './action.js';
import { translateWithoutHop } from './address-translation.js';
import type { ForwardingEnvironment } from './environment.js';
import type { Forwarder } from './forwarder.js';
import { isRightFromClient, isRightFromServer } from './icmp-checksum.js';
import { addressErrorToClient, addressErrorToServer } from './icmp-translation.js';
import { isTranslatable, refuse } from './masquerading.js';
import type { Origin, ForwardingOutput } from './output.js';
import type { ForwardingTarget } from './target.js';

/**
 * Delivers a client's packet to its server on the host.
 *
 * @param method - How the connection is forwarded.
 * @param packet - The packet, whole.
 * @param target - The connection.
 * @param origin - Where the packet came from.
 * @param output - Receives the reason.
 * @returns `accept`, or `drop`.
 */
export function deliverToServer(
  method: Forwarder['method'],
  packet: Packet,
  target: ForwardingTarget,
  origin: Origin,
  output: ForwardingOutput,
): Action {
  if (method !== 'masquerading') return output.finish('accept', 'delivered');
  const { server, serverPort } = target;
  if (origin !== 'host' && isLoopback(server)) return output.finish('drop', 'server-is-loopback');
  if (!isTranslatable(packet)) return refuse(packet, output);
  const portAt = packet.transportOffset + 2;
  translateWithoutHop(packet, packet.destinationOffset, portAt, server, serverPort);
  return output.finish('accept', 'translated');
}

/**
 * Rewrites a masqueraded server's packet that the host sends, or gets as a client.
 *
 * @param packet - The packet, whole.
 * @param target - The connection.
 * @param output - Receives the reason.
 * @returns `accept`, or `drop`.
 */
export function translateFromServer(
  packet: Packet,
  target: ForwardingTarget,
  output: ForwardingOutput,
): Action {
  if (!isTranslatable(packet)) return refuse(packet, output);
  const portAt = packet.transportOffset;
  translateWithoutHop(packet, packet.sourceOffset, portAt, target.virtual, target.virtualPort);
  return output.finish('accept', 'translated');
}

/**
 * Delivers an ICMP error about a packet to a client to its server on the host.
 *
 * @param method - How the connection is forwarded.
 * @param environment - The host.
 * @param packet - The ICMP message.
 * @param quote - The packet it quotes.
 * @param target - The connection.
 * @param origin - Where the message came from.
 * @param output - Receives the reason.
 * @returns `accept`, or `drop`.
 */
export function deliverErrorToServer(
  method: Forwarder['method'],
  environment: ForwardingEnvironment,
  packet: Packet,
  quote: Packet,
  target: ForwardingTarget,
  origin: Origin,
  output: ForwardingOutput,
): Action {
  if (method !== 'masquerading') return output.finish('accept', 'delivered');
  const isRight = isRightFromClient(packet, environment.kernel);
  if (!isRight) return output.finish('drop', 'icmp-checksum-wrong');
  if (origin !== 'host' && isLoopback(target.server)) {
    return output.finish('drop', 'server-is-loopback');
  }
  addressErrorToServer(packet, quote, target);
  return output.finish('accept', 'error-translated');
}

/**
 * Rewrites an ICMP error about a packet to a masqueraded server that the host sends, or gets as a client.
 *
 * @param environment - The host.
 * @param packet - The ICMP message.
 * @param quote - The packet it quotes.
 * @param target - The connection.
 * @param output - Receives the reason.
 * @returns `accept`, or `drop`.
 */
export function translateErrorFromServer(
  environment: ForwardingEnvironment,
  packet: Packet,
  quote: Packet,
  target: ForwardingTarget,
  output: ForwardingOutput,
): Action {
  const isRight = isRightFromServer(packet, environment.kernel);
  if (!isRight) return output.finish('drop', 'icmp-checksum-wrong');
  addressErrorToClient(packet, quote, target);
  return output.finish('accept', 'error-translated');
}
