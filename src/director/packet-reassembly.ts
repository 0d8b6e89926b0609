/**
 * Fragments on the path of a packet: they wait until their datagram is whole, which then continues instead of
 * them. Both interfaces of a director share one reassembler.
 */
import { Reassembler } from '../forwarding/reassembly.js';
import type { Packet } from '../wire/packet.js';
import { Decision, type PacketState } from './packet-state.js';

/** Reassembles fragments for the slow path. */
export class PacketReassembly {
  private readonly state: PacketState;
  private readonly reassembler = new Reassembler();

  /** @param state - The state of the packet at hand. */
  constructor(state: PacketState) {
    this.state = state;
  }

  /**
   * Gives the whole packet.
   *
   * @param packet - A packet, or a fragment of one.
   * @returns The packet itself, or the datagram that it completes; a decision while fragments are missing.
   */
  wholeOf(packet: Packet): Packet | Decision {
    const result = this.reassembler.add(packet, this.state.now);
    if (result === 'whole') return packet;
    if (result === 'assembled') return this.reassembler.packet;
    return this.state.decide(
      'drop',
      result === 'waiting' ? 'fragment-waiting' : 'fragment-invalid',
    );
  }
}
