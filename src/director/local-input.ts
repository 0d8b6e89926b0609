/**
 * The path of a packet that is addressed to the director: a client's packet for a virtual service.
 *
 * Fragments are reassembled; ICMP is handled in `icmp-input.ts`; AH and ESP follow the connection of their
 * key exchange. Then the connection is looked up, or opened by `admission.ts`. A packet of a connection is
 * counted, moves its state, is forwarded, and restarts its timer. When a client is on the host, the packet can be a
 * server's answer to it, and is looked up as one first. What the director leaves to the host, or rewrites for it,
 * is in the output.
 */
import { ConnectionKey } from '../connections/entries/connection-key.js';
import { isIcmp } from '../forwarding/received-icmp-errors.js';
import type { RealServer } from '../model/real-server.js';
import { isTransportWithPorts } from '../protocols.js';
import type { Service } from '../services/service.js';
import type { Packet } from '../wire/packet.js';
import type { Admission } from './admission.js';
import type { Admitted, AdmittedConnection } from './admitted.js';
import { checkReuse } from './connection-reuse.js';
import type { UnfinishedOpening } from './fast-opening.js';
import type { HostReplies } from './server-replies-at-host.js';
import type { IcmpInput } from './icmp-input.js';
import { followsKeyExchange } from './ah-and-esp.js';
import { keyOfPacket } from './packet-key.js';
import type { PacketReassembly } from './packet-reassembly.js';
import { Decision, type PacketState } from './packet-state.js';
import type { DirectorParts } from './parts.js';
import type { ToServer } from './to-server.js';
import { moveState } from './transport-event.js';

const NONE = -1;

/** Handles packets that are addressed to the director. */
export class LocalInput {
  private readonly parts: DirectorParts;
  private readonly state: PacketState;
  private readonly admission: Admission;
  private readonly icmp: IcmpInput;
  private readonly reassembly: PacketReassembly;
  private readonly answers: HostReplies;
  private readonly toServer: ToServer;
  /** The key of the packet at hand. */
  private readonly key = new ConnectionKey();

  constructor(
    parts: DirectorParts,
    state: PacketState,
    admission: Admission,
    icmp: IcmpInput,
    reassembly: PacketReassembly,
    answers: HostReplies,
    toServer: ToServer,
  ) {
    this.parts = parts;
    this.state = state;
    this.admission = admission;
    this.icmp = icmp;
    this.reassembly = reassembly;
    this.answers = answers;
    this.toServer = toServer;
  }

  /**
   * Handles a packet.
   *
   * @param packet - The packet, well-formed.
   * @returns The decision.
   */
  receive(packet: Packet): Decision {
    if (!this.parts.services.hasFamily(packet.family)) {
      return this.handUp(packet, this.state.decide('accept', 'no-service-of-family'));
    }
    if (this.parts.sync?.isStandby === true) {
      return this.handUp(packet, this.state.decide('accept', 'backup-only'));
    }
    // Over IPv4, AH and ESP are not reassembled; only the first fragment can be looked up.
    if (packet.isFragment && packet.family === 4 && followsKeyExchange(packet.protocol)) {
      const isFirst = packet.fragmentOffset === 0;
      const decision = isFirst
        ? this.receiveWhole(packet)
        : this.state.decide('accept', 'no-connection');
      return this.handUp(packet, decision);
    }
    const whole = this.reassembly.wholeOf(packet);
    return whole instanceof Decision ? whole : this.handUp(whole, this.receiveWhole(whole));
  }

  /**
   * Handles a packet from where the fast path left it.
   *
   * @param packet - The packet, whole; no ICMP.
   * @param unfinished - Its connection, or why there is none.
   * @returns The decision.
   */
  finish(packet: Packet, { service, key, opening }: UnfinishedOpening): Decision {
    const admitted = this.admission.admitted(opening, service, key, packet);
    return this.handUp(packet, this.receiveAdmitted(packet, admitted));
  }

  /** Records the packet that the host gets, as it came or rewritten. */
  private handUp(packet: Packet, decision: Decision): Decision {
    const { output } = this.parts;
    if (decision.action === 'accept') output.emit(packet, 'client', output.reason);
    return decision;
  }

