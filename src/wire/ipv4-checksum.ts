/** The checksum of an IPv4 header. Source: RFC 791, section 3.1. */
import { writeUint16 } from './bytes.js';
import { checksum } from './checksum.js';

const CHECKSUM = 10;

/**
 * Computes an IPv4 header checksum again and writes it.
 *
 * @param bytes - The bytes that hold the header.
 * @param offset - Index of its first byte.
 */
export function writeIpv4Checksum(bytes: Uint8Array, offset: number): void {
  writeUint16(bytes, offset + CHECKSUM, 0);
  const value = checksum(bytes, offset, (bytes[offset] & 0x0f) * 4);
  writeUint16(bytes, offset + CHECKSUM, value);
}
