/**
 * Numbers in bytes, most significant byte first, without a `DataView`.
 *
 * No function checks its index: the caller has checked the header once (see `packet.ts`). Inlined
 * by every engine, so that a field costs its byte loads and nothing else. Source: RFC 791, appendix B.
 */

/**
 * Reads 16 bits.
 *
 * @param bytes - Where to read.
 * @param at - Index of the first byte.
 * @returns The value, 0–65535.
 */
export function readUint16(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}

/**
 * Reads 32 bits as a signed number, the form in which addresses are compared.
 *
 * @param bytes - Where to read.
 * @param at - Index of the first byte.
 * @returns The value, −2147483648–2147483647.
 */
export function readInt32(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}

/**
 * Reads 32 bits as an unsigned number.
 *
 * @param bytes - Where to read.
 * @param at - Index of the first byte.
 * @returns The value, 0–4294967295.
 */
export function readUint32(bytes: Uint8Array, at: number): number {
  return readInt32(bytes, at) >>> 0;
}

/**
 * Writes 16 bits.
 *
 * @param bytes - Where to write.
 * @param at - Index of the first byte.
 * @param value - The value; its lowest 16 bits count.
 */
export function writeUint16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

/**
 * Writes 32 bits.
 *
 * @param bytes - Where to write.
 * @param at - Index of the first byte.
 * @param value - The value, signed or unsigned; its lowest 32 bits count.
 */
export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/**
 * Checks that a stretch lies within bytes, once, before anything in it is read.
 *
 * @param bytes - The bytes.
 * @param offset - Index of the first byte of the stretch.
 * @param length - Bytes of the stretch.
 * @throws {RangeError} When it does not lie within.
 */
export function requireWithin(bytes: Uint8Array, offset: number, length: number): void {
  if (!(offset >= 0 && length >= 0 && offset + length <= bytes.length))
    refuseBounds(bytes.length, offset, length);
}

function refuseBounds(room: number, offset: number, length: number): never {
  throw new RangeError(
    `Invalid packet bounds: expected them within ${room} bytes, got offset ${offset} and length ${length}`,
  );
}
