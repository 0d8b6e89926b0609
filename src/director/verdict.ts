/**
 * The verdict on the packet that a director was given last: one object, used again for each packet.
 */
import type { ForwardingOutput, Side } from '../forwarding/output.js';
import { Fragmenter } from '../forwarding/fragmentation.js';
import { FrameWriter } from '../forwarding/link.js';
import type { RealServer } from '../model/real-server.js';
import type { Service } from '../services/service.js';
import type { DirectorContext } from './context.js';
import type { DirectorHost } from './host.js';
import { type Action, explainReason, type Reason } from './reasons.js';

/** A packet that leaves the director. */
export interface Departure {
  /** The leg by which it leaves. */
  readonly side: Side;
  /** Its bytes: a frame when the host has a link layer, else a bare IP packet. */
  readonly bytes: Uint8Array;
}

/** What became of a packet; valid until the director is given the next one. */
export class Verdict {
  /** What becomes of the packet. */
  action: Action = 'accept';
  /** Whether a packet leaves: it went on, was answered, or was accepted and routed on. */
  leaves = false;
  /** The packet that leaves, without copying it; counts when `leaves`. */
  readonly output: ForwardingOutput;
  private readonly context: DirectorContext;
  private readonly pieces: Fragmenter;
  private readonly frames: FrameWriter | undefined;

  /** Made by a director. @internal */
  constructor(context: DirectorContext, host: DirectorHost) {
    this.context = context;
    this.output = context.output;
    this.pieces = new Fragmenter(host);
    this.frames = host.link === undefined ? undefined : new FrameWriter(host, host.link);
  }

  /** Why. */
  get reason(): Reason {
    return this.context.reason;
  }

  /** The service it belongs to, when one was looked for. */
  get service(): Service | undefined {
    return this.context.service;
  }

  /** The server it goes to or comes from, when one is known. */
  get server(): RealServer | undefined {
    return this.context.server;
  }

  /** The reason as a sentence. */
  get explanation(): string {
    return explainReason(this.reason);
  }

  /**
   * The packets that leave, in order: one, several when it was cut, or none.
   *
   * @returns Copies, which stay valid.
   */
  departures(): Departure[] {
    if (!this.leaves) return [];
    return this.frames === undefined ? this.barePackets() : this.writtenFrames(this.frames);
  }

  private barePackets(): Departure[] {
    const { pieces, output } = this;
    const departures: Departure[] = [];
    pieces.begin(output);
    while (pieces.next()) {
      const bytes = pieces.bytes.slice(pieces.offset, pieces.offset + pieces.length);
      departures.push({ side: output.side, bytes });
    }
    return departures;
  }

  private writtenFrames(frames: FrameWriter): Departure[] {
    const departures: Departure[] = [];
    if (!frames.begin(this.output)) return departures;
    while (frames.next()) {
      const bytes = frames.bytes.slice(frames.offset, frames.offset + frames.length);
      departures.push({ side: frames.side, bytes });
    }
    return departures;
  }
}
