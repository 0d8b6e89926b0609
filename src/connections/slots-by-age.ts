/**
 * The order in which a snapshot lists the entries: of two that the index keeps in order the older one
 * comes first, so that putting them in again in that order makes the newer one the first to be found.
 */
import { CLIENT } from './entries/record.js';
import type { ConnectionLookup } from './lookup.js';

const NONE = -1;

/**
 * Lists all entries.
 *
 * @param table - The table.
 * @returns Their slots.
 */
export function slotsByAge(table: ConnectionLookup): number[] {
  const slots: number[] = [];
  const listed = new Set<number>();
  const { index } = table;
  for (let slot = table.next(NONE); slot !== NONE; slot = table.next(slot)) {
    if (listed.has(slot)) continue;
    const newer: number[] = [];
    const hash = index.links.hashOf(slot);
    const client = table.word(slot, CLIENT);
    for (let at = index.first(hash, client); at !== NONE; at = index.next()) {
      if (!listed.has(at)) newer.push(at);
    }
    for (let at = newer.pop(); at !== undefined; at = newer.pop()) {
      listed.add(at);
      slots.push(at);
    }
  }
  return slots;
}
