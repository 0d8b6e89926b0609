/**
 * Direct routing (`gatewaying`): the IP packet stays as it is but for its TTL; the link header sends it
 * to the server's link address. Ports cannot be mapped. Answers do not come back this way, and when
 * they do they are passed on.
 */
import type { Packet } from '../wire/packet.js';
import type { Action } from './action.js';
import type { ForwardingEnvironment } from './environment.js';
import type { Forwarder } from './forwarder.js';
import type { ForwardingOutput } from './output.js';
import { passOn } from './routing.js';
import type { ForwardingTarget } from './target.js';
import { UntranslatedForwarder } from './untranslated-forwarder.js';

/**
 * Makes the forwarder of the method `gatewaying`.
 *
 * @param environment - The host it works on.
 * @returns The forwarder.
 */
export function gatewaying(environment: ForwardingEnvironment): Forwarder {
  return new DirectRouting(environment);
}

class DirectRouting extends UntranslatedForwarder {
  readonly method = 'gatewaying';

  forward(packet: Packet, target: ForwardingTarget, output: ForwardingOutput): Action {
    const result = passOn(this.environment, packet, target.virtual.word3, output);
    if (result === 'forward') output.gateway = target;
    return result;
  }
}
