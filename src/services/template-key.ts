/**
 * Which connections share a template: its key, and the ports on the server's side.
 *
 * | the packet and the service                        | protocol, virtual address, port | server port  |
 * | ------------------------------------------------- | ------------------------------- | ------------ |
 * | the service's own port, not 21 (PPC)              | protocol, address, port         | the server's |
 * | port 21 of its service (FTP), or any other (PCC)  | protocol, address, 0            | 0            |
 * | a firewall-mark service (PNMPP)                   | 0, the mark, 0                  | 0            |
 *
 * The client's port is 0, and the netmask of the service makes clients equal. Source: ipvsadm(8), and recordings.
 */
import type { ConnectionKey } from '../connections/entries/connection-key.js';
import type { RealServer } from '../model/real-server.js';
import { FTP_PORT } from './ftp-rules.js';
import type { Persistence } from './persistence-settings.js';
import type { Service } from './service.js';

/**
 * Turns the key of a connection into that of its template.
 *
 * @param key - The connection's key, of which client port and virtual end change, and the client's address
 *   is masked.
 * @param service - The service, which is persistent.
 * @param persistence - Its persistence.
 */
export function toTemplateKey(
  key: ConnectionKey,
  service: Service,
  persistence: Persistence,
): void {
  const { netmask: own, otherNetmask } = persistence;
  const netmask = key.family === own.family ? own : otherNetmask;
  key.client0 &= netmask.word0;
  key.client1 &= netmask.word1;
  key.client2 &= netmask.word2;
  key.client3 &= netmask.word3;
  key.clientPort = 0;
  if (service.fwmark !== 0) key.setMark(service.fwmark);
  else if (!remembersPort(service, key.virtualPort)) key.virtualPort = 0;
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
  const own = service.fwmark === 0 && virtualPort === service.port && server.port !== 0;
  return own ? server.port : virtualPort;
}

/** Whether a template of this service is for this port alone. */
function remembersPort(service: Service, virtualPort: number): boolean {
  return service.fwmark === 0 && virtualPort === service.port && virtualPort !== FTP_PORT;
}
