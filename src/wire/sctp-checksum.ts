/**
 * The checksum of SCTP.
 *
 * It is the CRC32c of the whole packet with the field itself as 0, stored with the least
 * significant byte first; no pseudo-header. Source: RFC 9260, sections 3 and 6.8.
 */
import { addCrc32c, CRC32C_START } from './crc32c.js';

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

/**
 * Whether the checksum of an SCTP packet is right.
 *
 * @param bytes - The bytes that hold it.
 * @param offset - Index of the common header.
 * @param end - Index behind the last chunk, at least 12 more.
 * @returns `false` when the field has another value than {@link sctpChecksum}.
 */
export function isSctpChecksumRight(bytes: Uint8Array, offset: number, end: number): boolean {
  const at = offset + CHECKSUM;
  const field = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
  return field >>> 0 === sctpChecksum(bytes, offset, end);
}

const FOUR_ZEROS: Uint8Array = /* @__PURE__ */ new Uint8Array(4);
