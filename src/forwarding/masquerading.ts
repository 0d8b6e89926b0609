/**
 * Masquerading (NAT): the client's packets get the server's address and port as destination, the
 * server's answers the virtual ones as source.
 *
 * Only the TTL and the checksums change besides; see `address-translation.ts`. Cost:
 * independent of the packet's length, except for SCTP and for UDP without checksum. Source: RFC 3022,
 * recorded behaviour.
 */
import { isTransportWithPorts } from '../protocols.js';
import type { Packet } from '../wire/packet.js';
import { hasTranslatableHeader } from '../wire/transport-header.js';
import type { Action } from './action.js';
import { translate4, translate6 } from './address-translation.js';
import type { ForwardingEnvironment } from './environment.js';
import type { Forwarder } from './forwarder.js';
import { limitFragments } from './fragment-size.js';
import { translateErrorToClient, translateErrorToServer } from './icmp-translation.js';
import { stampOptions } from './ip-options.js';
import { checkClientSide, needsLimitCheck } from './ttl-and-mtu.js';
import type { ForwardingOutput } from './output.js';
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

  forward(packet: Packet, target: ForwardingTarget, output: ForwardingOutput): Action {
    const { environment } = this;
    const { mtu } = environment.server;
    const isSpecial = needsLimitCheck(packet, mtu);
    if (isSpecial) {
      const checked = checkClientSide(environment, packet, mtu, true, output);
      if (checked !== 'forward') return checked;
    }
    if (!isTranslatable(packet)) return refuse(packet, output);
    const portAt = packet.transportOffset + 2;
    if (packet.family === 4) {
      translate4(packet, packet.offset + 16, portAt, target.server.word3, target.serverPort);
      if (packet.hasOptions) stampOptions(environment, packet, target.virtual.word3);
    } else {
      translate6(packet, packet.offset + 24, portAt, target.server, target.serverPort);
    }
    output.emit(packet, 'server', 'translated');
    if (isSpecial) limitFragments(environment, packet, mtu, output);
    return 'forward';
  }

  respond(packet: Packet, target: ForwardingTarget, output: ForwardingOutput): Action {
    const { environment } = this;
    if (packet.timeToLive <= 1) return output.finish('drop', 'ttl-exceeded');
    if (!isTranslatable(packet)) return refuse(packet, output);
    const portAt = packet.transportOffset;
    if (packet.family === 4) {
      translate4(packet, packet.offset + 12, portAt, target.virtual.word3, target.virtualPort);
      if (packet.hasOptions) stampOptions(environment, packet, target.virtual.word3);
    } else {
      translate6(packet, packet.offset + 8, portAt, target.virtual, target.virtualPort);
    }
    output.emit(packet, 'client', 'translated');
    if (needsLimitCheck(packet, environment.client.mtu))
      limitFragments(environment, packet, environment.client.mtu, output);
    return 'forward';
  }

  forwardError(
    packet: Packet,
    quote: Packet,
    target: ForwardingTarget,
    output: ForwardingOutput,
  ): Action {
    return translateErrorToServer(this.environment, packet, quote, target, output);
  }

  respondError(
    packet: Packet,
    quote: Packet,
    target: ForwardingTarget,
    output: ForwardingOutput,
  ): Action {
    return translateErrorToClient(this.environment, packet, quote, target, output);
  }
}

/**
 * Whether a packet has all that rewriting touches.
 *
 * @param packet - The packet.
 * @returns `false` for fragments, and when the transport header is cut short.
 */
export function isTranslatable(packet: Packet): boolean {
  if (packet.isFragment && isTransportWithPorts(packet.protocol)) return false;
  return hasTranslatableHeader(packet);
}

/**
 * Records why a packet cannot be rewritten.
 *
 * @param packet - The packet, not {@link isTranslatable}.
 * @param output - Receives the reason.
 * @returns `drop`.
 */
export function refuse(packet: Packet, output: ForwardingOutput): Action {
  const reason = packet.isFragment ? 'fragment-not-assembled' : 'transport-truncated';
  return output.finish('drop', reason);
}
