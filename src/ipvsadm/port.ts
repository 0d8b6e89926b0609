/**
 * Ports of the rule language: a number, or the name of a well-known service.
 */
import type { Protocol } from '../protocols.js';
import { readNumber } from './number.js';
import { portOfService } from './service-names.js';

/**
 * Reads a port.
 *
 * @param text - A number 0–65535, or a name in lower case.
 * @param protocol - The protocol for which a name must be registered.
 * @returns The port, or `undefined` when the text is none.
 */
export function readPort(text: string, protocol: Protocol): number | undefined {
  return readNumber(text, 0, 65535) ?? portOfService(text, protocol);
}
