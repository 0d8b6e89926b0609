/**
 * Persistence: the templates that send the connections of a client to the same real server.
 *
 * A template stores the choice for a client, or for all clients that the netmask makes equal (`template-key.ts`). A
 * template whose server was removed is not valid, nor, with `expire_quiescent_template`, is one whose server has weight
 * 0; look-ups do not find it any more, and its timer removes it. A server above its threshold keeps its clients. A
 * template lives as long as the service said when it was made, also when the service is edited or is not persistent any
 * more; when its timer re-arms is decided in `connections/lifecycle.ts`. Source: ipvsadm(8), and recordings.
 */
import { NONE } from '../none.js';
import type { ConnectionKey } from '../connections/entries/connection-key.js';
import type { ConnectionTable } from '../connections/connection-table.js';
import { FLAG_TEMPLATE } from '../connections/entries/flags.js';
import type { RealServer } from '../model/real-server.js';
import type { Service } from './service.js';

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
