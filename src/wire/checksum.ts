/**
 * The Internet checksum: the complement of the one's complement sum of 16-bit words.
 *
 * A *sum* here is that sum before the last carries are folded in, an ordinary number below 2^32; a
 * *checksum* is what stands in a header. Sums add up, so a pseudo-header and a payload are summed one
 * after the other. An odd last byte counts as the high half of a word. Changing a field costs two
 * additions however long the packet is. Sources: RFC 791, section 3.1; RFC 1071, and RFC 1624 equation 3 for the
 * update.
 */
import { writeUint16 } from './bytes.js';

const IPV4_CHECKSUM = 10;

/**
 * Adds up the 16-bit words of a stretch of bytes.
 *
 * @param bytes - Where to read.
 * @param offset - Index of the first byte.
 * @param length - How many bytes, 0–131070 together with what `sum` holds already.
 * @param sum - What was added up before; default 0.
 * @returns The sum, not yet folded.
 */
export function sumBytes(bytes: Uint8Array, offset: number, length: number, sum = 0): number {
  const even = offset + (length & ~1);
  let total = sum;
  for (let at = offset; at < even; at += 2) total += (bytes[at] << 8) | bytes[at + 1];
  return (length & 1) === 0 ? total : total + (bytes[even] << 8);
}

/**
 * The two 16-bit words of a 32-bit one, added up.
 *
 * @param word - Any 32 bits, signed or unsigned.
 * @returns Their sum.
 */
export function sumOfWord(word: number): number {
  return (word >>> 16) + (word & 0xffff);
}

/**
 * Folds the carries of a sum back into 16 bits.
 *
 * @param sum - A sum, 0–4294967295.
 * @returns 0–65535.
 */
export function foldSum(sum: number): number {
  const once = (sum >>> 16) + (sum & 0xffff);
  return (once + (once >>> 16)) & 0xffff;
}

/**
 * The checksum that belongs to a sum.
 *
 * @param sum - A sum, 0–4294967295.
 * @returns What to write into the header, 0–65535.
 */
export function checksumOf(sum: number): number {
  // Folding x into 16 bits is 1 + (x − 1) mod 65535, which takes fewer steps than adding carries.
  return 0xfffe - ((sum - 1) % 0xffff);
}

/**
 * The checksum of a stretch of bytes.
 *
 * @param bytes - Where to read.
 * @param offset - Index of the first byte.
 * @param length - How many bytes, 0–131070.
 * @param sum - What belongs in front, such as a pseudo-header; default 0.
 * @returns 0–65535; 0 when the bytes hold a right checksum already.
 */
export function checksum(bytes: Uint8Array, offset: number, length: number, sum = 0): number {
  return checksumOf(sumBytes(bytes, offset, length, sum));
}

/**
 * The part of an update that one changed 16-bit word makes: its complement before, its value after.
 *
 * @param before - The old word, 0–65535.
 * @param after - The new word, 0–65535.
 * @returns A sum for {@link updateChecksum}.
 */
export function changeOfUint16(before: number, after: number): number {
  return (~before & 0xffff) + after;
}

/**
 * The part of an update that one changed 32-bit word makes.
 *
 * @param before - The old word.
 * @param after - The new word.
 * @returns A sum for {@link updateChecksum}.
 */
export function changeOfUint32(before: number, after: number): number {
  return sumOfWord(~before) + sumOfWord(after);
}

/**
 * The checksum after some words have changed: `~(~C + Σ ~old + Σ new)`.
 *
 * A checksum that was wrong stays wrong by the same amount.
 *
 * @param old - The checksum before, 0–65535.
 * @param change - The changes, added up.
 * @returns The checksum after, 0–65535.
 */
export function updateChecksum(old: number, change: number): number {
  return checksumOf((~old & 0xffff) + change);
}

/**
 * Computes an IPv4 header checksum again and writes it.
 *
 * @param bytes - The bytes that hold the header.
 * @param offset - Index of its first byte.
 */
export function writeIpv4Checksum(bytes: Uint8Array, offset: number): void {
  writeUint16(bytes, offset + IPV4_CHECKSUM, 0);
  const value = checksum(bytes, offset, (bytes[offset] & 0x0f) * 4);
  writeUint16(bytes, offset + IPV4_CHECKSUM, value);
}
