/**
 * Masquerading (NAT): the client's packets get the server's address and port as destination, the
 * server's answers the virtual ones as source.
 *
 * Nothing else but TTL and checksums changes; how is told in `address-translation.ts`. Cost:
 * independent of the packet's length, except for SCTP and for UDP without checksum. Source: RFC 3022,
 * recorded behaviour.
 */
import type { Packet } from '../wire/packet.js';
import { isTransportWithPorts } from '../wire/protocol-numbers.js';
import { translate4, translate6 } from './address-translation.js';
import type { ForwardingEnvironment } from './environment.js';
import type { Forwarder } from './forwarder.js';
import { translateErrorToClient, translateErrorToServer } from './icmp-translation.js';
import { stampOptions } from './ip-options.js';
import { checkClientSide, hasTransportHeader, limitPieces, needsJudgement } from './ttl-and-mtu.js';
import type { ForwardingOutput, ForwardingResult } from './output.js';
import type { ForwardingTarget } from './target.js';

/**
 * Makes the forwarder of the method `masquerading`.
 *
 * @param environment - The host it works on.
 * @returns The forwarder.
 * @example
 * {@includeCode ../../docs/examples/wire-forwarding.ts}
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
    const { mtu } = environment.server;
    const isSpecial = needsJudgement(packet, mtu);
    if (isSpecial) {
      const checked = checkClientSide(environment, packet, mtu, true, output);
      if (checked !== 'forward') return checked;
    }
    if (!isTranslatable(packet)) return refuse(packet, output);
    const portAt = packet.transportOffset + 2;
    if (packet.family === 4) {
      translate4(packet, packet.offset + 16, portAt, target.serverWord3, target.serverPort);
      if (packet.hasOptions) stampOptions(environment, packet, target.virtualWord3);
    } else {
      translateToServer6(packet, target);
    }
    output.emit(packet, 'server', 'translated');
    if (isSpecial) limitPieces(packet, mtu, output);
    return 'forward';
  }

  respond(packet: Packet, target: ForwardingTarget, output: ForwardingOutput): ForwardingResult {
    const { environment } = this;
    if (packet.timeToLive <= 1) return output.conclude('drop', 'ttl-exceeded');
    if (!isTranslatable(packet)) return refuse(packet, output);
    const portAt = packet.transportOffset;
    if (packet.family === 4) {
      translate4(packet, packet.offset + 12, portAt, target.virtualWord3, target.virtualPort);
      if (packet.hasOptions) stampOptions(environment, packet, target.virtualWord3);
    } else {
      translateToClient6(packet, target);
    }
    output.emit(packet, 'client', 'translated');
    if (needsJudgement(packet, environment.client.mtu))
      limitPieces(packet, environment.client.mtu, output);
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
}

function translateToServer6(packet: Packet, target: ForwardingTarget): void {
  const { serverWord0, serverWord1, serverWord2, serverWord3, serverPort } = target;
  const { offset, transportOffset } = packet;
  translate6(
    packet,
    offset + 24,
    transportOffset + 2,
    serverWord0,
    serverWord1,
    serverWord2,
    serverWord3,
    serverPort,
  );
}

function translateToClient6(packet: Packet, target: ForwardingTarget): void {
  const { virtualWord0, virtualWord1, virtualWord2, virtualWord3, virtualPort } = target;
  const { offset, transportOffset } = packet;
  translate6(
    packet,
    offset + 8,
    transportOffset,
    virtualWord0,
    virtualWord1,
    virtualWord2,
    virtualWord3,
    virtualPort,
  );
}

/** Whether a packet has all that rewriting touches. */
function isTranslatable(packet: Packet): boolean {
  if (packet.isFragment && isTransportWithPorts(packet.protocol)) return false;
  return hasTransportHeader(packet);
}

/** Says why a packet cannot be rewritten. */
function refuse(packet: Packet, output: ForwardingOutput): ForwardingResult {
  const reason = packet.isFragment ? 'fragment-not-assembled' : 'transport-truncated';
  return output.conclude('drop', reason);
}
