/**
 * The tunable `nat_icmp_send`: a masqueraded server that sends a packet outside of any connection gets a port
 * unreachable, unless its packet ends one (TCP with RST, SCTP ABORT). Source: recorded decisions.
 */
import { PROTOCOL_SCTP, PROTOCOL_TCP } from '../connections/entries/flags.js';
import { SCTP_CHUNK_ABORT } from '../connections/states/sctp.js';
import { TCP_RST } from '../connections/states/tcp.js';
import { makeIcmpError } from '../forwarding/own-icmp-errors.js';
import { isTransportWithPorts } from '../protocols.js';
import type { Packet } from '../wire/packet.js';
import type { MasqueradedServers } from './masqueraded-servers.js';
import type { Decision, PacketState } from './packet-state.js';
import type { DirectorParts } from './parts.js';
import { firstChunk, tcpFlags } from './transport-event.js';

/** Answers the packets of servers that belong to no connection. */
export class UnexpectedReplies {
  private readonly parts: DirectorParts;
  private readonly state: PacketState;
  private readonly masqueraded: MasqueradedServers;

  constructor(parts: DirectorParts, state: PacketState, masqueraded: MasqueradedServers) {
    this.parts = parts;
    this.state = state;
    this.masqueraded = masqueraded;
  }

  /**
   * Whether a masqueraded server replies on a connection that is not in the table, and gets an error.
   *
   * @param packet - A packet without a connection.
   * @returns `true` when `nat_icmp_send` refuses it.
   */
  has(packet: Packet): boolean {
    if (this.parts.tunables.nat_icmp_send === 0 || !isTransportWithPorts(packet.protocol))
      return false;
    return !isEnding(packet) && this.masqueraded.has(packet);
  }

  /**
   * Answers an unexpected packet with an error.
   *
   * @param packet - The packet.
   * @param decremented - Whether the error quotes it with a TTL one lower than received.
   * @returns The decision.
   */
  refuse(packet: Packet, decremented: boolean): Decision {
    const { host, output } = this.parts;
    const { side } = this.state;
    const action = makeIcmpError(host, packet, 'port-unreachable', 0, side, decremented, output);
    return this.state.decide(action, output.reason);
  }
}

/** Whether a packet ends a connection at once: TCP with RST, SCTP ABORT. */
function isEnding(packet: Packet): boolean {
  if (packet.protocol === PROTOCOL_TCP) return (tcpFlags(packet) & TCP_RST) !== 0;
  return packet.protocol === PROTOCOL_SCTP && firstChunk(packet) === SCTP_CHUNK_ABORT;
}
