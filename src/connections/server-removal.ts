/**
 * Ending the entries of removed servers, as `expire_nodest_conn` asks for.
 *
 * Every entry bound to any removed server that controls nothing goes at once, and its template with it,
 * ASSURED or not, once that controls nothing. Cost: one look at each slot; metered by the caller.
 */
import type { ConnectionTable } from './connection-table.js';

const NONE = -1;

/**
 * Removes entries whose server is no longer available, in slot order.
 *
 * @param table - The table.
 * @param after - The slot after which to begin: −1, then what the last call returned.
 * @param budget - How many entries to look at; default: all.
 * @returns The last slot that was looked at, to go on from; −1 when all were looked at.
 */
export function removeOrphans(
  table: ConnectionTable,
  after: number = NONE,
  budget: number = Infinity,
): number {
  let slot = table.next(after);
  for (let looked = 1; slot !== NONE; looked++) {
    if (table.server(slot)?.available === false && table.controlled(slot) === 0) {
      const controller = table.remove(slot);
      if (controller !== NONE && table.controlled(controller) === 0) table.remove(controller);
    }
    if (looked >= budget) return slot;
    slot = table.next(slot);
  }
  return NONE;
}
