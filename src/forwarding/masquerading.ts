/**
 * Masquerading (NAT): the client's packets get the server's address and port as destination, the
 * server's answers the virtual ones as source.
 *
 * Nothing else but TTL and checksums changes. TCP and UDP checksums are updated incrementally, so a
 * wrong one stays wrong; UDP without checksum gets one; SCTP's is made anew when the port changes.
 * AH and ESP: addresses only. Cost: independent of the packet's length but for SCTP and UDP without
 * checksum. Source: RFC 1624, RFC 3022, recorded behaviour.
 */
import { readUint16, writeUint16 } from '../wire/bytes.js';
import { changeOfUint16 } from '../wire/checksum.js';
import { isTransportWithPorts, IP_PROTOCOL } from '../wire/protocol-numbers.js';
import type { Packet } from '../wire/packet.js';
import {
  adjustTransportChecksum,
  decrementTimeToLive,
  recomputeTransportChecksum,
  replaceAddress,
} from '../wire/rewrite.js';
import { writeSctpChecksum } from '../wire/sctp.js';
import type { ForwardingEnvironment } from './environment.js';
import type { Forwarder } from './forwarder.js';
import { translateErrorToClient, translateErrorToServer } from './icmp-translation.js';
import { stampOptions } from './ip-options.js';
import { checkClientSide, hasTransportHeader, limitPieces } from './limits.js';
import type { ForwardingOutput, ForwardingResult } from './output.js';
import { setHopToDestination } from './routing.js';
import type { ForwardingTarget } from './target.js';

/**
 * Makes the forwarder of the method `masquerading`.
 *
 * @param environment - The host it works on.
 * @returns The forwarder.
 */
export function masquerading(environment: ForwardingEnvironment): Forwarder {
  return new Masquerading(environment);
}

class Masquerading implements Forwarder {
  readonly method = 'masquerading';
  private readonly environment: ForwardingEnvironment;

  constructor(environment: ForwardingEnvironment) {
    this.environment = environment;
  }

  forward(packet: Packet, target: ForwardingTarget, output: ForwardingOutput): ForwardingResult {
    const { environment } = this;
    const checked = checkClientSide(environment, packet, environment.server.mtu, true, output);
    if (checked !== 'forward') return checked;
    if (!isTranslatable(packet, output)) return 'drop';
    this.passThrough(packet, target);
    const { serverWord0, serverWord1, serverWord2, serverWord3 } = target;
    const change = replaceAddress(
      packet,
      packet.destinationOffset,
      serverWord0,
      serverWord1,
      serverWord2,
      serverWord3,
    );
    replacePort(packet, packet.transportOffset + 2, target.serverPort, change);
    output.emit(packet, 'server', 'translated');
    output.setHop(packet.family, serverWord0, serverWord1, serverWord2, serverWord3);
    limitPieces(environment, packet, 'server', output);
    return 'forward';
  }

  respond(packet: Packet, target: ForwardingTarget, output: ForwardingOutput): ForwardingResult {
    if (packet.timeToLive <= 1) return output.conclude('drop', 'ttl-exceeded');
    if (!isTranslatable(packet, output)) return 'drop';
    this.passThrough(packet, target);
    const { virtualWord0, virtualWord1, virtualWord2, virtualWord3 } = target;
    const change = replaceAddress(
      packet,
      packet.sourceOffset,
      virtualWord0,
      virtualWord1,
      virtualWord2,
      virtualWord3,
    );
    replacePort(packet, packet.transportOffset, target.virtualPort, change);
    output.emit(packet, 'client', 'translated');
    setHopToDestination(packet, output);
    limitPieces(this.environment, packet, 'client', output);
    return 'forward';
  }

  forwardError(
    packet: Packet,
    quote: Packet,
    target: ForwardingTarget,
    output: ForwardingOutput,
  ): ForwardingResult {
    return translateErrorToServer(this.environment, packet, quote, target, output);
  }

  respondError(
    packet: Packet,
    quote: Packet,
    target: ForwardingTarget,
    output: ForwardingOutput,
  ): ForwardingResult {
    return translateErrorToClient(this.environment, packet, quote, target, output);
  }

  /** What happens to every packet the host passes on: TTL, and IPv4 options. */
  private passThrough(packet: Packet, target: ForwardingTarget): void {
    decrementTimeToLive(packet);
    if (packet.family === 4 && packet.transportOffset - packet.offset > 20)
      stampOptions(this.environment, packet, target.virtualWord3);
  }
}

/** Whether a packet can be rewritten; else the drop is recorded. */
function isTranslatable(packet: Packet, output: ForwardingOutput): boolean {
  if (packet.isFragment && isTransportWithPorts(packet.protocol)) {
    output.conclude('drop', 'fragment-not-assembled');
    return false;
  }
  if (hasTransportHeader(packet)) return true;
  output.conclude('drop', 'transport-truncated');
  return false;
}

/** Writes a port, and updates the transport checksum for it and for the address changed before. */
function replacePort(packet: Packet, at: number, port: number, addressChange: number): void {
  const { protocol, bytes, transportOffset } = packet;
  if (!isTransportWithPorts(protocol)) return;
  const before = readUint16(bytes, at);
  writeUint16(bytes, at, port);
  if (protocol === IP_PROTOCOL.SCTP) {
    if (before !== port) writeSctpChecksum(bytes, transportOffset, packet.end);
  } else if (protocol === IP_PROTOCOL.UDP && readUint16(bytes, transportOffset + 6) === 0) {
    recomputeTransportChecksum(packet, 6);
  } else {
    adjustTransportChecksum(packet, addressChange + changeOfUint16(before, port), false);
  }
}
