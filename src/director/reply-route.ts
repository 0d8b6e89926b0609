/**
 * The tunable `snat_reroute`: by which source address the route of a masqueraded server's packet is chosen. With 1 it is
 * the virtual address, so that policy routing by source works for virtual addresses; with 0 the one the packet came
 * with. ICMP errors about such packets follow the same rule. Source: recorded decisions.
 */
import { AddressBuffer } from '../address-words.js';
import type { ForwardingOutput } from '../forwarding/output.js';
import type { Packet } from '../wire/packet.js';
import type { TunableValues } from './tunables.js';

/** Chooses by which source address replies are routed. */
export class ReplyRoute {
  private readonly tunables: TunableValues;
  private readonly output: ForwardingOutput;
  /** The source with which the packet at hand came. */
  private readonly source = new AddressBuffer();

  /**
   * @param tunables - The tunables, live.
   * @param output - The packet that leaves.
   */
  constructor(tunables: TunableValues, output: ForwardingOutput) {
    this.tunables = tunables;
    this.output = output;
  }

  /**
   * Notes the source of a packet before it is replaced.
   *
   * @param packet - The packet.
   */
  note(packet: Packet): void {
    if (this.tunables.snat_reroute === 0) this.source.copy(packet.source);
  }

  /** Routes the packet that leaves for a client. */
  choose(): void {
    const { output } = this;
    if (this.tunables.snat_reroute === 0 && output.side === 'client')
      output.routedFrom = this.source;
  }
}
