/**
 * ICMP errors: which connection they are about, and who has to know.
 *
 * An error is about a packet of the director's own tunnel (the client is told by an error of its own), about
 * a packet from the director to a client (it goes to the server), or about one from the director to a
 * server (it goes to the client, rewritten when the connection is masqueraded). It counts as a packet, but
 * moves no state and restarts no timer. Errors without connection, and other ICMP, are left to the host;
 * with `schedule_icmp` an error may open a connection. Source: recorded decisions.
 */
import type { Forwarder } from '../forwarding/forwarder.js';
import { quotesConnection, readIcmpError } from '../forwarding/icmp-quotes.js';
import { readTunnelQuote, relayTunnelError } from '../forwarding/tunnel-errors.js';
import type { Packet } from '../wire/packet.js';
import type { Admission } from './admission.js';
import type { DirectorContext } from './context.js';
import { hasServices, keyOfPacket } from './packet-key.js';
import type { TunnelServers } from './tunnel-servers.js';
import type { Action } from './reasons.js';

const NONE = -1;

/** Handles ICMP and ICMPv6. */
export class IcmpInput {
  private readonly context: DirectorContext;
  private readonly admission: Admission;
  private readonly tunnels: TunnelServers;

  constructor(context: DirectorContext, admission: Admission, tunnels: TunnelServers) {
    this.context = context;
    this.admission = admission;
    this.tunnels = tunnels;
  }

  /**
   * Handles a message that is addressed to the director.
   *
   * @param packet - The message, whole.
   * @returns What becomes of it.
   */
  receiveLocal(packet: Packet): Action {
    const unusable = this.read(packet);
    if (unusable !== undefined) return unusable;
    if (packet.family === 4) {
      const relayed = this.relayTunnelError(packet);
      if (relayed !== undefined) return relayed;
    }
    return this.toServer(packet) ?? this.context.conclude('accept', 'no-connection');
  }

  /**
   * Handles a message that passes through the director.
   *
   * @param packet - The message, whole; TTL and MTU were looked at.
   * @returns What becomes of it; `undefined` when it is to be routed on.
   */
  receivePassing(packet: Packet): Action | undefined {
    const unusable = this.read(packet);
    if (unusable !== undefined) return unusable === 'accept' ? undefined : unusable;
    return this.toServer(packet) ?? this.toClient(packet);
  }

  /** Reads the quote; an action when the message is nothing for the director. */
  private read(packet: Packet): Action | undefined {
    const { context } = this;
    const reading = readIcmpError(packet, context.quote);
    if (reading === 'truncated') return context.conclude('drop', 'icmp-truncated');
    if (reading === 'not-error') return context.conclude('accept', 'icmp-not-error');
    if (reading === 'quote-unusable') return context.conclude('accept', 'quote-unusable');
    return undefined;
  }

  /** Handles an error about a tunnel packet of the director; `undefined` when it is about anything else. */
  private relayTunnelError(packet: Packet): Action | undefined {
    const { context, tunnels } = this;
    const { quote, inner, key, table, nextHop, counters, environment, output } = context;
    const kind = readTunnelQuote(quote, tunnels.has, inner);
    if (kind === 'other') return undefined;
    if (kind === 'accept') return context.conclude('accept', 'quote-unusable');
    keyOfPacket(key, inner, true);
    const slot = table.findIn(key);
    if (slot === NONE) return context.conclude('accept', 'no-connection');
    this.found(slot);
    nextHop.fill(slot);
    const relayed = relayTunnelError(environment, packet, quote, inner, nextHop.target, output);
    if (relayed === 'reply') counters.countOut(slot, packet.length);
    return context.forwarded(relayed);
  }

  /** Handles an error about a packet from the director to a client; `undefined` without connection. */
  private toServer(packet: Packet): Action | undefined {
    const { context } = this;
    const { quote, key, table, tunables } = context;
    if (!quotesConnection(quote)) {
      context.conclude('accept', 'quote-unusable');
      return undefined;
    }
    keyOfPacket(key, quote, false);
    const slot = table.findIn(key);
    if (slot !== NONE) return this.forwardError(packet, slot);
    context.conclude('accept', 'no-connection');
    if (tunables.schedule_icmp === 0 || !hasServices(quote.protocol)) return undefined;
    const admitted = this.admission.admitQuoted();
    if (admitted === 'opened') return this.forwardError(packet, context.slot);
    return admitted === 'accept' || admitted === 'one-packet' ? undefined : admitted;
  }

  private forwardError(packet: Packet, slot: number): Action {
    const { context } = this;
    const { quote, nextHop, output, counters, table } = context;
    this.found(slot);
    const lengthBytes = packet.length;
    const forwarder = nextHop.fill(slot);
    if (forwarder === undefined) return context.conclude('drop', 'unbound');
    const action = context.forwarded(forwarder.forwardError(packet, quote, nextHop.target, output));
    counters.countIn(slot, lengthBytes);
    table.countPacket(slot);
    return action;
  }

  /** Handles an error about a packet from the director to a server; `undefined` when it is routed on. */
  private toClient(packet: Packet): Action | undefined {
    const { context } = this;
    const { quote, key, table, nextHop, output, counters } = context;
    if (!quotesConnection(quote)) return undefined;
    keyOfPacket(key, quote, true);
    const slot = table.findOut(key);
    const forwarder = slot === NONE ? undefined : this.forwarderOf(slot);
    if (forwarder === undefined) return undefined;
    const lengthBytes = packet.length;
    const result = forwarder.respondError(packet, quote, nextHop.target, output);
    if (result === 'accept') return undefined;
    if (result === 'forward') counters.countOut(slot, lengthBytes);
    return context.forwarded(result);
  }

  private forwarderOf(slot: number): Forwarder | undefined {
    this.found(slot);
    return this.context.nextHop.fill(slot);
  }

  private found(slot: number): void {
    this.context.slot = slot;
    this.context.server = this.context.table.server(slot);
  }
}
