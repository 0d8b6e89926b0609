/**
 * Where a copied capture goes.
 */

/** Takes the bytes of a file in order. */
export interface ByteSink {
  /**
   * Takes bytes that stay unchanged until the reader is given more bytes; they need not be copied.
   *
   * @param bytes - Where they are.
   * @param start - Index of the first one.
   * @param end - Index behind the last one.
   */
  keep(bytes: Uint8Array, start: number, end: number): void;

  /**
   * Takes bytes that change after the call.
   *
   * @param bytes - Where they are.
   * @param start - Index of the first one.
   * @param end - Index behind the last one.
   */
  put(bytes: Uint8Array, start: number, end: number): void;
}
