/**
 * How a director uses this layer: one {@link Forwarder} per forwarding method, and helpers for the steps
 * around it. Nothing here knows connections; the director fills in a `ForwardingTarget` from its entry and
 * calls. Every call returns the action, and leaves reason, bytes, interface and next hop in the
 * `ForwardingOutput`. A packet that is not forwarded is unchanged.
 *
 * Client side, after `packet.parseFrame(…) === 'ok'`:
 * 1. `hasSourceRoute(packet)`: drop. Fragments: `reassembler.add(packet, nowMs)`; continue with the whole
 *    packet it returns, or stop. IPv4 fragments of AH and ESP are not reassembled.
 * 2. ICMP: `readIcmpError(packet, quote)`; when it is `'error'`, look up by the quote's endpoints
 *    (first `readTunnelQuote` when it is addressed to the director) and call `forwardError`.
 *    `packet.hasPorts` false: drop. Look up or schedule, count, move the state.
 * 3. `forwarders[method].forward(packet, target, output)`: TTL, MTU, rewriting, in that order.
 * 4. No destination: `makeIcmpError(…, 'port-unreachable', …)`.
 *
 * Server side:
 * 1. IPv6 fragments: `reassembler.add`. Then `checkServerSide(environment, packet, output)`: TTL
 *    and MTU; anything but `'forward'` is the end. Then IPv4 fragments: `reassembler.add`.
 * 2. Look up. Hit: `forwarders[method].respond(…)` (masquerading) or `routeOn(environment, packet,
 *    'client', output)` (others, and misses that are accepted). ICMP errors: `respondError`.
 *
 * Then for both: `Fragmenter` and `FrameWriter` turn the output into frames.
 */
import type { ForwardingMethod } from '../model/forwarding-method.js';
import type { Packet } from '../wire/packet.js';
import type { Action } from './action.js';
import type { ForwardingOutput } from './output.js';
import type { ForwardingTarget } from './target.js';

/** One forwarding method: how it treats the packets of its connections. */
export interface Forwarder {
  /** The method; `bypass` forwards packets to their own destination, past all servers. */
  readonly method: ForwardingMethod | 'bypass';

  /**
   * Sends a client's packet to the server.
   *
   * @param packet - A packet from the client side, reassembled.
   * @param target - The connection.
   * @param output - Receives the outcome.
   * @returns `forward`; `reply` when TTL or MTU forbid it; or `drop`.
   */
  forward(packet: Packet, target: ForwardingTarget, output: ForwardingOutput): Action;

  /**
   * Sends a server's packet to the client, after `checkServerSide`.
   *
   * @param packet - A packet from the server side, reassembled.
   * @param target - The connection.
   * @param output - Receives the outcome.
   * @returns `forward` or `drop`.
   */
  respond(packet: Packet, target: ForwardingTarget, output: ForwardingOutput): Action;

  /**
   * Sends an ICMP error about a packet director → client to the server.
   *
   * @param packet - The ICMP message.
   * @param quote - The packet it quotes, as `readIcmpError` found it.
   * @param target - The connection, found by *in* with the quote's endpoints swapped.
   * @param output - Receives the outcome.
   * @returns `forward`, or `drop`.
   */
  forwardError(
    packet: Packet,
    quote: Packet,
    target: ForwardingTarget,
    output: ForwardingOutput,
  ): Action;

  /**
   * Sends an ICMP error about a packet director → server to the client, after `checkServerSide`.
   *
   * @param packet - The ICMP message.
   * @param quote - The packet it quotes, as `readIcmpError` found it.
   * @param target - The connection, found by *out* with the quote's endpoints swapped.
   * @param output - Receives the outcome.
   * @returns `forward`, `drop`, or `accept` when the method does not rewrite.
   */
  respondError(
    packet: Packet,
    quote: Packet,
    target: ForwardingTarget,
    output: ForwardingOutput,
  ): Action;
}
