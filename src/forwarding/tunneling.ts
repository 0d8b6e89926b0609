/**
 * Tunnelling: the client's packet travels to the server inside another one.
 *
 * IP in IP, GUE or GRE, in any mix of inner and outer family. The tunnel takes its headers off the
 * way's MTU; what is left is compared with the inner packet and announced to the client. A way that leaves
 * less than every IP packet must have carries nothing. The outer header is put in front where the
 * packet lies when the caller gives headroom, else the packet is copied into the output's buffer.
 */
import type { AddressFamily, IpAddress } from '../ip-address.js';
import { DEFAULT_TUNNEL, type Tunnel } from '../model/forwarding-method.js';
import { ETHERNET_HEADER_LENGTH } from '../wire/ethernet.js';
import type { Packet } from '../wire/packet.js';
import { IP_PROTOCOL } from '../wire/protocol-numbers.js';
import { decrementTimeToLive } from '../wire/rewrite.js';
import type { Action } from './action.js';
import type { ForwardingEnvironment } from './environment.js';
import { hashFlow } from './flow-hash.js';
import type { Forwarder } from './forwarder.js';
import { LINK_ROOM } from './own-icmp-errors.js';
import { stampOptions } from './ip-options.js';
import { isMerged, limitTunnelFragments } from './fragment-size.js';
import { checkClientSide, needsLimitCheck } from './ttl-and-mtu.js';
import type { ForwardingOutput } from './output.js';
import type { ForwardingTarget } from './target.js';
import {
  freshIdentification,
  innerHeaderLength,
  LEAST_MTU_6,
  outerHeaderLength,
  outerIdentification,
  outerProtocol,
  outerTypeOfService,
  sumOfAddresses,
  writeInnerHeader,
  writeOuter4,
  writeOuter4Over4,
  writeOuter6,
} from './tunnel-headers.js';
import { UntranslatedForwarder } from './untranslated-forwarder.js';

/** The least MTU an IPv4 link must have. */
const LEAST_MTU_4 = 68;

/**
 * Makes the forwarder of the method `tunneling`.
 *
 * @param environment - The host it works on.
 * @returns The forwarder.
 */
export function tunneling(environment: ForwardingEnvironment): Forwarder {
  return new Tunneling(environment);
}

class Tunneling extends UntranslatedForwarder {
  readonly method = 'tunneling';
  // What follows from the kind of tunnel, kept until another one comes.
  private tunnel: Tunnel = DEFAULT_TUNNEL;
  private betweenLength = 0;
  private protocolOver4: number = IP_PROTOCOL.IPV4;
  private protocolOver6: number = IP_PROTOCOL.IPV6;

  forward(packet: Packet, target: ForwardingTarget, output: ForwardingOutput): Action {
    const { environment } = this;
    const outer = target.server.family;
    if (target.tunnel !== this.tunnel) this.adopt(target.tunnel);
    const overhead = this.betweenLength + outerHeaderLength(outer);
    const mtu = target.path === undefined ? environment.server.mtu : target.path.use();
    const isSpecial = mtu - overhead < LEAST_MTU_6 || needsLimitCheck(packet, mtu - overhead);
    if (isSpecial) {
      const judged = this.judge(packet, outer, mtu, overhead, output);
      if (judged !== 'forward') return judged;
    }
    const source = outer === 4 ? environment.server.ipv4 : environment.server.ipv6;
    if (source === undefined) return output.finish('drop', 'no-own-address');
    const room = packet.offset - packet.frameOffset + output.headroom;
    const inPlace = room >= overhead + ETHERNET_HEADER_LENGTH;
    if (!inPlace && output.buffer.length < LINK_ROOM + overhead + packet.length)
      return output.finish('drop', 'no-room');
    decrementTimeToLive(packet);
    if (packet.hasOptions) stampOptions(environment, packet, target.virtual.word3);
    output.emit(packet, 'server', 'encapsulated');
    output.growBy(overhead);
    if (!inPlace) copyToBuffer(packet, output, overhead);
    this.writeHeaders(packet, target, source, output);
    if (isSpecial && !isMerged(environment, packet))
      limitTunnelFragments(packet, outer, overhead, mtu, output);
    return 'forward';
  }

  private adopt(tunnel: Tunnel): void {
    this.tunnel = tunnel;
    this.betweenLength = innerHeaderLength(tunnel);
    this.protocolOver4 = outerProtocol(tunnel, 4);
    this.protocolOver6 = outerProtocol(tunnel, 6);
  }

  /** What is rare: a packet at its limits, and a tunnel with little room. */
  private judge(
    packet: Packet,
    outer: AddressFamily,
    mtu: number,
    overhead: number,
    output: ForwardingOutput,
  ): Action {
    const { environment } = this;
    const tunnelMtu = mtu - overhead;
    if (packet.timeToLive > 1 && tunnelMtu < (outer === 4 ? LEAST_MTU_4 : LEAST_MTU_6))
      return output.finish('drop', 'tunnel-mtu-too-small');
    const obeysDf = environment.pathMtuDiscovery;
    const checked = checkClientSide(environment, packet, tunnelMtu, obeysDf, output);
    if (checked !== 'forward') return checked;
    // What is left of the greatest length an outer header can announce.
    const most = (outer === 4 ? 65_535 : 65_575) - overhead;
    return packet.length > most ? output.finish('drop', 'too-long') : 'forward';
  }

  private writeHeaders(
    packet: Packet,
    target: ForwardingTarget,
    source: IpAddress,
    output: ForwardingOutput,
  ): void {
    const { environment } = this;
    const { view, offset, length } = output;
    if (target.server.family === 6) {
      const protocol = packet.family === 4 ? this.protocolOver4 : this.protocolOver6;
      const { typeOfService, timeToLive } = packet;
      const second = ((length - 40) << 16) | (protocol << 8) | timeToLive;
      writeOuter6(view, offset, typeOfService, second, source, target.server);
    } else {
      // "| 0" marks a field as an integer for the engine, which spares a conversion to a double.
      const from = source.word3 | 0;
      const to = target.server.word3 | 0;
      if (packet.family === 4) {
        const bits = packet.view.getUint8(packet.offset + 6);
        const second = outerIdentification(environment, bits);
        const inner = offset + length - packet.length;
        writeOuter4Over4(view, offset, length, inner, second, this.protocolOver4, from, to);
      } else {
        const first = (outerTypeOfService(packet.typeOfService) << 16) | length;
        const third = (packet.timeToLive << 24) | (this.protocolOver6 << 16);
        writeOuter4(view, offset, first, freshIdentification(environment), third, from, to);
      }
    }
    if (this.betweenLength > 0) writeBetween(packet, target, output);
  }
}

function copyToBuffer(packet: Packet, output: ForwardingOutput, overhead: number): void {
  output.copyToBuffer(LINK_ROOM + overhead, packet.offset, packet.end);
  output.useBuffer(LINK_ROOM);
}

/** Writes the GUE or GRE header, whose checksum covers the packet inside. */
function writeBetween(packet: Packet, target: ForwardingTarget, output: ForwardingOutput): void {
  const { bytes, offset } = output;
  const outer = target.server.family;
  writeInnerHeader(
    target.tunnel,
    bytes,
    offset + outerHeaderLength(outer),
    offset + output.length,
    packet.family,
    target.tunnel.type === 'gue' ? hashFlow(packet) : 0,
    sumOfAddresses(bytes, offset, outer),
  );
}
