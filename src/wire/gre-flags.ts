/**
 * The flags of a GRE header, and its length.
 *
 * Four bytes, and four more for each of checksum, key and sequence number that the flags announce.
 * Sources: RFC 2784, RFC 2890.
 */

/** The flags of GRE by name. */
export const GRE_FLAG = {
  /** A checksum over header and payload is there. */
  CHECKSUM: 0x8000,
  /** A key is there. */
  KEY: 0x2000,
  /** A sequence number is there. */
  SEQUENCE: 0x1000,
} as const;

/**
 * How long a GRE header with some flags is.
 *
 * @param flags - The first 16 bits of the header.
 * @returns 4–16 bytes.
 */
export function greHeaderLength(flags: number): number {
  const checksum = (flags & GRE_FLAG.CHECKSUM) === 0 ? 0 : 4;
  const key = (flags & GRE_FLAG.KEY) === 0 ? 0 : 4;
  const sequence = (flags & GRE_FLAG.SEQUENCE) === 0 ? 0 : 4;
  return 4 + checksum + key + sequence;
}
