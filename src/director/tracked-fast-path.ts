/**
 * The fast path of a director with connection tracking: a plain segment of a known connection is judged before, and
 * translated after, `fast-path.ts` forwards it. Whatever is not plain to tracking is left to the slow path.
 */
import { METHOD_BITS, PROTOCOL_TCP } from '../connections/entries/flags.js';
import { type FastPath as Entries, methodOf } from '../connections/fast-path.js';
import { NOT_PLAIN, PLAIN_TRANSLATED, type TrackingPart } from '../conntrack/tracking-part.js';
import type { FastPath } from './fast-path.js';
import type { PacketState } from './packet-state.js';

/** Version 4, five words of header. */
const FIRST_BYTE = 0x45;
/** Bytes of both headers without options. */
const SHORTEST = 40;

/** Forwards plain packets of tracked connections. */
export class TrackedFastPath {
  private readonly fastPath: FastPath;
  private readonly entries: Entries;
  private readonly tracking: TrackingPart;
  private readonly state: PacketState;

  /**
   * @param fastPath - Forwards them.
   * @param entries - The connections.
   * @param tracking - Judges them.
   * @param state - The state of the packet at hand.
   */
  constructor(fastPath: FastPath, entries: Entries, tracking: TrackingPart, state: PacketState) {
    this.fastPath = fastPath;
    this.entries = entries;
    this.tracking = tracking;
    this.state = state;
  }

  /** Like the method of {@link FastPath}; `false` may have followed the segment, which can be judged again. */
  forward(
    bytes: Uint8Array,
    view: DataView,
    frameOffset: number,
    offset: number,
    end: number,
    candidate: number,
  ): boolean {
    if (end - offset < SHORTEST || view.getUint8(offset) !== FIRST_BYTE) return false;
    if (view.getUint8(offset + 9) !== PROTOCOL_TCP) return false;
    const length = view.getUint16(offset + 2);
    if (length < SHORTEST || length > end - offset) return false;
    const slot = this.find(view, offset, candidate);
    if (slot < 0) return false;
    const { tracking } = this;
    // Connections with a helper take the slow path, and are tracked there.
    if (methodOf(this.entries.routeOf(slot)) > METHOD_BITS) return false;
    const as = tracking.receivePlain(slot, view, offset, offset + length, this.state.now);
    if (as === NOT_PLAIN) return false;
    if (!this.fastPath.forward(bytes, view, frameOffset, offset, end, slot)) return false;
    if (as === PLAIN_TRANSLATED) tracking.sendPlain(slot, view, offset);
    return true;
  }

  private find(view: DataView, offset: number, candidate: number): number {
    const { entries } = this;
    const client = view.getInt32(offset + 12);
    const virtual = view.getInt32(offset + 16);
    const ports = view.getInt32(offset + 20);
    const isRight =
      candidate >= 0 && entries.matches4(candidate, PROTOCOL_TCP, client, virtual, ports);
    return isRight ? candidate : entries.find4(PROTOCOL_TCP, client, virtual, ports);
  }
}
