/**
 * Whose names the ports of a service's servers have.
 */
import type { Protocol } from '../protocols.js';
import type { Service } from '../services/service.js';

/**
 * The protocol that names the ports of a service's servers.
 *
 * @param service - The service.
 * @param numeric - Whether ports are written as numbers.
 * @returns The protocol, or `undefined` for numbers: a service by firewall mark has no protocol.
 */
export function namedBy(
  { fwmark, protocol }: Pick<Service, 'fwmark' | 'protocol'>,
  numeric: boolean,
): Protocol | undefined {
  return numeric || fwmark !== 0 ? undefined : protocol;
}
