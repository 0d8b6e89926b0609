/**
 * What becomes of a server's reply that passes through the director.
 *
 * | its connection is forwarded by | the reply                                                              |
 * | ------------------------------ | ---------------------------------------------------------------------- |
 * | masquerading                   | gets the virtual address and port as source, and takes the route of `reply-route.ts` |
 * | masquerading, with a helper    | may be rewritten by it before                                          |
 * | another method                 | is routed on as it is                                                  |
 *
 * All are counted, move the state and restart the timer, a removed server's too (`reply-lookup.ts`); so does the packet
 * with which a server begins a call. At the host: `server-replies-at-host.ts`. Source: recorded decisions.
 */
import { errorAboutGrown, isGrownTooLong } from '../forwarding/grown-packet.js';
import { routeOn } from '../forwarding/routing.js';
import type { Opening } from '../services/connection-opener.js';
import type { Packet } from '../wire/packet.js';
import type { FtpHelper } from './ftp-helper.js';
import type { IcmpInput } from './icmp-input.js';
import type { Decision, PacketState } from './packet-state.js';
import type { DirectorParts } from './parts.js';
import type { Replies } from './reply-lookup.js';
import type { ReplyRoute } from './reply-route.js';

const NONE = -1;

/** Sends servers' packets to clients. */
export class PassingReplies {
  private readonly parts: DirectorParts;
  private readonly state: PacketState;
  private readonly icmp: IcmpInput;
  private readonly replies: Replies;
  private readonly replyRoute: ReplyRoute;

  constructor(
    parts: DirectorParts,
    state: PacketState,
    icmp: IcmpInput,
    replies: Replies,
    replyRoute: ReplyRoute,
  ) {
    this.parts = parts;
    this.state = state;
    this.icmp = icmp;
    this.replies = replies;
    this.replyRoute = replyRoute;
  }

  /**
   * Sends on a packet of a connection.
   *
   * @param packet - The packet, within TTL and MTU.
   * @param slot - The entry of its connection.
   * @returns The decision.
   */
  respond(packet: Packet, slot: number): Decision {
    const { ftp, host, nextHop, output, table } = this.parts;
    const { state } = this;
    if (ftp !== undefined && table.helped.has(slot)) return this.respondHelped(packet, slot, ftp);
    const server = table.server(slot);
    const lengthBytes = packet.length;
    const forwarder = this.replies.isMasqueraded(slot) ? nextHop.fill(slot) : undefined;
    this.replyRoute.note(packet);
    const action =
      forwarder === undefined
        ? routeOn(host, packet, state.side === 'client' ? 'server' : 'client', output)
        : forwarder.respond(packet, nextHop.target, output);
    if (action === 'forward' && forwarder !== undefined) this.replyRoute.choose();
    if (action === 'forward') this.replies.use(packet, slot, lengthBytes);
    return state.decide(action, output.reason, undefined, server, slot);
  }

  /** A packet that a helper reads, and may rewrite. */
  private respondHelped(packet: Packet, slot: number, ftp: FtpHelper): Decision {
    const { host, nextHop, output, table } = this.parts;
    const { state } = this;
    const { now } = state;
    const server = table.server(slot);
    const lengthBytes = packet.length;
    const segment = ftp.fromServer(packet, slot, now);
    if (typeof segment === 'string') {
      table.touch(slot, now);
      return state.decide('drop', segment, undefined, server);
    }
    const isTooLong = isGrownTooLong(host, segment);
    this.replyRoute.note(packet);
    const action = nextHop.fill(slot)?.respond(segment, nextHop.target, output) ?? 'drop';
    if (action === 'forward') {
      this.replyRoute.choose();
      this.replies.use(packet, slot, lengthBytes);
    }
    if (action !== 'forward' || !isTooLong) {
      return state.decide(action, output.reason, undefined, server, slot);
    }
    const error = errorAboutGrown(host, output);
    const decision = this.icmp.receiveLocal(error);
    ftp.fromHost(error, slot);
    return decision;
  }

  /**
   * Sends on the packet with which a server begins a call.
   *
   * @param packet - The packet, within TTL and MTU.
   * @param call - Its connection, or why there is none.
   * @returns The decision.
   */
  respondFirst(packet: Packet, call: Opening): Decision {
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
}
