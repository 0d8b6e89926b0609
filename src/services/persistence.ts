/**
 * Persistence: the templates that send the connections of a client to the same real server.
 *
 * A template stores the choice for a client, or for all clients that the netmask makes equal. Its key:
 *
 * | the packet and the service                        | protocol, virtual address, port | server port  |
 * | ------------------------------------------------- | ------------------------------- | ------------ |
 * | the service's own port, not 21 (PPC)              | protocol, address, port         | the server's |
 * | port 21 of its service (FTP), or any other (PCC)  | protocol, address, 0            | 0            |
 * | a firewall-mark service (PNMPP)                   | 0, the mark, 0                  | 0            |
 *
 * A template whose server was removed is not valid, nor, with `expire_quiescent_template`, is one whose
 * server has weight 0; look-ups do not find it any more, and its timer
 * removes it. How long a template lives, and when its timer re-arms, is decided in
 * `connections/lifecycle.ts`. Source: ipvsadm(8), and recordings.
 */
import { NONE } from '../none.js';
import type { ConnectionKey } from '../connections/entries/connection-key.js';
import type { ConnectionTable } from '../connections/connection-table.js';
import { FLAG_TEMPLATE } from '../connections/entries/flags.js';
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

/**
 * Finds the valid template of a key; an invalid one is hidden from later look-ups.
 *
 * @param table - The table that holds templates.
 * @param key - The template's key.
 * @param expireQuiescent - Whether weight 0 makes a template invalid: `expire_quiescent_template`.
 * @returns The template's slot, or −1.
 */
export function findValidTemplate(
  table: ConnectionTable,
  key: ConnectionKey,
  expireQuiescent: boolean,
): number {
  const template = table.findTemplate(key);
  if (template === NONE) return NONE;
  const server = table.server(template);
  const valid = server?.available === true && !(expireQuiescent && server.quiesced);
  if (valid) return template;
  table.invalidate(template);
  return NONE;
}

/**
 * Makes a template for a server that was just chosen.
 *
 * @param table - The table that holds templates.
 * @param key - The template's key.
 * @param now - The present time in milliseconds.
 * @param service - The service, which is persistent.
 * @param server - The server.
 * @param serverPort - The port the template carries, from {@link templateServerPort}.
 * @returns The template's slot, or −1 when the table is full.
 */
export function insertTemplate(
  table: ConnectionTable,
  key: ConnectionKey,
  now: number,
  service: Service,
  server: RealServer,
  serverPort: number,
): number {
  const template = table.insert(key, now, server, serverPort, FLAG_TEMPLATE, service.fwmark);
  if (template !== NONE && service.persistence !== undefined) {
    table.setTimeout(template, service.persistence.timeoutSeconds * 1000);
  }
  return template;
}

/** Whether a template of this service is for this port alone. */
function remembersPort(service: Service, virtualPort: number): boolean {
  return service.fwmark === 0 && virtualPort === service.port && virtualPort !== FTP_PORT;
}
