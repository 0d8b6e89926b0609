/**
 * Which port of its server a connection goes to, and which one a template remembers.
 *
 * | the service                                 | its connections                   | its templates                        |
 * | ------------------------------------------- | --------------------------------- | ------------------------------------ |
 * | not persistent                              | the server's; 0: the one asked for | none                                 |
 * | persistent, its own port is asked for       | the server's; 0: the one asked for | the server's; FTP's (21): 0          |
 * | persistent, another port, or a mark         | the one asked for                 | 0                                    |
 *
 * Source: ipvsadm(8), and recordings.
 */
import type { RealServer } from '../model/real-server.js';
import type { Service } from './service.js';
import { remembersPort } from './template-key.js';

/**
 * The server-side port of a connection of a service without persistence.
 *
 * @param server - The server.
 * @param virtualPort - The port the client asked for.
 * @returns The server's own port; the port asked for when the server has 0.
 */
export function serverPortOf(server: RealServer, virtualPort: number): number {
  return server.port === 0 ? virtualPort : server.port;
}

/**
 * The server-side port that a template carries.
 *
 * @param service - The service.
 * @param server - The server.
 * @param virtualPort - The port the client asked for.
 * @returns The server's port when the template is for one port, else 0.
 */
export function templateServerPort(
  service: Service,
  server: RealServer,
  virtualPort: number,
): number {
  return remembersPort(service, virtualPort) ? server.port : 0;
}

/**
 * The server-side port of a connection of a persistent service.
 *
 * @param service - The service.
 * @param server - The server.
 * @param virtualPort - The port the client asked for.
 * @returns The server's own port when the client asked for the service's, else the port asked for.
 */
export function persistentServerPort(
  service: Service,
  server: RealServer,
  virtualPort: number,
): number {
  const isOwn = service.fwmark === 0 && virtualPort === service.port;
  return isOwn ? serverPortOf(server, virtualPort) : virtualPort;
}
