/**
 * The path of a packet in a director with connection tracking: tracking takes the packet before the director handles
 * it, and again before it leaves. Replies to an own endpoint of the host become packets to the client in between.
 */
import { Packet } from '../wire/packet.js';
import type { TrackingPart } from '../conntrack/tracking-part.js';
import type { HostOutput } from './host-output.js';
import type { LocalInput } from './local-input.js';
import { followsKeyExchange } from './ah-and-esp.js';
import type { PacketReassembly } from './packet-reassembly.js';
import { Decision, type PacketState } from './packet-state.js';
import type { DirectorParts } from './parts.js';
import type { PassThrough } from './pass-through.js';

/** The steps of the slow path that handle a packet. */
export interface TrackedSteps {
  /** Packets to the host. */
  readonly local: LocalInput;
  /** Packets that pass through. */
  readonly passing: PassThrough;
  /** Packets of the host. */
  readonly ownOutput: HostOutput;
  /** Fragments. */
  readonly reassembly: PacketReassembly;
}

/** Handles packets beside connection tracking. */
export class TrackedPath {
  /** Whether the packet at hand was addressed to the host; written by `receive`. */
  toHost = false;
  private readonly parts: DirectorParts;
  private readonly tracking: TrackingPart;
  private readonly state: PacketState;
  private readonly steps: TrackedSteps;
  /** The outer packet of a tunnel. */
  private readonly outer = new Packet();

  constructor(
    parts: DirectorParts,
    tracking: TrackingPart,
    state: PacketState,
    steps: TrackedSteps,
  ) {
    this.parts = parts;
    this.tracking = tracking;
    this.state = state;
    this.steps = steps;
  }

  /**
   * Handles a packet from the wire.
   *
   * @param packet - The packet, well-formed.
   * @param isLocal - Whether a packet is addressed to the host.
   * @returns The decision.
   */
  receive(packet: Packet, isLocal: (packet: Packet) => boolean): Decision {
    const { steps, state, tracking } = this;
    this.toHost = isLocal(packet);
    // All fragments but those of IPsec are reassembled before anything else.
    const whole = followsKeyExchange(packet.protocol) ? packet : steps.reassembly.wholeOf(packet);
    if (whole instanceof Decision) return whole;
    if (!tracking.receive(whole, state.mark, state.now, false)) {
      return state.decide('drop', 'invalid-packet');
    }
    this.toHost = isLocal(whole);
    return this.toHost
      ? this.finish(whole, steps.local.receive(whole))
      : this.finish(whole, steps.passing.receive(whole));
  }

  /**
   * Handles a packet that the host sends.
   *
   * @param packet - The packet, well-formed.
   * @returns The decision.
   */
  sendFromHost(packet: Packet): Decision {
    const { steps, state, tracking } = this;
    this.toHost = this.parts.host.isOwn(packet.destination);
    const whole = steps.reassembly.wholeOf(packet);
    if (whole instanceof Decision) return whole;
    tracking.receive(whole, state.mark, state.now, true);
    return this.finish(whole, steps.ownOutput.send(whole));
  }

  /** Lets tracking take the packet as it leaves. */
  private finish(packet: Packet, decision: Decision): Decision {
    const { tracking, state, toHost } = this;
    const { action, service, server, slot } = decision;
    if (action === 'accept') {
      // A real server on the host gets what its connection tracks.
      if (server !== undefined && toHost) tracking.deliver(slot, state.now);
      else tracking.accept(state.now);
    }
    if (action !== 'forward') return decision;
    const fault = tracking.send(packet, slot, toHost, state.now);
    if (fault !== undefined) return state.decide('drop', fault, service, server);
    if (toHost && decision.reason === 'encapsulated') this.sendOuter();
    return decision;
  }

  private sendOuter(): void {
    const { outer, tracking, state } = this;
    const { bytes, offset, length } = this.parts.output;
    if (outer.parse(bytes, offset, length) === 'ok') tracking.sendOuter(outer, state.now);
  }
}
