/**
 * The order in which a snapshot lists the entries: of two that are in one chain of the index the older
 * one comes first, so that putting them in again in that order makes the newer one the first to be found.
 */
import type { EntryWalk } from './entry-walk.js';
import { CHAIN } from './record.js';

const NONE = -1;

/**
 * Lists all entries.
 *
 * @param table - The table.
 * @returns Their slots.
 */
export function slotsByAge(table: EntryWalk): number[] {
  const slots: number[] = [];
  const listed = new Set<number>();
  for (let slot = table.next(NONE); slot !== NONE; slot = table.next(slot)) {
    const newer: number[] = [];
    for (let at = slot; at !== NONE && !listed.has(at); at = table.word(at, CHAIN) - 1) {
      listed.add(at);
      newer.push(at);
    }
    for (let at = newer.pop(); at !== undefined; at = newer.pop()) slots.push(at);
  }
  return slots;
}
