/**
 * Where clients go when a service takes every port: some usual ones, the web's above all.
 *
 * A service on port 0 gets only what has no service of its own, and a service on port 21 takes some
 * ports too (FTP data), so what is left over depends on the director's other services.
 */
import type { Service } from '../services/service.js';
import type { ServiceTable } from '../services/service-table.js';

/** How often each port is asked for; the weights are by repetition. */
export const USUAL_PORTS: readonly number[] = [80, 443, 443, 443, 8080, 22, 21, 25];

/** The greatest port there is. */
const LAST_PORT = 65535;

/**
 * The ports that clients of a service connect to.
 *
 * @param service - The service.
 * @param services - All services of its director.
 * @returns Its own port; for a service on port 0 the usual ports that no other service takes, or the
 *   smallest such port when the others take all of them; all usual ports for a service with a mark.
 */
export function portsOf(service: Service, services: ServiceTable): readonly number[] {
  if (service.fwmark !== 0) return USUAL_PORTS;
  if (service.port !== 0) return [service.port];
  const reaches = (port: number): boolean => takes(service, services, port);
  const usual = USUAL_PORTS.filter(reaches);
  if (usual.length > 0) return usual;
  for (let port = 1; port <= LAST_PORT; port++) if (reaches(port)) return [port];
  return USUAL_PORTS;
}

function takes(service: Service, services: ServiceTable, port: number): boolean {
  const { protocolNumber, address } = service;
  return services.lookup(0, protocolNumber, address, port) === service;
}
