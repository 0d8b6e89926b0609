/**
 * Tunnelling: the client's packet travels to the server inside another one.
 *
 * IP in IP, GUE or GRE, in any mix of inner and outer family. The tunnel takes its headers off the
 * way's MTU; what is left is compared with the inner packet and told to the client. A way that leaves
 * less than every IP packet must have carries nothing. The outer header is put in front where the
 * packet lies when the caller gives headroom, else the packet is copied into the output's buffer.
 */
import type { AddressFamily } from '../ip-address.js';
import type { Packet } from '../wire/packet.js';
import { decrementTimeToLive } from '../wire/rewrite.js';
import { setHopToServer } from './direct-routing.js';
import { type ForwardingEnvironment, ownAddress } from './environment.js';
import { hashFlow } from './flow-hash.js';
import type { Forwarder } from './forwarder.js';
import { LINK_ROOM } from './icmp-errors.js';
import { stampOptions } from './ip-options.js';
import { checkClientSide, UNLIMITED } from './limits.js';
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

const ETHERNET_ROOM = 14;

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
    const obeysDf = environment.pathMtuDiscovery;
    const checked = checkClientSide(environment, packet, mtu - overhead, obeysDf, output);
    if (checked !== 'forward') return checked;
    const source = ownAddress(environment, 'server', outer);
    if (source === undefined) return output.conclude('drop', 'no-own-address');
    if (packet.length + overhead > (outer === 4 ? 65535 : UNLIMITED))
      return output.conclude('drop', 'too-long');
    if (!hasRoom(packet, overhead, output)) return output.conclude('drop', 'no-room');
    decrementTimeToLive(packet);
    if (packet.family === 4 && packet.transportOffset - packet.offset > 20)
      stampOptions(environment, packet, target.virtualWord3);
    place(packet, overhead, output);
    const dontFragment = packet.family === 4 && packet.dontFragment && obeysDf;
    const { bytes, offset, length } = output;
    const protocol = outerProtocol(target.tunnel, packet.family);
    const { typeOfService, timeToLive } = packet;
    if (outer === 4) {
      const id = dontFragment ? 0 : environment.nextIdentification();
      writeOuter4(
        bytes,
        offset,
        length,
        typeOfService,
        id,
        dontFragment,
        timeToLive,
        protocol,
        source,
        target,
      );
    } else {
      writeOuter6(bytes, offset, length - 40, typeOfService, timeToLive, protocol, source, target);
    }
    if (target.tunnel.type !== 'ipip') finishInner(packet, target, output);
    output.family = outer;
    setHopToServer(target, output);
    limitTunnelPieces(packet, outer, overhead, mtu, dontFragment, output);
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
}

/** Whether the packet can grow to the front where it lies. */
function growsInPlace(packet: Packet, overhead: number, output: ForwardingOutput): boolean {
  return packet.offset - packet.frameOffset + output.headroom >= overhead + ETHERNET_ROOM;
}

function hasRoom(packet: Packet, overhead: number, output: ForwardingOutput): boolean {
  if (growsInPlace(packet, overhead, output)) return true;
  return output.buffer.length >= LINK_ROOM + overhead + packet.length;
}

/** Records where the packet with its outer headers lies, copying it when it cannot stay. */
function place(packet: Packet, overhead: number, output: ForwardingOutput): void {
  const inPlace = growsInPlace(packet, overhead, output);
  output.emit(packet, 'server', 'encapsulated');
  output.length += overhead;
  if (inPlace) {
    output.offset -= overhead;
    output.room -= overhead;
    return;
  }
  const inner = packet.bytes.subarray(packet.offset, packet.end);
  output.buffer.set(inner, LINK_ROOM + overhead);
  output.bytes = output.buffer;
  output.offset = LINK_ROOM;
  output.room = LINK_ROOM;
}

/** Writes the GUE or GRE header, whose checksum covers the packet inside. */
function finishInner(packet: Packet, target: ForwardingTarget, output: ForwardingOutput): void {
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
 * for the MTU, and then at the old places; IPv4 in IPv6 only for the MTU.
 */
function limitTunnelPieces(
  packet: Packet,
  outer: AddressFamily,
  overhead: number,
  mtu: number,
  dontFragment: boolean,
  output: ForwardingOutput,
): void {
  const { trace } = packet;
  output.pieceLimit = dontFragment && trace === undefined ? UNLIMITED : mtu;
  output.repeatedLength = 40;
  if (trace === undefined) return;
  if (packet.family === 6) {
    output.trace = trace;
    output.placesOffset = overhead + trace.headersLength;
  } else if (outer === 4 && trace.largest < mtu) {
    output.pieceLimit = trace.largest;
  }
}
