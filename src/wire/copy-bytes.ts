/**
 * Copies of bytes that stay valid when the caller overwrites its own.
 *
 * The `slice` of a `Uint8Array` copies; that of Node's `Buffer`, which is one too, gives a view. Bytes
 * that come from a caller are copied here only.
 */

/**
 * Copies a range of bytes.
 *
 * @param bytes - A `Uint8Array`, also a `Buffer`.
 * @param start - Index of the first byte.
 * @param end - Index behind the last byte.
 * @returns A plain `Uint8Array` with memory of its own.
 */
export function copyBytes(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.subarray(start, end));
}