  private receiveWhole(packet: Packet): Decision {
    if (isIcmp(packet)) return this.icmp.receiveLocal(packet);
    const { ownClients, services, tunables } = this.parts;
    // Few directors have clients on their host, let servers begin calls, or refuse what belongs to no connection.
    const isAsked = tunables.nat_icmp_send !== 0 || services.withEngine.size > 0;
    const answered =
      ownClients.exist || isAsked ? this.answers.handle(packet, ownClients.exist) : undefined;
    return answered ?? this.receiveFromClient(packet);
  }

  /**
   * Handles a client's packet.
   *
   * @param packet - The packet, whole; no ICMP.
   * @returns The decision; with `accept` the packet is as the host gets it.
   */
  receiveFromClient(packet: Packet): Decision {
    const { state } = this;
    const { protocol } = packet;
    if (followsKeyExchange(protocol)) return this.followKeyExchange(packet);
    if (!isTransportWithPorts(protocol)) return state.decide('accept', 'protocol-without-services');
    if (!packet.hasPorts) return state.decide('drop', 'transport-truncated');
    const slot = this.find(packet);
    return slot === NONE ? this.receiveNew(packet) : this.receiveKnown(packet, slot);
  }

  /** The packet's entry, or −1. */
  private find(packet: Packet): number {
    const { key } = this;
    const { table } = this.parts;
    if (packet.family === 4) {
      const { protocol, sourceWord3, sourcePort, destinationWord3, destinationPort } = packet;
      return table.findIn4(protocol, sourceWord3, sourcePort, destinationWord3, destinationPort);
    }
    keyOfPacket(key, packet, true);
    return table.findIn(key);
  }

  private receiveKnown(packet: Packet, slot: number): Decision {
    const { parts, state } = this;
    const reuse = checkReuse(parts, slot, packet, state.now);
    if (reuse === 'reschedule') return this.receiveNew(packet);
    const server = parts.table.server(slot);
    if (reuse === 'drop') {
      const reason = server?.available === false ? 'server-removed' : 'connection-tracked';
      return state.decide('drop', reason, undefined, server);
    }
    return this.forward(packet, slot, undefined, server);
  }

  private receiveNew(packet: Packet): Decision {
    keyOfPacket(this.key, packet, true);
    return this.receiveAdmitted(packet, this.admission.admit(packet, this.key));
  }

  /** Goes on with a packet whose connection was opened, unless its path ended there. */
  private receiveAdmitted(packet: Packet, admitted: Admitted): Decision {
    if (admitted instanceof Decision) return admitted;
    const { slot, service, server } = admitted;
    return slot === NONE
      ? this.forwardOnePacket(packet, admitted)
      : this.forward(packet, slot, service, server);
  }

  /** Counters, state, forwarding, timer: in this order. */
  private forward(
    packet: Packet,
    slot: number,
    service: Service | undefined,
    server: RealServer | undefined,
  ): Decision {
    const { counters, states, table, nextHop, output, kernel, sync } = this.parts;
    const { state } = this;
    counters.countInOf(server, table.fastPath.destinationOf(slot), packet.length);
    moveState(states, slot, packet, false, kernel);
    table.helped.fillClientPort(slot, packet.sourcePort);
    const forwarder = nextHop.fill(slot);
    const action = forwarder && this.toServer.send(packet, slot, forwarder);
    table.use(slot, state.now);
    // The packet that opens a connection past all servers is not announced.
    if (service === undefined || server !== undefined) sync?.clientPacket(slot, state.now);
    if (action === undefined) return state.decide('drop', 'unbound', service, server);
    return state.decide(action, output.reason, service, server, slot);
  }

  private forwardOnePacket(
    packet: Packet,
    { service, server, serverPort, template }: AdmittedConnection,
  ): Decision {
    const { counters, nextHop, output, sync } = this.parts;
    if (server === undefined) return this.state.decide('drop', 'no-destination', service);
    counters.countOnePacketIn(service, server, packet.length);
    const forwarder = nextHop.fillOnePacket(packet, server, serverPort);
    const action = this.toServer.send(packet, NONE, forwarder);
    sync?.onePacket(template, this.state.now);
    return this.state.decide(action, output.reason, service, server);
  }

  /** AH and ESP belong to the UDP connection of port 500 between the same addresses. */
  private followKeyExchange(packet: Packet): Decision {
    const { key } = this;
    const { table } = this.parts;
    keyOfPacket(key, packet, true);
    const slot = table.findIn(key);
    if (slot === NONE) return this.state.decide('accept', 'no-connection');
    return this.forward(packet, slot, undefined, table.server(slot));
  }
}
