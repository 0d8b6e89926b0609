/**
 * ICMP errors: which connection they are about, and where they go.
 *
 * | the error is about a packet                          | it                                              |
 * | ---------------------------------------------------- | ----------------------------------------------- |
 * | of the director's own tunnel                         | is replaced by an error of its own to the client |
 * | from the director to a client                        | goes to the server                              |
 * | from the director to a server                        | goes to the client, rewritten if masqueraded    |
 *
 * It counts as a packet, but moves no state and restarts no timer. Errors without a connection, and other
 * ICMP, are left to the host; with `schedule_icmp` an error may open a connection. Source: recorded decisions.
 */
import { ConnectionKey } from '../connections/entries/connection-key.js';
import { PROTOCOL_UDP } from '../connections/entries/flags.js';
import { isRightForAnyMethod } from '../forwarding/icmp-checksum.js';
import { quotesConnection, readIcmpError } from '../forwarding/received-icmp-errors.js';
import { translateErrorFromServer } from '../forwarding/local-delivery.js';
import { readTunnelQuote, relayTunnelError } from '../forwarding/tunnel-errors.js';
import type { RealServer } from '../model/real-server.js';
import { isTransportWithPorts } from '../protocols.js';
import type { Service } from '../services/service.js';
import { readUint16 } from '../wire/bytes.js';
import { Packet } from '../wire/packet.js';
import type { Admission } from './admission.js';
import { keyOfPacket } from './packet-key.js';
import { Decision, type PacketState } from './packet-state.js';
import type { DirectorParts } from './parts.js';
import type { ToServer } from './to-server.js';
import type { TunnelServers } from './tunnel-servers.js';

const NONE = -1;
const FRAGMENT_OFFSET_BITS = 0x1fff;

/** Handles ICMP and ICMPv6. */
export class IcmpInput {
  private readonly parts: DirectorParts;
  private readonly state: PacketState;
  private readonly admission: Admission;
  private readonly tunnels: TunnelServers;
  private readonly servers: ToServer;
  /** The key of the packet that the message at hand quotes. */
  private readonly key = new ConnectionKey();
  /** The packet that it quotes; written by `read`. */
  private readonly quote = new Packet();
  /** The packet inside a quoted tunnel packet; written by `relayTunnelError`. */
  private readonly inner = new Packet();

  constructor(
    parts: DirectorParts,
    state: PacketState,
    admission: Admission,
    tunnels: TunnelServers,
    servers: ToServer,
  ) {
    this.parts = parts;
    this.state = state;
    this.admission = admission;
    this.tunnels = tunnels;
    this.servers = servers;
  }

  /**
   * Handles a message that is addressed to the director.
   *
   * @param packet - The message, whole.
   * @returns The decision.
   */
  receiveLocal(packet: Packet): Decision {
    const unusable = this.read(packet);
    if (unusable !== undefined) return unusable;
    // Kernels that take later fragments for first ones do not do so here.
    if (isLaterFragmentOfUdp(this.quote)) return this.state.decide('accept', 'quote-unusable');
    const answered = this.parts.ownClients.exist ? this.fromServer(packet) : undefined;
    if (answered !== undefined) return answered;
    const relayed = packet.family === 4 ? this.relayTunnelError(packet) : undefined;
    if (relayed !== undefined) return relayed;
    const decision = this.toServer(packet);
    if (decision.action !== 'accept' || decision.server !== undefined) return decision;
    return this.state.decide('accept', 'no-connection', decision.service);
  }

  /**
   * Handles a message that passes through the director.
   *
   * @param packet - The message, whole; TTL and MTU were checked.
   * @returns The decision; `accept` when it is to be routed on.
   */
  receivePassing(packet: Packet): Decision {
    const unusable = this.read(packet);
    if (unusable !== undefined) return unusable;
    const { action, reason, service, server: local } = this.toServer(packet);
    if (action !== 'accept' || local !== undefined) return this.state.decision;
    if (!quotesConnection(this.quote)) return this.state.decision;
    keyOfPacket(this.key, this.quote, true);
    const slot = this.parts.table.findOut(this.key);
    if (slot === NONE) return this.state.decision;
    const server = this.parts.table.server(slot);
    const decision = this.toClient(packet, slot, service, server);
    return decision ?? this.state.decide('accept', reason, service, server);
  }

  /**
   * Handles a message that the host sends.
   *
   * @param packet - The message, whole.
   * @returns The decision; `accept` when the host sends it, as it is or rewritten.
   */
  sendFromHost(packet: Packet): Decision {
    return this.read(packet) ?? this.fromServer(packet) ?? this.toServer(packet);
  }

