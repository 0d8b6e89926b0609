/**
 * The way of a packet that passes through the director: an answer of a server, or what the host routes.
 *
 * TTL and MTU come first, and a packet that fails there touches nothing. Then a connection is looked for
 * from the server's side: masquerading rewrites the source, other methods leave the packet as it is; both
 * count it, move the state and restart the timer. What belongs to no connection is routed on.
 */
import {
  METHOD_BITS,
  METHOD_FLAGS,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
} from '../connections/entries/flags.js';
import { SCTP_CHUNK_ABORT } from '../connections/states/sctp.js';
import { TCP_RST } from '../connections/states/tcp.js';
import { needsAssembly } from '../forwarding/fragment-parts.js';
import { isIcmp } from '../forwarding/icmp-quotes.js';
import { makeIcmpError } from '../forwarding/icmp-errors.js';
import { checkServerSide } from '../forwarding/ttl-and-mtu.js';
import type { Side } from '../forwarding/output.js';
import type { Reassembler } from '../forwarding/reassembly.js';
import { routeOn } from '../forwarding/routing.js';
import type { Packet } from '../wire/packet.js';
import type { DirectorContext } from './context.js';
import type { IcmpInput } from './icmp-input.js';
import type { MasqueradedServers } from './masqueraded-servers.js';
import { followsKeyExchange, hasServices, keyOfPacket } from './packet-key.js';
import { firstChunk, moveState, tcpFlags } from './transport-event.js';
import type { Action, Reason } from './reasons.js';

const NONE = -1;

/** Handles packets whose destination is not the director. */
export class PassThrough {
  private readonly context: DirectorContext;
  private readonly icmp: IcmpInput;
  private readonly reassembler: Reassembler;
  private readonly masqueraded: MasqueradedServers;

  constructor(
    context: DirectorContext,
    icmp: IcmpInput,
    reassembler: Reassembler,
    masqueraded: MasqueradedServers,
  ) {
    this.context = context;
    this.icmp = icmp;
    this.reassembler = reassembler;
    this.masqueraded = masqueraded;
  }

  /**
   * Handles a packet.
   *
   * @param packet - The packet, well-formed.
   * @returns What becomes of it; what is accepted is in the output, routed on.
   */
  receive(packet: Packet): Action {
    const { context } = this;
    const { environment, output } = context;
    // IPv6 is put together before TTL and MTU are looked at, IPv4 after.
    const early = packet.family === 6 ? this.assemble(packet) : packet;
    if (early === undefined) return 'drop';
    const checked = checkServerSide(environment, early, output);
    if (checked !== 'forward') return context.forwarded(checked);
    const whole = this.assemble(early);
    return whole === undefined ? 'drop' : this.receiveWhole(whole);
  }

  /**
   * Handles a packet that the director's own host sends: connections see it, and it leaves as it is.
   *
   * @param packet - The packet, well-formed.
   */
  observe(packet: Packet): void {
    const { context } = this;
    if (!context.services.hasFamily(packet.family) || !isConnectionPacket(packet)) return;
    keyOfPacket(context.key, packet, false);
    const slot = context.table.findOut(context.key);
    if (slot !== NONE) this.use(packet, slot);
  }

  /** The packet, put together if it came in pieces; `undefined` while pieces are missing. */
  private assemble(packet: Packet): Packet | undefined {
    if (!needsAssembly(packet) || !this.context.services.hasFamily(packet.family)) return packet;
    if (packet.family === 4 && followsKeyExchange(packet.protocol)) return packet;
    const result = this.reassembler.add(packet, this.context.now);
    if (result === 'whole') return packet;
    if (result === 'assembled') return this.reassembler.packet;
    this.context.conclude('drop', result === 'waiting' ? 'fragment-waiting' : 'fragment-invalid');
    return undefined;
  }

  private receiveWhole(packet: Packet): Action {
    const { context } = this;
    if (!context.services.hasFamily(packet.family)) {
      return this.route(packet, 'no-service-of-family');
    }
    if (isIcmp(packet))
      return this.icmp.receivePassing(packet) ?? this.route(packet, context.reason);
    if (!isConnectionPacket(packet)) return this.route(packet, 'protocol-without-services');
    keyOfPacket(context.key, packet, false);
    const slot = context.table.findOut(context.key);
    if (slot !== NONE) return this.respond(packet, slot);
    if (this.isForgottenAnswer(packet)) return this.refuse(packet);
    return this.route(packet, 'no-connection');
  }

  private respond(packet: Packet, slot: number): Action {
    const { context } = this;
    const { nextHop, output, table } = context;
    context.slot = slot;
    context.server = table.server(slot);
    const lengthBytes = packet.length;
    const masqueraded = (table.flags(slot) & METHOD_BITS) === METHOD_FLAGS.masquerading;
    const forwarder = masqueraded ? nextHop.fill(slot) : undefined;
    const result =
      forwarder === undefined
        ? routeOn(context.environment, packet, this.otherSide(), output)
        : forwarder.respond(packet, nextHop.target, output);
    if (result === 'forward') this.use(packet, slot, lengthBytes);
    return context.forwarded(result);
  }

  private use(packet: Packet, slot: number, lengthBytes = packet.length): void {
    const { counters, states, table, now } = this.context;
    counters.countOut(slot, lengthBytes);
    if (!followsKeyExchange(packet.protocol)) moveState(states, slot, packet, true);
    table.touch(slot, now);
  }

  /** Whether a masquerading server answers a connection that nobody knows, and shall be told. */
  private isForgottenAnswer(packet: Packet): boolean {
    if (this.context.tunables.nat_icmp_send === 0 || !hasServices(packet.protocol)) return false;
    return !isEnding(packet) && this.masqueraded.has(packet);
  }

  private refuse(packet: Packet): Action {
    const { context } = this;
    const { environment, output, side } = context;
    makeIcmpError(environment, packet, 'port-unreachable', 0, side, true, output);
    return context.forwarded(output.result);
  }

  private route(packet: Packet, reason: Reason): Action {
    const { context } = this;
    const result = routeOn(context.environment, packet, this.otherSide(), context.output);
    return context.conclude(result === 'forward' ? 'accept' : 'drop', reason);
  }

  /** The leg by which a packet leaves: the other one. */
  private otherSide(): Side {
    return this.context.side === 'client' ? 'server' : 'client';
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
