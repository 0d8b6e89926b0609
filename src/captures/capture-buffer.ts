/**
 * The bytes of a capture that were read and not used yet: one buffer, which grows only for a record that is
 * longer than it.
 */

/** The present part of a capture. */
export class CaptureBuffer {
  /** Where the bytes are. */
  bytes: Uint8Array;
  /** The same bytes, for reading words. */
  view: DataView;
  /** Index of the first byte that was not used yet. */
  position = 0;
  /** Index behind the last byte that was read. */
  end = 0;

  /** @param size - Bytes at the beginning. */
  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
  }

  /**
   * Moves what is left to the front, and makes room behind it.
   *
   * @param room - Bytes of room that are needed at least.
   * @returns All the room there is, to be filled from its start.
   */
  makeRoom(room: number): Uint8Array {
    const left = this.end - this.position;
    if (left + room > this.bytes.length) this.grow(left + room);
    else if (this.position > 0) this.bytes.copyWithin(0, this.position, this.end);
    this.position = 0;
    this.end = left;
    return this.bytes.subarray(left);
  }

  private grow(size: number): void {
    const bytes = new Uint8Array(Math.max(size, this.bytes.length * 2));
    bytes.set(this.bytes.subarray(this.position, this.end));
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}
