/**
 * For which ports a service takes connections: its own. One with a mark or with persistence takes them for any port; one
 * of port 0 without persistence for none. Source: ipvsadm(8), and recorded decisions.
 */
import type { Service } from './service.js';

/**
 * Whether a service takes connections for a port.
 *
 * @param service - The service.
 * @param port - The port the client asked for.
 * @returns `false` when no server may be chosen.
 */
export function servesPort({ fwmark, persistence, port: own }: Service, port: number): boolean {
  return fwmark !== 0 || persistence !== undefined || (own === port && port !== 0);
}
