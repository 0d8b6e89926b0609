/**
 * Clients told by their numbers, without memory: addresses, ports, and draws of numbers.
 */

/**
 * The address of a client: a permutation of all 32-bit numbers, so that no two clients share one.
 *
 * @param client - The client's number, 0–4294967295.
 * @returns A signed 32-bit integer.
 */
export function clientAddress(client: number): number {
  const word = Math.imul(client ^ (client >>> 15), 0x2c1b3c6d);
  return Math.imul(word ^ (word >>> 12), 0x297a2d39) | 0;
}

/**
 * The port of a client.
 *
 * @param client - The client's number.
 * @returns A port, 1024–33791.
 */
export function clientPort(client: number): number {
  return 1024 + (Math.imul(client, 0x9e3779b1) >>> 17);
}

/** How many clients a batch may have. */
export const LARGEST_BATCH = 64;

/** Clients to be looked for together. */
export interface Clients {
  /** Their addresses, signed. */
  readonly addresses: Int32Array;
  /** Their ports. */
  readonly ports: Int32Array;
  /** How many there are. */
  count: number;
}

/** Draws numbers; cheaper than any source of chance that must be good. */
export class Draws {
  private state = 0x12345678;

  /**
   * Draws a number.
   *
   * @param bound - How many numbers there are.
   * @returns An integer from 0 (included) to `bound` (excluded).
   */
  below(bound: number): number {
    let word = this.state;
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    this.state = word;
    return Math.floor(((word >>> 0) * bound) / 0x1_0000_0000);
  }
}
