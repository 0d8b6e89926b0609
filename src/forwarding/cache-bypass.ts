/**
 * The method of connections without a server, which `cache_bypass` lets `director/no-destination.ts` make: the packet is
 * forwarded to its own destination, past all servers, unchanged but for its TTL. Refused when that destination is the
 * director itself.
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
 * Makes the forwarder of connections that have no server.
 *
 * @param environment - The host it works on.
 * @returns The forwarder.
 */
export function bypass(environment: ForwardingEnvironment): Forwarder {
  return new Bypass(environment);
}

class Bypass extends UntranslatedForwarder {
  readonly method = 'bypass';

  forward(packet: Packet, target: ForwardingTarget, output: ForwardingOutput): Action {
    const { environment } = this;
    if (environment.localityOf(packet.destination) !== 'foreign')
      return output.finish('drop', 'destination-is-local');
    return passOn(environment, packet, target.virtual.word3, output);
  }
}
