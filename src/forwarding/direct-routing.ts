/**
 * Direct routing (`gatewaying`), and bypass: the IP packet stays as it is but for its TTL, only the
 * link header sends it elsewhere.
 *
 * Direct routing goes to the server's link address, so ports cannot be mapped; bypass goes to the
 * packet's own destination, past all servers, and is refused when that is the director itself.
 */
import type { Packet } from '../wire/packet.js';
import { decrementTimeToLive } from '../wire/rewrite.js';
import type { ForwardingEnvironment } from './environment.js';
import type { Forwarder } from './forwarder.js';
import { hasOptions, stampOptions } from './ip-options.js';
import { checkClientSide, limitPieces, needsJudgement } from './limits.js';
import type { ForwardingOutput, ForwardingResult } from './output.js';
import { routeOn } from './routing.js';
import type { ForwardingTarget } from './target.js';

/**
 * Makes the forwarder of the method `gatewaying`.
 *
 * @param environment - The host it works on.
 * @returns The forwarder.
 */
export function gatewaying(environment: ForwardingEnvironment): Forwarder {
  return new DirectRouting(environment, 'gatewaying');
}

/**
 * Makes the forwarder of connections that have no server: packets go on to their own destination.
 *
 * @param environment - The host it works on.
 * @returns The forwarder.
 */
export function bypass(environment: ForwardingEnvironment): Forwarder {
  return new DirectRouting(environment, 'bypass');
}

class DirectRouting implements Forwarder {
  readonly method: 'gatewaying' | 'bypass';
  private readonly environment: ForwardingEnvironment;

  constructor(environment: ForwardingEnvironment, method: 'gatewaying' | 'bypass') {
    this.environment = environment;
    this.method = method;
  }

  forward(packet: Packet, target: ForwardingTarget, output: ForwardingOutput): ForwardingResult {
    const { environment } = this;
    if (this.method === 'bypass' && isLocal(environment, packet))
      return output.conclude('drop', 'destination-is-local');
    const { mtu } = environment.server;
    if (needsJudgement(packet, mtu)) {
      const checked = checkClientSide(environment, packet, mtu, true, output);
      if (checked !== 'forward') return checked;
    }
    decrementTimeToLive(packet);
    if (hasOptions(packet)) stampOptions(environment, packet, target.virtualWord3);
    output.emit(packet, 'server', 'routed');
    limitPieces(packet, mtu, output);
    if (this.method === 'gatewaying') output.gateway = target;
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

function isLocal(environment: ForwardingEnvironment, packet: Packet): boolean {
  const { destinationWord0, destinationWord1, destinationWord2, destinationWord3 } = packet;
  const locality = environment.localityOf(
    packet.family,
    destinationWord0,
    destinationWord1,
    destinationWord2,
    destinationWord3,
  );
  return locality !== 'foreign';
}
