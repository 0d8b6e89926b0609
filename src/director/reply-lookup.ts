/**
 * The look-up of a server's packet to a client, and what a hit does to its connection.
 *
 * Such packets come from three places: servers whose packets pass through, servers whose packets are addressed to a
 * client on the host, and servers on the host.
 */
import { ConnectionKey } from '../connections/entries/connection-key.js';
import { isMasquerading } from '../connections/entries/flags.js';
import { isTransportWithPorts } from '../protocols.js';
import type { Packet } from '../wire/packet.js';
import { followsKeyExchange } from './ah-and-esp.js';
import { keyOfPacket } from './packet-key.js';
import type { PacketState } from './packet-state.js';
import type { DirectorParts } from './parts.js';
import { moveState } from './transport-event.js';

/** Finds the connections of servers' packets. */
export class Replies {
  private readonly parts: DirectorParts;
  private readonly state: PacketState;
  /** The key of the packet at hand. */
  private readonly key = new ConnectionKey();

  constructor(parts: DirectorParts, state: PacketState) {
    this.parts = parts;
    this.state = state;
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
    return isMasquerading(this.parts.table.flags(slot));
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
}
