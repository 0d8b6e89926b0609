/**
 * The path of a packet that passes through the director: a server's reply, or what the host routes.
 *
 * TTL and MTU come first, and a packet that fails there changes nothing. Then its connection is looked up
 * from the server's side: masquerading rewrites the source, other methods leave the packet as it is; both
 * count it, move the state and restart the timer. What belongs to no connection is routed on.
 */
import { ConnectionKey } from '../connections/connection-key.js';
import {
  METHOD_BITS,
  METHOD_FLAGS,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
} from '../connections/entries/flags.js';
import { SCTP_CHUNK_ABORT } from '../connections/states/sctp.js';
import { TCP_RST } from '../connections/states/tcp.js';
import { needsAssembly } from '../forwarding/fragment-parts.js';
import { makeIcmpError } from '../forwarding/icmp-errors.js';
import { isIcmp } from '../forwarding/icmp-quotes.js';
import type { Side } from '../forwarding/output.js';
import { routeOn } from '../forwarding/routing.js';
import { checkServerSide } from '../forwarding/ttl-and-mtu.js';
import type { RealServer } from '../model/real-server.js';
import type { Opening } from '../services/connection-opener.js';
import type { Service } from '../services/service.js';
import type { Packet } from '../wire/packet.js';
import type { IcmpInput } from './icmp-input.js';
import type { MasqueradedServers } from './masqueraded-servers.js';
import { followsKeyExchange, hasServices, keyOfPacket } from './packet-key.js';
import type { PacketReassembly } from './packet-reassembly.js';
import { Decision, type PacketState } from './packet-state.js';
import type { DirectorParts } from './parts.js';
import type { Reason } from './reasons.js';
import type { ServerCalls } from './server-calls.js';
import { firstChunk, moveState, tcpFlags } from './transport-event.js';

const NONE = -1;

/** Handles packets whose destination is not the director. */
export class PassThrough {
  private readonly parts: DirectorParts;
  private readonly state: PacketState;
  private readonly icmp: IcmpInput;
  private readonly reassembly: PacketReassembly;
  private readonly masqueraded: MasqueradedServers;
  private readonly calls: ServerCalls;
  /** The key of the packet at hand. */
  private readonly key = new ConnectionKey();

  constructor(
    parts: DirectorParts,
    state: PacketState,
    icmp: IcmpInput,
    reassembly: PacketReassembly,
    masqueraded: MasqueradedServers,
    calls: ServerCalls,
  ) {
    this.parts = parts;
    this.state = state;
    this.icmp = icmp;
    this.reassembly = reassembly;
    this.masqueraded = masqueraded;
    this.calls = calls;
  }

  /**
   * Handles a packet.
   *
   * @param packet - The packet, well-formed.
   * @returns The decision; with `accept` the output holds the packet, routed on.
   */
  receive(packet: Packet): Decision {
    const { host, output } = this.parts;
    // IPv6 is reassembled before TTL and MTU are checked, IPv4 after.
    const early = packet.family === 6 ? this.wholeOf(packet) : packet;
    if (early instanceof Decision) return early;
    const checked = checkServerSide(host, early, output);
    if (checked !== 'forward') return this.state.decide(checked, output.reason);
    const whole = this.wholeOf(early);
    return whole instanceof Decision ? whole : this.receiveWhole(whole);
  }

  /**
   * Handles a packet that the director's own host sends: its connection sees it, and it leaves as it is.
   *
   * @param packet - The packet, well-formed.
   */
  observe(packet: Packet): void {
    if (!this.parts.services.hasFamily(packet.family) || !isConnectionPacket(packet)) return;
    const slot = this.find(packet);
    if (slot !== NONE) this.use(packet, slot, packet.length);
  }

  private wholeOf(packet: Packet): Packet | Decision {
    if (!needsAssembly(packet) || !this.parts.services.hasFamily(packet.family)) return packet;
    if (packet.family === 4 && followsKeyExchange(packet.protocol)) return packet;
    return this.reassembly.wholeOf(packet);
  }

