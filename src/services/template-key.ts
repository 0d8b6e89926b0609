/**
 * Which connections share a template: its key. The ports on the server's side: `server-port.ts`.
 *
 * | the packet and the service                        | protocol, virtual address, port | server port  |
 * | ------------------------------------------------- | ------------------------------- | ------------ |
 * | the service's own port, not 21 (PPC)              | protocol, address, port         | the server's |
 * | port 21 of its service (FTP), or any other (PCC)  | protocol, address, 0            | 0            |
 * | a firewall-mark service (PNMPP)                   | 0, the mark, 0                  | 0            |
 *
 * With a persistence engine its data belongs to the key, too (`director/persistence-engine-data.ts`). The client's port
 * is 0, and the netmask of the service makes clients equal. Source: ipvsadm(8), and recordings.
 */
import type { ConnectionKey } from '../connections/entries/connection-key.js';
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
 * Whether a template is for one port alone.
 *
 * @param service - Its service, which is persistent.
 * @param virtualPort - The port the client asked for.
 * @returns `true` for the service's own port, unless that is FTP's or the service has a mark.
 */
export function remembersPort(service: Service, virtualPort: number): boolean {
  return service.fwmark === 0 && virtualPort === service.port && virtualPort !== FTP_PORT;
}
