/**
 * The verdict on the packet that a director was given last: one object, used again for each packet.
 */
import { copyBytes } from '../wire/copy-bytes.js';
import type { Action } from '../forwarding/action.js';
import type { ForwardingOutput, Side } from '../forwarding/output.js';
import { Fragmenter } from '../forwarding/fragmentation.js';
import { FrameWriter } from '../forwarding/link.js';
import type { RealServer } from '../model/real-server.js';
import type { Service } from '../services/service.js';
import type { DirectorHost } from './host.js';
import type { Decision } from './packet-state.js';
import { explainReason, type Reason } from './reasons.js';

/** A packet that leaves the director. */
export interface Departure {
  /** The interface by which it leaves. */
  readonly side: Side;
  /** Its bytes: a frame when the host has a link layer, else a bare IP packet. */
  readonly bytes: Uint8Array;
}

/** What becomes of an accepted packet: it is routed on, the host gets it, or the host sends it. */
export type Accepted = 'routed' | 'delivered' | 'sent';

/** What becomes of a packet; valid until the director is given the next one. */
export class Verdict {
  /** Whether a packet leaves: it was forwarded, answered, or accepted and routed on. Written by `finish`. */
  leaves = false;
  /**
   * Whether the director's own host gets a packet, see {@link Verdict.delivery}: one that was accepted and is addressed
   * to the host or to a real server on it, or an ICMP error about a packet that the host sent. Written by `finish`.
   */
  delivers = false;
  /** The packet that leaves or is delivered, without copying it; meaningful when `leaves` or `delivers`. */
  readonly output: ForwardingOutput;
  private readonly decision: Decision;
  private readonly fragments: Fragmenter;
  private readonly frames: FrameWriter | undefined;

  /** Made by a director. @internal */
  constructor(decision: Decision, output: ForwardingOutput, host: DirectorHost) {
    this.decision = decision;
    this.output = output;
    this.fragments = new Fragmenter(host);
    this.frames = host.link === undefined ? undefined : new FrameWriter(host, host.link);
  }

  /** What becomes of the packet. */
  get action(): Action {
    return this.decision.action;
  }

  /** Why. */
  get reason(): Reason {
    return this.decision.reason;
  }

  /** The service it belongs to, when one was looked up. */
  get service(): Service | undefined {
    return this.decision.service;
  }

  /** The server it goes to or comes from, when one is known. */
  get server(): RealServer | undefined {
    return this.decision.server;
  }

  /** The reason as a sentence. */
  get explanation(): string {
    return explainReason(this.reason);
  }

  /**
   * Derives from a decision whether a packet leaves; called by the ingress.
   *
   * @param decision - The decision that this verdict shows.
   * @param accepted - What becomes of the packet if it is accepted.
   * @param repliesToHost - Whether an ICMP error goes to the host: the packet is the host's own.
   * @returns The verdict.
   * @internal
   */
  finish({ action }: Decision, accepted: Accepted, repliesToHost = false): this {
    const isReply = action === 'reply';
    const isAccepted = action === 'accept';
    this.delivers = (isAccepted && accepted === 'delivered') || (isReply && repliesToHost);
    this.leaves =
      action === 'forward' || (isReply && !repliesToHost) || (isAccepted && accepted === 'routed');
    return this;
  }

  /**
   * Records that a packet is forwarded; called by the ingress for the fast path.
   *
   * @returns The verdict.
   * @internal
   */
  finishForwarded(): this {
    this.leaves = true;
    this.delivers = false;
    return this;
  }

  /**
   * The packet that the host gets, if it gets one: as it came, or rewritten for a masqueraded server on the host.
   *
   * @returns A copy of the IP packet, without link header; `undefined` unless {@link Verdict.delivers}.
   */
  delivery(): Uint8Array | undefined {
    if (!this.delivers) return undefined;
    const { bytes, offset, length } = this.output;
    return bytes.slice(offset, offset + length);
  }

  /**
   * The packets that leave, in order: one, several when it was fragmented, or none.
   *
   * @returns Copies, which stay valid.
   */
  departures(): Departure[] {
    if (!this.leaves) return [];
    return this.frames === undefined ? this.barePackets() : this.writtenFrames(this.frames);
  }

  private barePackets(): Departure[] {
    const { fragments, output } = this;
    const departures: Departure[] = [];
    fragments.begin(output);
    while (fragments.next()) {
      const bytes = copyBytes(
        fragments.bytes,
        fragments.offset,
        fragments.offset + fragments.length,
      );
      departures.push({ side: output.side, bytes });
    }
    return departures;
  }

  private writtenFrames(frames: FrameWriter): Departure[] {
    const departures: Departure[] = [];
    if (!frames.begin(this.output)) return departures;
    while (frames.next()) {
      const bytes = copyBytes(frames.bytes, frames.offset, frames.offset + frames.length);
      departures.push({ side: frames.side, bytes });
    }
    return departures;
  }
}