  /**
   * Handles an error about a packet to a masqueraded server, which the host sends, or gets as the client;
   * `undefined` when it is about anything else.
   */
  private fromServer(packet: Packet): Decision | undefined {
    const { key, quote, state } = this;
    const { table, nextHop, host, output, counters } = this.parts;
    if (!quotesConnection(quote)) return undefined;
    keyOfPacket(key, quote, true);
    const slot = table.findOut(key);
    if (slot === NONE) return undefined;
    const lengthBytes = packet.length;
    const isMasqueraded = nextHop.fill(slot)?.method === 'masquerading';
    const action = isMasqueraded
      ? translateErrorFromServer(host, packet, quote, nextHop.target, output)
      : output.finish('accept', 'not-translated');
    if (action === 'accept') counters.countOut(slot, lengthBytes);
    if (!isMasqueraded) return undefined;
    return state.decide(action, output.reason, undefined, table.server(slot));
  }

  /** Reads the quote; a decision when the message does not concern the director. */
  private read(packet: Packet): Decision | undefined {
    const { state } = this;
    const reading = readIcmpError(packet, this.quote, !this.parts.kernel.ignoresQuotedFragments);
    if (reading === 'truncated') return state.decide('drop', 'icmp-truncated');
    if (reading === 'not-error') return state.decide('accept', 'icmp-not-error');
    if (reading === 'quote-unusable') return state.decide('accept', 'quote-unusable');
    return undefined;
  }

  /** Handles an error about a tunnel packet of the director; `undefined` when it is about anything else. */
  private relayTunnelError(packet: Packet): Decision | undefined {
    const { state, tunnels, quote, inner, key } = this;
    const { table, nextHop, counters, host, output } = this.parts;
    const kind = readTunnelQuote(quote, tunnels.has, inner);
    if (kind === 'other') return undefined;
    if (kind === 'accept') return state.decide('accept', 'quote-unusable');
    keyOfPacket(key, inner, true);
    const slot = table.findIn(key);
    if (slot === NONE) return state.decide('accept', 'no-connection');
    const server = table.server(slot);
    nextHop.fill(slot);
    const action = relayTunnelError(host, packet, quote, inner, nextHop.target, output);
    if (action === 'reply') counters.countOut(slot, packet.length);
    return state.decide(action, output.reason, undefined, server);
  }

  /** Handles an error about a packet from the director to a client; `accept` when there is no connection. */
  private toServer(packet: Packet): Decision {
    const { state, quote, key } = this;
    const { table, tunables } = this.parts;
    if (!quotesConnection(quote)) return state.decide('accept', 'quote-unusable');
    keyOfPacket(key, quote, false);
    const slot = table.findIn(key);
    if (slot !== NONE) return this.forwardError(packet, slot, undefined, table.server(slot));
    if (tunables.schedule_icmp === 0 || !isTransportWithPorts(quote.protocol)) {
      return state.decide('accept', 'no-connection');
    }
    const admitted = this.admission.admitQuoted(quote, key);
    if (admitted instanceof Decision) return admitted;
    return this.forwardError(packet, admitted.slot, admitted.service, admitted.server);
  }

  private forwardError(
    packet: Packet,
    slot: number,
    service: Service | undefined,
    server: RealServer | undefined,
  ): Decision {
    const { state, quote } = this;
    const { nextHop, output, counters, table, kernel } = this.parts;
    const lengthBytes = packet.length;
    if (!isRightForAnyMethod(packet, kernel)) {
      return state.decide('drop', 'icmp-checksum-wrong', service, server);
    }
    const forwarder = nextHop.fill(slot);
    if (forwarder === undefined) return state.decide('drop', 'unbound', service, server);
    const action = this.servers.sendError(packet, quote, forwarder);
    counters.countIn(slot, lengthBytes);
    table.synchronized.countPacket(slot);
    return state.decide(action, output.reason, service, server);
  }

  /** Handles an error about a packet from the director to a server; `undefined` when it is routed on. */
  private toClient(
    packet: Packet,
    slot: number,
    service: Service | undefined,
    server: RealServer | undefined,
  ): Decision | undefined {
    const { nextHop, output, counters } = this.parts;
    const lengthBytes = packet.length;
    const action = nextHop.fill(slot)?.respondError(packet, this.quote, nextHop.target, output);
    if (action === 'forward' || action === 'accept') counters.countOut(slot, lengthBytes);
    if (action === undefined || action === 'accept') return undefined;
    return this.state.decide(action, output.reason, service, server);
  }
}

/** Whether a quote is a later fragment of an IPv4 datagram of UDP, whatever it is taken for. */
function isLaterFragmentOfUdp({ family, protocol, bytes, offset }: Packet): boolean {
  const isUdp = family === 4 && protocol === PROTOCOL_UDP;
  return isUdp && (readUint16(bytes, offset + 6) & FRAGMENT_OFFSET_BITS) !== 0;
}
