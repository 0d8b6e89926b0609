/**
 * Into pieces of which size a packet is cut when it leaves, by this host or later by the network card.
 *
 * | the packet                        | pieces no longer than                                     | cut                |
 * | --------------------------------- | --------------------------------------------------------- | ------------------ |
 * | came whole, is too long           | the MTU; with DF, or when a network card merged it: whole | by size            |
 * | IPv4, was reassembled             | its longest fragment, nor the MTU                         | by size            |
 * | IPv6, was reassembled             | its longest fragment, nor the MTU                         | at the old places  |
 * | the same, IPv4 in an IPv4 tunnel  | its longest fragment, nor the MTU; with DF outside: whole | by size            |
 * | the same, in other tunnels        | the MTU                                                   | IPv6: at the old places |
 *
 * How it is cut then: `fragmentation.ts`. Source: recorded behaviour.
 */
import type { AddressFamily } from '../ip-address.js';
import { isTransportWithPorts } from '../protocols.js';
import type { Packet } from '../wire/packet.js';
import type { ForwardingEnvironment } from './environment.js';
import type { ForwardingOutput } from './output.js';

/**
 * Records how long fragments may be of a packet that leaves with the headers it came with.
 *
 * @param environment - The host.
 * @param packet - The packet.
 * @param mtu - The MTU of the interface by which it leaves.
 * @param output - The output that recorded the packet by `emit`.
 */
export function limitFragments(
  environment: ForwardingEnvironment,
  packet: Packet,
  mtu: number,
  output: ForwardingOutput,
): void {
  const { trace } = packet;
  if (trace === undefined) {
    if (packet.length > mtu && !packet.dontFragment && !isMerged(environment, packet))
      output.fragmentLimit = mtu;
    return;
  }
  output.fragmentLimit = trace.largest < mtu ? trace.largest : mtu;
  if (packet.family === 4) return;
  output.trace = trace;
  output.traceOffset = trace.headersLength;
  output.repeatedLength = trace.headersLength;
}

/**
 * The length of the longest fragment that a packet came in.
 *
 * @param packet - The packet.
 * @returns Bytes; the length of the packet, unless it was reassembled.
 */
export function longestFragment(packet: Packet): number {
  return packet.trace === undefined ? packet.length : packet.trace.largest;
}

/**
 * Whether a packet is several segments that a network card merged, and will leave as segments.
 *
 * @param environment - The host.
 * @param packet - The packet, which is longer than an MTU.
 * @returns `true` for TCP, UDP and SCTP on a host that merges segments, unless the packet came in fragments.
 */
export function isMerged(environment: ForwardingEnvironment, packet: Packet): boolean {
  if (environment.mergesSegments !== true || packet.trace !== undefined || packet.isFragment)
    return false;
  return isTransportWithPorts(packet.protocol);
}

/**
 * Records how long the pieces of a tunnelled packet may be.
 *
 * @param packet - The packet inside.
 * @param outer - The family of the outer header.
 * @param overhead - Bytes that the tunnel puts in front.
 * @param mtu - The MTU of the path to the server.
 * @param output - The output that recorded the packet by `emit`, grown by the overhead.
 */
export function limitTunnelFragments(
  packet: Packet,
  outer: AddressFamily,
  overhead: number,
  mtu: number,
  output: ForwardingOutput,
): void {
  const { trace } = packet;
  if (trace === undefined) {
    if (output.length > mtu && !hasDontFragment(output)) output.fragmentLimit = mtu;
    output.repeatedLength = 40;
    return;
  }
  output.fragmentLimit =
    outer === 4 && packet.family === 4 && trace.largest < mtu ? trace.largest : mtu;
  output.repeatedLength = 40;
  if (packet.family === 4) return;
  output.trace = trace;
  output.traceOffset = overhead + trace.headersLength;
}

function hasDontFragment(output: ForwardingOutput): boolean {
  return output.family === 4 && (output.view.getUint8(output.offset + 6) & 0x40) !== 0;
}
