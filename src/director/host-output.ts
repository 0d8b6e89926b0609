/**
 * The path of a packet that the host itself sends: a real server on it answers, or a program on it is a client.
 *
 * First the connection is looked up from the server's side, as for any answer; a masqueraded one gets the virtual end
 * as its source. Without a connection the packet is a client's, and is forwarded, delivered or answered like one that
 * came from a network. Everything else leaves as it is. A packet from the host to itself takes this path once.
 * Source: recorded behavior.
 */
import { isIcmp } from '../forwarding/received-icmp-errors.js';
import { limitFragments } from '../forwarding/fragment-size.js';
import type { Packet } from '../wire/packet.js';
import type { HostReplies } from './server-replies-at-host.js';
import type { IcmpInput } from './icmp-input.js';
import type { LocalInput } from './local-input.js';
import type { PacketReassembly } from './packet-reassembly.js';
import { Decision, type PacketState } from './packet-state.js';
import type { DirectorParts } from './parts.js';
import type { Replies } from './reply-lookup.js';

/** Handles packets that the host sends. */
export class HostOutput {
  /** Whether the host itself gets the packet that was accepted last; written by `leave`. */
  delivers = false;
  private readonly parts: DirectorParts;
  private readonly state: PacketState;
  private readonly local: LocalInput;
  private readonly icmp: IcmpInput;
  private readonly reassembly: PacketReassembly;
  private readonly replies: Replies;
  private readonly answers: HostReplies;

  constructor(
    parts: DirectorParts,
    state: PacketState,
    local: LocalInput,
    icmp: IcmpInput,
    reassembly: PacketReassembly,
    replies: Replies,
    answers: HostReplies,
  ) {
    this.parts = parts;
    this.state = state;
    this.local = local;
    this.icmp = icmp;
    this.reassembly = reassembly;
    this.replies = replies;
    this.answers = answers;
  }

  /**
   * Handles a packet.
   *
   * @param packet - The packet, well-formed.
   * @returns The decision. With `forward` the output holds the packet that leaves; with `accept` the one that
   *   the host gets when {@link HostOutput.delivers}, and otherwise the packet leaves without the director.
   */
  send(packet: Packet): Decision {
    const { services, sync } = this.parts;
    const { state } = this;
    if (!services.hasFamily(packet.family)) {
      return this.leave(packet, state.decide('accept', 'no-service-of-family'));
    }
    if (sync?.isStandby === true) return this.leave(packet, state.decide('accept', 'backup-only'));
    const whole = this.reassembly.wholeOf(packet);
    return whole instanceof Decision ? whole : this.leave(whole, this.sendWhole(whole));
  }

  /** An accepted packet stays on the host when it is addressed to it; one of a server on the host leaves. */
  private leave(packet: Packet, decision: Decision): Decision {
    const { host, output } = this.parts;
    if (decision.action !== 'accept') return decision;
    this.delivers = host.isOwn(packet.destination);
    output.emit(packet, 'client', output.reason);
    if (this.delivers || decision.server === undefined) return decision;
    limitFragments(host, packet, host.client.mtu, output);
    return this.state.decide('forward', decision.reason, decision.service, decision.server);
  }

  private sendWhole(packet: Packet): Decision {
    if (isIcmp(packet)) return this.icmp.sendFromHost(packet);
    if (!this.replies.concern(packet)) {
      return this.state.decide('accept', 'protocol-without-services');
    }
    return this.answers.handle(packet, true) ?? this.local.receiveFromClient(packet);
  }
}
