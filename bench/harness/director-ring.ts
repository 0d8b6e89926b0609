/**
 * Small frames for a director, side by side in one buffer: a ring is as many as are timed at once.
 */
import type { Director, PacketBatch } from 'ipvs/director';
import { RING } from './frames.js';

/** Bytes per frame. */
export const FRAME = 64;

/** Frames side by side, which a director rewrites in place. */
export class DirectorRing {
  private readonly frameLength: number;
  private readonly bytes: Uint8Array;
  private readonly offsets: Int32Array;
  private readonly lengths: Int32Array;
  private forwarded = 0;

  /** @param frameLength - Bytes per frame; default {@link FRAME}. */
  constructor(frameLength: number = FRAME) {
    this.frameLength = frameLength;
    this.bytes = new Uint8Array(RING * frameLength);
    this.offsets = Int32Array.from({ length: RING }, (_, place) => place * frameLength);
    this.lengths = new Int32Array(RING).fill(frameLength);
  }

  /** Writes a frame at a place. */
  write(place: number, frame: Uint8Array): void {
    this.bytes.set(frame, place * this.frameLength);
  }

  /** Gives a director the first frames, one by one; all of them have to leave. */
  send(director: Director, count: number): void {
    const { bytes, frameLength } = this;
    this.forwarded = 0;
    for (let place = 0; place < count; place++) {
      const verdict = director.take(bytes, place * frameLength, frameLength, 'client');
      if (verdict.leaves) this.forwarded++;
    }
    this.check(count);
  }

  /** Gives a director the first frames as a batch; all of them have to leave. */
  sendBatch(director: Director, count: number): void {
    const { bytes, offsets, lengths } = this;
    const batch: PacketBatch = { bytes, offsets, lengths, count };
    this.forwarded = 0;
    director.receiveBatch(batch, (verdict) => {
      if (verdict.leaves) this.forwarded++;
    });
    this.check(count);
  }

  private check(count: number): void {
    if (this.forwarded !== count) throw new Error(`Of ${count} frames ${this.forwarded} left`);
  }
}
