/**
 * The three timeouts of connections that an administrator can change.
 */
import { requireInteger } from '../errors.js';

/** Timeouts of connections, in seconds. */
export interface Timeouts {
  /** Of an established TCP connection; default 900. */
  readonly tcpSeconds: number;
  /** Of a TCP connection after a FIN; default 120. */
  readonly tcpFinSeconds: number;
  /** Of a UDP connection; default 300. */
  readonly udpSeconds: number;
}

/** The timeouts of a director that was told nothing. */
export const DEFAULT_TIMEOUTS: Timeouts = { tcpSeconds: 900, tcpFinSeconds: 120, udpSeconds: 300 };

const LONGEST_SECONDS = 2678400;

/**
 * Changes timeouts.
 *
 * @param present - The present ones.
 * @param change - The new ones, 0–2678400 seconds; 0 or nothing leaves one as it is.
 * @returns All three.
 * @throws {TypeError} When a value is not a number.
 * @throws {RangeError} When a value is out of range.
 */
export function changeTimeouts(present: Timeouts, change: Partial<Timeouts>): Timeouts {
  const changed = (name: keyof Timeouts): number =>
    requireInteger(`timeout ${name}`, change[name] ?? 0, 0, LONGEST_SECONDS) || present[name];
  return {
    tcpSeconds: changed('tcpSeconds'),
    tcpFinSeconds: changed('tcpFinSeconds'),
    udpSeconds: changed('udpSeconds'),
  };
}
