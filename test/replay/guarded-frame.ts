/**
 * A frame in the middle of a poisoned buffer, which shows whether anything outside of it was written.
 */

const MARGIN = 128;
const POISON = 0xa5;
/** Longer than any recorded frame. */
const LONGEST_FRAME = 65_536 + 64;

/** One buffer, used again for each frame. */
export class GuardedFrame {
  /** Index of a frame's first byte. */
  readonly offset: number = MARGIN;
  private readonly bytes = new Uint8Array(LONGEST_FRAME + 2 * MARGIN).fill(POISON);
  private readonly headroom: number;

  /**
   * @param headroom - How many bytes in front of a frame may be written.
   */
  constructor(headroom: number) {
    this.headroom = headroom;
  }

  /**
   * Puts a frame in the middle.
   *
   * @param frame - The frame; stays as it is.
   * @returns The buffer, with the frame at {@link offset}.
   */
  place(frame: Uint8Array): Uint8Array {
    const { bytes } = this;
    const end = MARGIN + frame.length;
    bytes.fill(POISON, 0, MARGIN).fill(POISON, end, end + MARGIN);
    bytes.set(frame, MARGIN);
    return bytes;
  }

  /**
   * Whether no byte within the margins of a frame was written, but for the headroom.
   *
   * @param length - The length of the frame that was placed last.
   * @returns `true` when all are as before.
   */
  isIntact(length: number): boolean {
    const end = MARGIN + length;
    return this.isPoisoned(0, MARGIN - this.headroom) && this.isPoisoned(end, end + MARGIN);
  }

  private isPoisoned(from: number, to: number): boolean {
    return this.bytes.subarray(from, to).every((byte) => byte === POISON);
  }
}
