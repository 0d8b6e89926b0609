/**
 * A view of an SCTP common header and of its first chunk.
 *
 * The checksum is the CRC32c of the whole packet with the field itself as 0, stored with the least
 * significant byte first; no pseudo-header. Source: RFC 9260, sections 3 and 6.8.
 */
import { readUint16, readUint32, writeUint16, writeUint32 } from './bytes.js';
import { addCrc32c, CRC32C_START } from './crc32c.js';
import { HeaderView } from './header-view.js';

const CHECKSUM = 8;
const FIRST_CHUNK = 12;

/**
 * The checksum an SCTP packet needs, whatever its checksum field holds.
 *
 * @param bytes - The bytes that hold it.
 * @param offset - Index of the common header.
 * @param end - Index behind the last chunk, at least 12 more.
 * @returns 0–4294967295.
 */
export function sctpChecksum(bytes: Uint8Array, offset: number, end: number): number {
  let state = addCrc32c(bytes, offset, CHECKSUM, CRC32C_START);
  state = addCrc32c(FOUR_ZEROS, 0, 4, state);
  return ~addCrc32c(bytes, offset + FIRST_CHUNK, end - offset - FIRST_CHUNK, state) >>> 0;
}

/**
 * Writes the checksum an SCTP packet needs into its header.
 *
 * @param bytes - The bytes that hold it.
 * @param offset - Index of the common header.
 * @param end - Index behind the last chunk, at least 12 more.
 */
export function writeSctpChecksum(bytes: Uint8Array, offset: number, end: number): void {
  const value = sctpChecksum(bytes, offset, end);
  bytes[offset + CHECKSUM] = value;
  bytes[offset + CHECKSUM + 1] = value >>> 8;
  bytes[offset + CHECKSUM + 2] = value >>> 16;
  bytes[offset + CHECKSUM + 3] = value >>> 24;
}

const FOUR_ZEROS: Uint8Array = /* @__PURE__ */ new Uint8Array(4);
const SOURCE_PORT = 0;
const DESTINATION_PORT = 2;
const VERIFICATION_TAG = 4;

/** A reusable view of an SCTP common header. */
export class SctpView extends HeaderView {
  /**
   * Points the view at a header.
   *
   * @param bytes - The bytes that hold it.
   * @param offset - Index of its first byte.
   * @param end - Index behind the last byte that may be read; default: the end of the bytes.
   * @returns `false` when 12 bytes do not fit.
   */
  at(bytes: Uint8Array, offset = 0, end: number = bytes.length): boolean {
    return this.move(bytes, offset, end, 12);
  }

  /** The port it came from, 0–65535. */
  get sourcePort(): number {
    return readUint16(this.bytes, this.offset + SOURCE_PORT);
  }

  /**
   * Writes the field sourcePort. No checksum follows.
   *
   * @param value - 0–65535.
   */
  setSourcePort(value: number): void {
    writeUint16(this.bytes, this.offset + SOURCE_PORT, value);
  }

  /** The port it goes to, 0–65535. */
  get destinationPort(): number {
    return readUint16(this.bytes, this.offset + DESTINATION_PORT);
  }

  /**
   * Writes the field destinationPort. No checksum follows.
   *
   * @param value - 0–65535.
   */
  setDestinationPort(value: number): void {
    writeUint16(this.bytes, this.offset + DESTINATION_PORT, value);
  }

  /** The tag that identifies the association, 0–4294967295. */
  get verificationTag(): number {
    return readUint32(this.bytes, this.offset + VERIFICATION_TAG);
  }

  /**
   * Writes the field verificationTag. No checksum follows.
   *
   * @param value - 0–4294967295.
   */
  setVerificationTag(value: number): void {
    writeUint32(this.bytes, this.offset + VERIFICATION_TAG, value);
  }

  /** The checksum field, 0–4294967295. */
  get checksum(): number {
    const at = this.offset + CHECKSUM;
    const { bytes } = this;
    return ((bytes[at + 3] << 24) | (bytes[at + 2] << 16) | (bytes[at + 1] << 8) | bytes[at]) >>> 0;
  }

  /** Writes the checksum that the packet, from the header to {@link HeaderView.end}, needs. */
  rewriteChecksum(): void {
    writeSctpChecksum(this.bytes, this.offset, this.end);
  }

  /** Type of the first chunk, 0–255 (0 DATA, 1 INIT, 2 INIT ACK, 6 ABORT); −1 when there is none. */
  get firstChunkType(): number {
    return this.length >= 16 ? this.bytes[this.offset + FIRST_CHUNK] : -1;
  }
}
