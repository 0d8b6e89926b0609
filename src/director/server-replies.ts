/**
 * Packets of servers to clients: the look-up from the server's side, what a hit does to its connection, and packets of
 * masqueraded servers outside of any connection, which `nat_icmp_send` refuses.
 *
 * They come from three places: servers whose packets pass through, servers whose packets are addressed to a client on
 * the host, and servers on the host.
 */
import { ConnectionKey } from '../connections/entries/connection-key.js';
import {
  METHOD_BITS,
  METHOD_FLAGS,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
} from '../connections/entries/flags.js';
import { SCTP_CHUNK_ABORT } from '../connections/states/sctp.js';
import { TCP_RST } from '../connections/states/tcp.js';
import { makeIcmpError } from '../forwarding/own-icmp-errors.js';
import { isTransportWithPorts } from '../protocols.js';
import type { Packet } from '../wire/packet.js';
import type { MasqueradedServers } from './masqueraded-servers.js';
import { followsKeyExchange } from './ah-and-esp.js';
import { keyOfPacket } from './packet-key.js';
import type { Decision, PacketState } from './packet-state.js';
import type { DirectorParts } from './parts.js';
import { firstChunk, moveState, tcpFlags } from './transport-event.js';

/** Finds the connections of servers' packets. */
export class Replies {
  private readonly parts: DirectorParts;
  private readonly state: PacketState;
  private readonly masqueraded: MasqueradedServers;
  /** The key of the packet at hand. */
  private readonly key = new ConnectionKey();

  constructor(parts: DirectorParts, state: PacketState, masqueraded: MasqueradedServers) {
    this.parts = parts;
    this.state = state;
    this.masqueraded = masqueraded;
  }

  /**
   * Whether a packet can belong to a connection.
   *
   * @param packet - The packet.
   * @returns `false` for protocols without services, and for packets without ports.
   */
  concern(packet: Packet): boolean {
    if (followsKeyExchange(packet.protocol)) return packet.fragmentOffset === 0;
    return isTransportWithPorts(packet.protocol) && packet.hasPorts;
  }

  /**
   * Finds the connection of a server's packet.
   *
   * @param packet - The packet.
   * @returns Its entry, or −1.
   */
  find(packet: Packet): number {
    keyOfPacket(this.key, packet, false);
    return this.parts.table.findOut(this.key);
  }

  /**
   * Whether the packets of a connection are translated.
   *
   * @param slot - The entry.
   * @returns `true` when its method is masquerading.
   */
  isMasqueraded(slot: number): boolean {
    return (this.parts.table.flags(slot) & METHOD_BITS) === METHOD_FLAGS.masquerading;
  }

  /**
   * Counts a server's packet, moves the state of its connection, and restarts the timer.
   *
   * @param packet - The packet.
   * @param slot - The entry.
   * @param lengthBytes - The length of the IP packet as received.
   */
  use(packet: Packet, slot: number, lengthBytes: number): void {
    const { counters, states, table, kernel } = this.parts;
    counters.countOut(slot, lengthBytes);
    moveState(states, slot, packet, true, kernel);
    table.touch(slot, this.state.now);
  }

  /**
   * Whether a masqueraded server replies on a connection that is not in the table, and gets an error.
   *
   * @param packet - A packet without a connection.
   * @returns `true` when `nat_icmp_send` refuses it.
   */
  isUnexpected(packet: Packet): boolean {
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
