/**
 * The port that a probe asks at.
 */
import { requireInteger } from '../../errors.js';

/**
 * Checks the port of a probe.
 *
 * @param port - The port that was given; `undefined` = the real server's own.
 * @throws {TypeError} When it is not a number.
 * @throws {RangeError} When it is no integer 1–65535.
 */
export function requireProbePort(port: number | undefined): void {
  if (port !== undefined) requireInteger('port', port, 1, 65_535);
}
