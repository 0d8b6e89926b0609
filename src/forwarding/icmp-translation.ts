/**
 * ICMP errors through NAT: the quoted packet is turned back into what its sender knows.
 *
 * To the server: outer destination and quoted source become the server. To the client: outer source (of
 * any sender) and quoted destination become the virtual end. Type, code, second word and length
 * stay; IPv4 header checksums and the ICMP checksum are recomputed, the quoted transport checksum is
 * left alone. Source: RFC 3022, section 4.3, RFC 5508, recorded behaviour.
 */
import type { AddressWords } from '../address-words.js';
import { writeUint16 } from '../wire/bytes.js';
import { checksum, writeIpv4Checksum } from '../wire/checksum.js';
import type { Packet } from '../wire/packet.js';
import { isTransportWithPorts } from '../protocols.js';
import {
  decrementTimeToLive,
  recomputeTransportChecksum,
  replaceAddress,
} from '../wire/rewrite.js';
import type { Action } from './action.js';
import type { ForwardingEnvironment } from './environment.js';
import { isRightFromClient, isRightFromServer } from './icmp-checksum.js';
import { limitFragments, longestFragment } from './fragment-size.js';
import type { ForwardingOutput } from './output.js';
import type { ForwardingTarget } from './target.js';

/**
 * Translates an ICMP error from the client side for the server.
 *
 * @param environment - The host.
 * @param packet - The ICMP message.
 * @param quote - The packet it quotes: director → client.
 * @param target - The connection.
 * @param output - Receives the outcome.
 * @returns `forward` or `drop`.
 */
export function translateErrorToServer(
  environment: ForwardingEnvironment,
  packet: Packet,
  quote: Packet,
  target: ForwardingTarget,
  output: ForwardingOutput,
): Action {
  const isRight = isRightFromClient(packet, environment.kernel);
  if (!isTranslatable(packet, isRight, environment.server.mtu, output)) return 'drop';
  decrementTimeToLive(packet);
  addressErrorToServer(packet, quote, target);
  output.emit(packet, 'server', 'error-translated');
  limitFragments(environment, packet, environment.server.mtu, output);
  return 'forward';
}

/**
 * Translates an ICMP error from the server side for the client.
 *
 * @param environment - The host.
 * @param packet - The ICMP message.
 * @param quote - The packet it quotes: director → server.
 * @param target - The connection.
 * @param output - Receives the outcome.
 * @returns `forward` or `drop`.
 */
export function translateErrorToClient(
  environment: ForwardingEnvironment,
  packet: Packet,
  quote: Packet,
  target: ForwardingTarget,
  output: ForwardingOutput,
): Action {
  const isRight = isRightFromServer(packet, environment.kernel);
  if (!isTranslatable(packet, isRight, environment.client.mtu, output)) return 'drop';
  decrementTimeToLive(packet);
  addressErrorToClient(packet, quote, target);
  output.emit(packet, 'client', 'error-translated');
  limitFragments(environment, packet, environment.client.mtu, output);
  return 'forward';
}

/**
 * Rewrites an error about a packet to a client so that the server knows what it is about; its TTL stays.
 *
 * @param packet - The ICMP message.
 * @param quote - The packet it quotes: director → client.
 * @param target - The connection.
 */
export function addressErrorToServer(
  packet: Packet,
  quote: Packet,
  target: ForwardingTarget,
): void {
  replaceQuoted(quote, quote.sourceOffset, target.server);
  if (isTransportWithPorts(quote.protocol)) quote.setSourcePort(target.serverPort);
  replaceAddress(packet, packet.destinationOffset, target.server);
  writeIcmpChecksum(packet);
}

/**
 * Rewrites an error about a packet to a server so that the client knows what it is about; its TTL stays.
 *
 * @param packet - The ICMP message.
 * @param quote - The packet it quotes: director → server.
 * @param target - The connection.
 */
export function addressErrorToClient(
  packet: Packet,
  quote: Packet,
  target: ForwardingTarget,
): void {
  replaceQuoted(quote, quote.destinationOffset, target.virtual);
  if (isTransportWithPorts(quote.protocol)) quote.setDestinationPort(target.virtualPort);
  replaceAddress(packet, packet.sourceOffset, target.virtual);
  writeIcmpChecksum(packet);
}

function isTranslatable(
  packet: Packet,
  isRight: boolean,
  mtu: number,
  output: ForwardingOutput,
): boolean {
  if (!isRight) output.finish('drop', 'icmp-checksum-wrong');
  else if (packet.timeToLive <= 1) output.finish('drop', 'ttl-exceeded');
  else if (packet.family === 6 && longestFragment(packet) > mtu) output.finish('drop', 'too-long');
  else return true;
  return false;
}

/** Writes an address into the quote; its IPv4 header checksum is made again over the header alone. */
function replaceQuoted(quote: Packet, at: number, address: AddressWords): void {
  replaceAddress(quote, at, address);
  if (quote.family === 4) writeIpv4Checksum(quote.bytes, quote.offset);
}

/** Makes the ICMP checksum again, after everything that it covers was changed. */
function writeIcmpChecksum(packet: Packet): void {
  const { bytes, transportOffset } = packet;
  if (packet.family === 6) {
    recomputeTransportChecksum(packet, 2);
    return;
  }
  writeUint16(bytes, transportOffset + 2, 0);
  writeUint16(bytes, transportOffset + 2, checksum(bytes, transportOffset, packet.transportLength));
}
