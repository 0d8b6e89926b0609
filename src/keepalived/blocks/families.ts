/**
 * The address families of servers and of what they serve: `ip_family` decides, else the first server without a tunnel,
 * else a look at all (`resolve/service-settings.ts`).
 */
import { mayMixFamilies } from '../../model/mixed-families.js';
import type { Place } from '../messages.js';
import type { ServerDraft, ServiceDraft } from './drafts.js';
import type { ParseState } from './parse-state.js';

/**
 * Whether a server may serve its service; decides the service's family where it is open.
 *
 * @param state - What is being read.
 * @param service - The service.
 * @param server - The server.
 * @param place - Where its block ends.
 * @returns Whether it may.
 */
export function checkServerFamily(
  state: ParseState,
  service: ServiceDraft,
  server: ServerDraft,
  place: Place,
): boolean {
  if (mayMixFamilies((server.forwarding ?? service.forwarding)?.method)) return true;
  service.family ??= server.address.family;
  if (service.family === server.address.family) return true;
  const text = `Address family of virtual server and real server ${server.address} don't match - skipping real server.`;
  state.log.add(text, place);
  return false;
}

/**
 * Drops a sorry server that cannot serve its service.
 *
 * @param state - What is being read.
 * @param service - The service, complete.
 * @param place - Where its block ends.
 */
export function checkSorryFamily(state: ParseState, service: ServiceDraft, place: Place): void {
  const { sorry } = service;
  const { family } = service;
  if (sorry === undefined || family === undefined || sorry.address.family === family) return;
  if (mayMixFamilies((sorry.forwarding ?? sorry.inherited)?.method)) return;
  const text = `Address family of virtual server and sorry server ${sorry.address} don't match - skipping sorry server.`;
  state.log.add(text, place);
  delete service.sorry;
}
