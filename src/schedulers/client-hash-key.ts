/**
 * What the source-hashing algorithms hash of a packet: the client's address, and its port on request.
 */
import type { Flow } from '../model/flow.js';

/**
 * The number that stands for a client.
 *
 * @param flow - The packet; of an inverse one the destination is the client's side.
 * @param withPort - Whether the port takes part.
 * @returns The folded address plus the port, wrapped to a signed 32-bit integer: those need no number object.
 */
export function hashKey(flow: Flow, withPort: boolean): number {
  const inverse = flow.inverse === true;
  const address = inverse ? flow.destination : flow.source;
  const port = inverse ? flow.destinationPort : flow.sourcePort;
  return withPort ? (address.fold + port) | 0 : address.fold | 0;
}
