/**
 * Tunnelling: the client's packet travels to the server inside another one.
 *
 * IP in IP, GUE or GRE, in any mix of inner and outer family. The tunnel takes its headers off the
 * way's MTU; what is left is compared with the inner packet and told to the client. A way that leaves
 * less than every IP packet must have carries nothing. The outer header is put in front where the
 * packet lies when the caller gives headroom, else the packet is copied into the output's buffer.
 */
import type { AddressFamily, IpAddress } from '../ip-address.js';
import type { Packet } from '../wire/packet.js';
import { decrementTimeToLive } from '../wire/rewrite.js';
import type { ForwardingEnvironment } from './environment.js';
import { hashFlow } from './flow-hash.js';
import type { Forwarder } from './forwarder.js';
import { LINK_ROOM } from './icmp-errors.js';
import { stampOptions } from './ip-options.js';
import { checkClientSide, needsJudgement, UNLIMITED } from './limits.js';
import type { ForwardingOutput, ForwardingResult } from './output.js';
import { routeOn } from './routing.js';
import type { ForwardingTarget } from './target.js';
import {
  innerHeaderLength,
  outerHeaderLength,
  outerProtocol,
  sumOfAddresses,
  writeInnerHeader,
  writeOuter4,
  writeOuter6,
} from './tunnel-headers.js';

/** Bytes in front of the outer header for an Ethernet header. */
const LINK_HEADER = 14;

/** The least MTU an IPv4 and an IPv6 link must have. */
const LEAST_MTU_4 = 68;
const LEAST_MTU_6 = 1280;

/**
 * Makes the forwarder of the method `tunneling`.
 *
 * @param environment - The host it works on.
 * @returns The forwarder.
 */
export function tunneling(environment: ForwardingEnvironment): Forwarder {
  return new Tunneling(environment);
}

class Tunneling implements Forwarder {
  readonly method = 'tunneling';
  private readonly environment: ForwardingEnvironment;

  constructor(environment: ForwardingEnvironment) {
    this.environment = environment;
  }

  forward(packet: Packet, target: ForwardingTarget, output: ForwardingOutput): ForwardingResult {
    const { environment } = this;
    const outer = target.serverFamily;
    const overhead = outerHeaderLength(outer) + innerHeaderLength(target.tunnel);
    const mtu = target.path === undefined ? environment.server.mtu : target.path.use();
    if (packet.timeToLive > 1 && mtu - overhead < (outer === 4 ? LEAST_MTU_4 : LEAST_MTU_6))
      return output.conclude('drop', 'tunnel-mtu-too-small');
    const isSpecial = needsJudgement(packet, mtu - overhead);
    if (isSpecial) {
      const obeysDf = environment.pathMtuDiscovery;
      const checked = checkClientSide(environment, packet, mtu - overhead, obeysDf, output);
      if (checked !== 'forward') return checked;
    }
    const source = outer === 4 ? environment.server.ipv4 : environment.server.ipv6;
    if (source === undefined) return output.conclude('drop', 'no-own-address');
    if (isSpecial && packet.length + overhead > (outer === 4 ? 65535 : UNLIMITED))
      return output.conclude('drop', 'too-long');
    const inPlace = packet.offset - packet.frameOffset + output.headroom >= overhead + LINK_HEADER;
    if (!inPlace && output.buffer.length < LINK_ROOM + overhead + packet.length)
      return output.conclude('drop', 'no-room');
    decrementTimeToLive(packet);
    if (packet.hasOptions) stampOptions(environment, packet, target.virtualWord3);
    output.emit(packet, 'server', 'encapsulated');
    output.length += overhead;
    if (inPlace) growToTheFront(output, overhead);
    else copyToBuffer(packet, output, overhead);
    if (outer === 4) this.writeOuter(packet, target, source, output);
    else writeOuterOfIpv6(packet, target, source, output);
    if (target.tunnel.type !== 'ipip') writeBetween(packet, target, output);
    if (isSpecial) limitTunnelPieces(packet, outer, overhead, mtu, output);
    return 'forward';
  }

  respond(packet: Packet, _target: ForwardingTarget, output: ForwardingOutput): ForwardingResult {
    return routeOn(this.environment, packet, 'client', output);
  }

  forwardError(
    packet: Packet,
    _quote: Packet,
    target: ForwardingTarget,
    output: ForwardingOutput,
  ): ForwardingResult {
    return this.forward(packet, target, output);
  }

  respondError(
    _packet: Packet,
    _quote: Packet,
    _target: ForwardingTarget,
    output: ForwardingOutput,
  ): ForwardingResult {
    return output.conclude('accept', 'not-translated');
  }

  /** An outer IPv4 header: DF as inside when path MTU discovery is on. */
  private writeOuter(
    packet: Packet,
    target: ForwardingTarget,
    source: IpAddress,
    output: ForwardingOutput,
  ): void {
    const { environment } = this;
    const dontFragment = environment.pathMtuDiscovery && packet.family === 4 && packet.dontFragment;
    const identification = dontFragment ? -1 : environment.nextIdentification();
    const protocol = outerProtocol(target.tunnel, packet.family);
    writeOuter4(
      output.view,
      output.offset,
      output.length,
      packet,
      identification,
      protocol,
      source,
      target,
    );
  }
}

function writeOuterOfIpv6(
  packet: Packet,
  target: ForwardingTarget,
  source: IpAddress,
  output: ForwardingOutput,
): void {
  const { view, offset, length } = output;
  const protocol = outerProtocol(target.tunnel, packet.family);
  writeOuter6(view, offset, length - 40, packet, protocol, source, target);
}

function growToTheFront(output: ForwardingOutput, overhead: number): void {
  output.offset -= overhead;
  output.room -= overhead;
}

function copyToBuffer(packet: Packet, output: ForwardingOutput, overhead: number): void {
  output.buffer.set(packet.bytes.subarray(packet.offset, packet.end), LINK_ROOM + overhead);
  output.useBuffer(LINK_ROOM);
}

/** Writes the GUE or GRE header, whose checksum covers the packet inside. */
function writeBetween(packet: Packet, target: ForwardingTarget, output: ForwardingOutput): void {
  const { bytes, offset } = output;
  const outer = target.serverFamily;
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

/**
 * How the outer packet is cut: IPv4 in IPv4 no longer than the longest inner fragment; inner IPv6 only
 * for the MTU, and then at the old places; IPv4 in IPv6 only for the MTU. With DF outside: not at all.
 */
function limitTunnelPieces(
  packet: Packet,
  outer: AddressFamily,
  overhead: number,
  mtu: number,
  output: ForwardingOutput,
): void {
  const { trace } = packet;
  if (trace === undefined) {
    if (output.length > mtu && !hasDontFragment(output)) output.pieceLimit = mtu;
    output.repeatedLength = 40;
    return;
  }
  output.pieceLimit =
    outer === 4 && packet.family === 4 && trace.largest < mtu ? trace.largest : mtu;
  output.repeatedLength = 40;
  if (packet.family === 4) return;
  output.trace = trace;
  output.placesOffset = overhead + trace.headersLength;
}

function hasDontFragment(output: ForwardingOutput): boolean {
  return output.family === 4 && (output.view.getUint8(output.offset + 6) & 0x40) !== 0;
}
