/**
 * The path of a packet that passes through the director: a server's reply, or what the host routes.
 *
 * TTL and MTU come first, and a packet that fails there changes nothing. Then its connection is looked up from the
 * server's side (`server-replies.ts`). What belongs to no connection is routed on.
 */
import { isIcmp } from '../forwarding/received-icmp-errors.js';
import type { Side } from '../forwarding/output.js';
import { routeOn } from '../forwarding/routing.js';
import { checkServerSide } from '../forwarding/ttl-and-mtu.js';
import type { RealServer } from '../model/real-server.js';
import type { Service } from '../services/service.js';
import type { Packet } from '../wire/packet.js';
import type { IcmpInput } from './icmp-input.js';
import { followsKeyExchange } from './ah-and-esp.js';
import type { PacketReassembly } from './packet-reassembly.js';
import { Decision, type PacketState } from './packet-state.js';
import type { DirectorParts } from './parts.js';
import type { Reason } from './reasons.js';
import type { Replies } from './reply-lookup.js';
import { ReplyRoute } from './reply-route.js';
import { PassingReplies } from './server-replies.js';
import type { ServerCalls } from './sip-calls-from-servers.js';
import type { UnexpectedReplies } from './unexpected-replies.js';

const NONE = -1;

/** Handles packets whose destination is not the director. */
export class PassThrough {
  private readonly parts: DirectorParts;
  private readonly state: PacketState;
  private readonly icmp: IcmpInput;
  private readonly reassembly: PacketReassembly;
  private readonly replies: Replies;
  private readonly calls: ServerCalls;
  private readonly unexpected: UnexpectedReplies;
  private readonly replyRoute: ReplyRoute;
  private readonly passing: PassingReplies;

  constructor(
    parts: DirectorParts,
    state: PacketState,
    icmp: IcmpInput,
    reassembly: PacketReassembly,
    replies: Replies,
    calls: ServerCalls,
    unexpected: UnexpectedReplies,
  ) {
    this.parts = parts;
    this.state = state;
    this.icmp = icmp;
    this.reassembly = reassembly;
    this.replies = replies;
    this.calls = calls;
    this.unexpected = unexpected;
    this.replyRoute = new ReplyRoute(parts.tunables, parts.output);
    this.passing = new PassingReplies(parts, state, icmp, replies, this.replyRoute);
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
    const checked = checkServerSide(host, early, output, this.cameFrom());
    if (checked !== 'forward') return this.state.decide(checked, output.reason);
    const whole = this.wholeOf(early);
    return whole instanceof Decision ? whole : this.receiveWhole(whole);
  }

  private wholeOf(packet: Packet): Packet | Decision {
    if (!this.parts.services.hasFamily(packet.family)) return packet;
    if (packet.family === 4 && followsKeyExchange(packet.protocol)) return packet;
    return this.reassembly.wholeOf(packet);
  }

  private receiveWhole(packet: Packet): Decision {
    if (!this.parts.services.hasFamily(packet.family)) {
      return this.route(packet, 'no-service-of-family');
    }
    if (this.parts.sync?.isStandby === true) return this.route(packet, 'backup-only');
    if (isIcmp(packet)) return this.receiveIcmp(packet);
    const { replies } = this;
    if (!replies.concern(packet)) return this.route(packet, 'protocol-without-services');
    const slot = replies.find(packet);
    if (slot !== NONE) return this.passing.respond(packet, slot);
    const call = this.calls.open(packet, this.state.now);
    if (call !== undefined) return this.passing.respondFirst(packet, call);
    if (this.unexpected.has(packet)) return this.unexpected.refuse(packet, true);
    // What clients send to another address passes by, whatever it is.
    return this.route(packet, this.state.side === 'client' ? 'no-service' : 'no-connection');
  }

  private receiveIcmp(packet: Packet): Decision {
    this.replyRoute.note(packet);
    const decision = this.icmp.receivePassing(packet);
    if (decision.action === 'forward') this.replyRoute.choose();
    if (decision.action !== 'accept') return decision;
    return this.route(packet, decision.reason, decision.service, decision.server);
  }

  private route(packet: Packet, reason: Reason, service?: Service, server?: RealServer): Decision {
    const { host, output } = this.parts;
    const action = routeOn(host, packet, this.otherSide(), output);
    return this.state.decide(action === 'forward' ? 'accept' : 'drop', reason, service, server);
  }

  /** The interface by which the packet came in. */
  private cameFrom(): Side {
    return this.state.side === 'client' ? 'client' : 'server';
  }

  /** The interface by which it leaves: the other one. */
  private otherSide(): Side {
    return this.state.side === 'client' ? 'server' : 'client';
  }
}
