/**
 * Packets of servers that meet the host: a real server on it sends them, or a client on it gets them.
 *
 * Those of a known connection get the virtual end as their source when the server is masqueraded; a helper reads them
 * before, and may rewrite them. A server may begin a call, as in `sip-calls-from-servers.ts`. What belongs to no
 * connection is refused when `nat_icmp_send` says so (`unexpected-replies.ts`), and otherwise left to the caller.
 * Source: as for packets that pass through.
 */
import { translateFromServer } from '../forwarding/local-delivery.js';
import type { Opening } from '../services/connection-opener.js';
import type { Packet } from '../wire/packet.js';
import type { FtpHelper } from './ftp-helper.js';
import type { Decision, PacketState } from './packet-state.js';
import type { DirectorParts } from './parts.js';
import type { Replies } from './reply-lookup.js';
import type { ServerCalls } from './sip-calls-from-servers.js';
import type { UnexpectedReplies } from './unexpected-replies.js';

const NONE = -1;

/** Handles packets of servers to clients that the host sends or gets. */
export class HostReplies {
  private readonly parts: DirectorParts;
  private readonly state: PacketState;
  private readonly replies: Replies;
  private readonly calls: ServerCalls;
  private readonly unexpected: UnexpectedReplies;

  constructor(
    parts: DirectorParts,
    state: PacketState,
    replies: Replies,
    calls: ServerCalls,
    unexpected: UnexpectedReplies,
  ) {
    this.parts = parts;
    this.state = state;
    this.replies = replies;
    this.calls = calls;
    this.unexpected = unexpected;
  }

  /**
   * Handles a packet, if it is a server's.
   *
   * @param packet - The packet, whole; no ICMP.
   * @param isKnown - Whether there can be a connection that it belongs to.
   * @returns The decision, with `accept` when the packet is as the host sends or gets it; `undefined` when it is none.
   */
  handle(packet: Packet, isKnown: boolean): Decision | undefined {
    const { replies, state, unexpected } = this;
    if (!replies.concern(packet)) return undefined;
    const slot = isKnown ? replies.find(packet) : NONE;
    if (slot !== NONE) return this.translate(packet, slot);
    const call = this.calls.open(packet, state.now);
    if (call !== undefined) return this.beginCall(packet, call);
    return unexpected.has(packet) ? unexpected.refuse(packet, false) : undefined;
  }

  private translate(packet: Packet, slot: number): Decision {
    const { parts, state } = this;
    const { ftp, nextHop, output, table } = parts;
    const server = table.server(slot);
    const lengthBytes = packet.length;
    if (ftp !== undefined && table.helped.has(slot)) {
      const fault = this.help(packet, slot, ftp);
      if (fault !== undefined) return state.decide('drop', fault, undefined, server);
    }
    let action = output.finish('accept', 'unchanged');
    if (this.replies.isMasqueraded(slot)) {
      nextHop.fill(slot);
      action = translateFromServer(packet, nextHop.target, output);
    }
    if (action === 'accept') this.replies.use(packet, slot, lengthBytes);
    return state.decide(action, output.reason, undefined, server);
  }

  /** Lets a helper read the packet, which becomes the rewritten one. Returns why it is dropped, if it is. */
  private help(
    packet: Packet,
    slot: number,
    ftp: FtpHelper,
  ): 'tcp-checksum-wrong' | 'reply-not-rewritten' | undefined {
    const { table } = this.parts;
    const { now } = this.state;
    const segment = ftp.fromServer(packet, slot, now);
    if (typeof segment !== 'string') {
      if (segment !== packet) pointTo(packet, segment);
      return undefined;
    }
    table.touch(slot, now);
    return segment;
  }

  /** The packet with which a server begins a call. */
  private beginCall(packet: Packet, call: Opening): Decision {
    if (typeof call === 'string') return this.state.decide('drop', call);
    const { counters, states, nextHop, output } = this.parts;
    const { slot, service, server, template } = call;
    counters.countConnection(slot, service, server);
    if (slot !== NONE) return this.translate(packet, slot);
    const lengthBytes = packet.length;
    nextHop.fillServersOnePacket(service, server);
    const action = translateFromServer(packet, nextHop.target, output);
    if (action === 'accept') {
      counters.countOnePacketOut(service, server, lengthBytes);
      states.assure(template);
    }
    return this.state.decide(action, output.reason, service, server);
  }
}

/** Makes a packet the one that a helper wrote in its place. */
function pointTo(packet: Packet, { bytes, offset, frameOffset, trace }: Packet): void {
  if (offset === frameOffset) packet.parse(bytes);
  else packet.parseFrame(bytes);
  packet.trace = trace;
}
