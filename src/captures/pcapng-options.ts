/**
 * The options at the end of a pcapng block: a code and a length of 16 bits each, and the value, padded to
 * four bytes.
 *
 * A list that contradicts itself ends where it does so. Source: draft-ietf-opsawg-pcapng section 3.5.
 */

/** Codes of options that have a meaning here. */
export const PCAPNG_OPTION = {
  end: 0,
  comment: 1,
  interfaceName: 2,
  packetFlags: 2,
  packetHash: 3,
  timeResolution: 9,
  frameCheckLength: 13,
  timeOffset: 14,
} as const;

/** Custom options that must not be copied into a file that was changed. */
const NOT_COPIED: readonly number[] = [19372, 19373];

/** A cursor over the options of one block; made once, reused. */
export class PcapngOptions {
  /** The code of the present option. */
  code = 0;
  /** Index of the first byte of its value. */
  offset = 0;
  /** Bytes of its value. */
  length = 0;
  /** Index of the first byte of the option itself. */
  start = 0;
  /** Index behind the option and its padding. */
  next = 0;
  private view: DataView = new DataView(new ArrayBuffer(0));
  private end = 0;
  private littleEndian = true;

  /**
   * Begins with a list.
   *
   * @param view - Over the bytes it is in.
   * @param start - Index of its first byte.
   * @param end - Index behind its last byte.
   * @param littleEndian - The byte order of its section.
   */
  begin(view: DataView, start: number, end: number, littleEndian: boolean): void {
    this.view = view;
    this.next = start;
    this.end = end;
    this.littleEndian = littleEndian;
  }

  /**
   * Goes to the next option.
   *
   * @returns `false` when there is none.
   */
  advance(): boolean {
    const { view, end, littleEndian } = this;
    this.start = this.next;
    if (this.start + 4 > end) return false;
    this.code = view.getUint16(this.start, littleEndian);
    this.length = view.getUint16(this.start + 2, littleEndian);
    this.offset = this.start + 4;
    this.next = this.offset + ((this.length + 3) & ~3);
    return this.code !== PCAPNG_OPTION.end && this.next <= end;
  }

  /** Whether the present option of a packet stays true when the packet's bytes change. */
  get survivesChange(): boolean {
    return this.code !== PCAPNG_OPTION.packetHash && !NOT_COPIED.includes(this.code);
  }
}
