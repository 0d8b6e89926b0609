/**
 * The frame check sequence of Ethernet and 802.11: CRC-32 over the frame, least significant byte first.
 *
 * Source: IEEE 802.3 section 3.2.9.
 */

const POLYNOMIAL = 0xedb88320;
/** Bytes of the sequence. */
export const FRAME_CHECK_LENGTH = 4;

/** Computes frame check sequences; its table is made with the first object. */
export class FrameCheck {
  private readonly table: Int32Array = new Int32Array(256);

  constructor() {
    for (let index = 0; index < 256; index++) {
      let value = index;
      for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? POLYNOMIAL : 0);
      this.table[index] = value;
    }
  }

  /**
   * The sequence of a frame.
   *
   * @param bytes - The bytes the frame is in.
   * @param start - Index of its first byte.
   * @param end - Index behind its last byte, the sequence excluded.
   * @returns 32 bits, unsigned.
   */
  of(bytes: Uint8Array, start: number, end: number): number {
    const { table } = this;
    let value = -1;
    for (let at = start; at < end; at++) value = table[(value ^ bytes[at]) & 0xff] ^ (value >>> 8);
    return ~value >>> 0;
  }

  /**
   * Computes the sequence of a frame and writes it behind the frame.
   *
   * @param bytes - The bytes the frame is in.
   * @param start - Index of its first byte.
   * @param end - Index behind its last byte; four bytes must follow.
   */
  write(bytes: Uint8Array, start: number, end: number): void {
    const value = this.of(bytes, start, end);
    for (let index = 0; index < FRAME_CHECK_LENGTH; index++) {
      bytes[end + index] = (value >>> (8 * index)) & 0xff;
    }
  }
}