  private receiveWhole(packet: Packet): Decision {
    if (!this.parts.services.hasFamily(packet.family)) {
      return this.route(packet, 'no-service-of-family');
    }
    if (this.parts.sync?.isStandby === true) return this.route(packet, 'backup-only');
    if (isIcmp(packet)) return this.receiveIcmp(packet);
    if (!isConnectionPacket(packet)) return this.route(packet, 'protocol-without-services');
    const slot = this.find(packet);
    if (slot !== NONE) return this.respond(packet, slot);
    const call = this.calls.open(packet, this.state.now);
    if (call !== undefined) return this.respondFirst(packet, call);
    if (this.isReplyWithoutConnection(packet)) return this.refuse(packet);
    // What clients send to another address passes by, whatever it is.
    return this.route(packet, this.state.side === 'client' ? 'no-service' : 'no-connection');
  }

  private receiveIcmp(packet: Packet): Decision {
    const decision = this.icmp.receivePassing(packet);
    if (decision.action !== 'accept') return decision;
    return this.route(packet, decision.reason, decision.service, decision.server);
  }

  /** The entry of a server's packet, or −1. */
  private find(packet: Packet): number {
    keyOfPacket(this.key, packet, false);
    return this.parts.table.findOut(this.key);
  }

  private respond(packet: Packet, slot: number): Decision {
    const { host, nextHop, output, table } = this.parts;
    const server = table.server(slot);
    const lengthBytes = packet.length;
    const masqueraded = (table.flags(slot) & METHOD_BITS) === METHOD_FLAGS.masquerading;
    const forwarder = masqueraded ? nextHop.fill(slot) : undefined;
    const action =
      forwarder === undefined
        ? routeOn(host, packet, this.otherSide(), output)
        : forwarder.respond(packet, nextHop.target, output);
    if (action === 'forward') this.use(packet, slot, lengthBytes);
    return this.state.decide(action, output.reason, undefined, server);
  }

  /** The packet with which a server begins a call. */
  private respondFirst(packet: Packet, call: Opening): Decision {
    if (typeof call === 'string') return this.state.decide('drop', call);
    const { counters, states, nextHop, output } = this.parts;
    const { slot, service, server, template } = call;
    counters.countConnection(slot, service, server);
    if (slot !== NONE) return this.respond(packet, slot);
    const lengthBytes = packet.length;
    const forwarder = nextHop.fillServersOnePacket(service, server);
    const action = forwarder.respond(packet, nextHop.target, output);
    if (action === 'forward') {
      counters.countOnePacketOut(service, server, lengthBytes);
      states.assure(template);
    }
    return this.state.decide(action, output.reason, service, server);
  }

  private use(packet: Packet, slot: number, lengthBytes: number): void {
    const { counters, states, table, kernel } = this.parts;
    counters.countOut(slot, lengthBytes);
    if (!followsKeyExchange(packet.protocol)) moveState(states, slot, packet, true, kernel);
    table.touch(slot, this.state.now);
  }

  /** Whether a masqueraded server replies on a connection that is not in the table, and gets an error. */
  private isReplyWithoutConnection(packet: Packet): boolean {
    if (this.parts.tunables.nat_icmp_send === 0 || !hasServices(packet.protocol)) return false;
    return !isEnding(packet) && this.masqueraded.has(packet);
  }

  private refuse(packet: Packet): Decision {
    const { host, output } = this.parts;
    const { side } = this.state;
    const action = makeIcmpError(host, packet, 'port-unreachable', 0, side, true, output);
    return this.state.decide(action, output.reason);
  }

  private route(packet: Packet, reason: Reason, service?: Service, server?: RealServer): Decision {
    const { host, output } = this.parts;
    const action = routeOn(host, packet, this.otherSide(), output);
    return this.state.decide(action === 'forward' ? 'accept' : 'drop', reason, service, server);
  }

  /** The interface by which a packet leaves: the other one. */
  private otherSide(): Side {
    return this.state.side === 'client' ? 'server' : 'client';
  }
}

/** Whether a packet ends a connection at once: TCP with RST, SCTP ABORT. */
function isEnding(packet: Packet): boolean {
  if (packet.protocol === PROTOCOL_TCP) return (tcpFlags(packet) & TCP_RST) !== 0;
  return packet.protocol === PROTOCOL_SCTP && firstChunk(packet) === SCTP_CHUNK_ABORT;
}

/** Whether a packet can belong to a connection. */
function isConnectionPacket(packet: Packet): boolean {
  if (followsKeyExchange(packet.protocol)) return packet.fragmentOffset === 0;
  return hasServices(packet.protocol) && packet.hasPorts;
}
