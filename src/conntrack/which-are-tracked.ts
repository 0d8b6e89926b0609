/**
 * Which connections of the director are tracked: all with `vs.conntrack`, those of FTP without it, too. It is decided when
 * the first packet of a connection comes, and stays. Source: recorded tables.
 */
import { PROTOCOL_TCP } from '../protocols.js';
import type { TrackingEnvironment } from './tracking-part.js';

const FTP_PORT = 21;

/**
 * Whether a connection that begins now is tracked.
 *
 * @param environment - The director.
 * @param entry - The entry of the connection.
 * @returns `true` with the tunable `conntrack`, and for a control or data connection of FTP.
 */
export function mayBeTracked({ tunables, table }: TrackingEnvironment, entry: number): boolean {
  if (tunables.conntrack !== 0) return true;
  if (table.protocol(entry) !== PROTOCOL_TCP) return false;
  const controller = table.controller(entry);
  if (table.helped.has(entry) || (controller >= 0 && table.helped.has(controller))) return true;
  return table.endpoints(entry).virtualPort === FTP_PORT;
}
