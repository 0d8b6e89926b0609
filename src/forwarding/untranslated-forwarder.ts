/**
 * What the methods have in common that leave addresses and ports alone: bypass, direct routing, tunneling.
 *
 * A server's packet needs no translation, so it is routed on. An ICMP error about a packet to the server is forwarded
 * like any packet of the connection; one about a packet to the client is not the connection's matter.
 */
import type { Packet } from '../wire/packet.js';
import type { Action } from './action.js';
import type { ForwardingEnvironment } from './environment.js';
import type { Forwarder } from './forwarder.js';
import type { ForwardingOutput } from './output.js';
import { routeOn } from './routing.js';
import type { ForwardingTarget } from './target.js';

/** A forwarder that translates nothing: a method only says how a client's packet reaches the server. */
export abstract class UntranslatedForwarder implements Forwarder {
  abstract readonly method: Forwarder['method'];
  protected readonly environment: ForwardingEnvironment;

  constructor(environment: ForwardingEnvironment) {
    this.environment = environment;
  }

  abstract forward(packet: Packet, target: ForwardingTarget, output: ForwardingOutput): Action;

  respond(packet: Packet, _target: ForwardingTarget, output: ForwardingOutput): Action {
    return routeOn(this.environment, packet, 'client', output);
  }

  forwardError(
    packet: Packet,
    _quote: Packet,
    target: ForwardingTarget,
    output: ForwardingOutput,
  ): Action {
    return this.forward(packet, target, output);
  }

  respondError(
    _packet: Packet,
    _quote: Packet,
    _target: ForwardingTarget,
    output: ForwardingOutput,
  ): Action {
    return output.finish('accept', 'not-translated');
  }
}
