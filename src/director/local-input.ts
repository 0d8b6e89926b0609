/**
 * The way of a packet that is addressed to the director: a client's packet for a virtual service.
 *
 * Fragments are put together; ICMP goes its own way; AH and ESP follow the connection of their key
 * exchange. Then: known connection, or admission; count, move the state, forward, restart the timer.
 */
import { needsAssembly } from '../forwarding/fragment-parts.js';
import { isIcmp } from '../forwarding/icmp-quotes.js';
import type { Reassembler } from '../forwarding/reassembly.js';
import type { Packet } from '../wire/packet.js';
import type { Admission } from './admission.js';
import type { DirectorContext } from './context.js';
import type { IcmpInput } from './icmp-input.js';
import { belongingOf } from './connection-reuse.js';
import { followsKeyExchange, hasServices, keyOfPacket } from './packet-key.js';
import { moveState } from './transport-event.js';
import type { Action } from './reasons.js';

const NONE = -1;

/** Handles packets that are addressed to the director. */
export class LocalInput {
  private readonly context: DirectorContext;
  private readonly admission: Admission;
  private readonly icmp: IcmpInput;
  private readonly reassembler: Reassembler;

  constructor(
    context: DirectorContext,
    admission: Admission,
    icmp: IcmpInput,
    reassembler: Reassembler,
  ) {
    this.context = context;
    this.admission = admission;
    this.icmp = icmp;
    this.reassembler = reassembler;
  }

  /**
   * Handles a packet.
   *
   * @param packet - The packet, well-formed.
   * @returns What becomes of it.
   */
  receive(packet: Packet): Action {
    const { context } = this;
    if (!context.services.hasFamily(packet.family)) {
      return context.conclude('accept', 'no-service-of-family');
    }
    if (!needsAssembly(packet)) return this.receiveWhole(packet);
    return this.receiveFragment(packet);
  }

  private receiveFragment(packet: Packet): Action {
    const { context, reassembler } = this;
    // AH and ESP are not put together over IPv4; only the first piece has anything to look up.
    if (packet.family === 4 && followsKeyExchange(packet.protocol)) {
      return packet.fragmentOffset === 0
        ? this.receiveWhole(packet)
        : context.conclude('accept', 'no-connection');
    }
    const result = reassembler.add(packet, context.now);
    if (result === 'whole') return this.receiveWhole(packet);
    if (result === 'assembled') return this.receiveWhole(reassembler.packet);
    return context.conclude('drop', result === 'waiting' ? 'fragment-waiting' : 'fragment-invalid');
  }

  private receiveWhole(packet: Packet): Action {
    const { context } = this;
    const { protocol } = packet;
    if (isIcmp(packet)) return this.icmp.receiveLocal(packet);
    if (followsKeyExchange(protocol)) return this.followKeyExchange(packet);
    if (!hasServices(protocol)) return context.conclude('accept', 'protocol-without-services');
    if (!packet.hasPorts) return context.conclude('drop', 'transport-truncated');
    const known = this.find(packet);
    return known === NONE ? this.receiveNew(packet) : this.receiveKnown(packet, known);
  }

  /** The packet's entry, or −1. */
  private find(packet: Packet): number {
    const { key, table } = this.context;
    if (packet.family === 4) {
      const { protocol, sourceWord3, sourcePort, destinationWord3, destinationPort } = packet;
      return table.findIn4(protocol, sourceWord3, sourcePort, destinationWord3, destinationPort);
    }
    keyOfPacket(key, packet, true);
    return table.findIn(key);
  }

  private receiveKnown(packet: Packet, slot: number): Action {
    const { context } = this;
    const belonging = belongingOf(context, slot, packet);
    if (belonging === 'afresh') return this.receiveNew(packet);
    context.slot = slot;
    context.server = context.table.server(slot);
    if (belonging === 'drop') return context.conclude('drop', 'server-removed');
    return this.forward(packet, slot);
  }

  private receiveNew(packet: Packet): Action {
    const { context } = this;
    keyOfPacket(context.key, packet, true);
    const admitted = this.admission.admit(packet);
    if (admitted === 'one-packet') return this.forwardOnePacket(packet);
    return admitted === 'opened' ? this.forward(packet, context.slot) : admitted;
  }

  /** Count, state, forwarding, timer: in this order. */
  private forward(packet: Packet, slot: number): Action {
    const { counters, states, table, nextHop, output, now } = this.context;
    counters.countInOf(this.context.server, table.binding(slot), packet.length);
    if (!followsKeyExchange(packet.protocol)) moveState(states, slot, packet, false);
    const forwarder = nextHop.fill(slot);
    const action =
      forwarder === undefined
        ? this.context.conclude('drop', 'unbound')
        : this.context.forwarded(forwarder.forward(packet, nextHop.target, output));
    table.use(slot, now);
    return action;
  }

  private forwardOnePacket(packet: Packet): Action {
    const { context, admission } = this;
    const { counters, nextHop, output, service } = context;
    const { server, serverPort } = admission.opener;
    if (service === undefined || server === undefined) {
      return context.conclude('drop', 'no-destination');
    }
    counters.countOnePacketIn(service, server, packet.length);
    const forwarder = nextHop.fillOnePacket(context.key, server, serverPort);
    return context.forwarded(forwarder.forward(packet, nextHop.target, output));
  }

  /** AH and ESP belong to the UDP connection of port 500 of the same addresses. */
  private followKeyExchange(packet: Packet): Action {
    const { context } = this;
    keyOfPacket(context.key, packet, true);
    const slot = context.table.findIn(context.key);
    if (slot === NONE) return context.conclude('accept', 'no-connection');
    context.slot = slot;
    context.server = context.table.server(slot);
    return this.forward(packet, slot);
  }
}
