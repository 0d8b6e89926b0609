/**
 * What should not be there: records of tracking, own endpoints, helpers' memories and counts that belong to nothing, or
 * disagree with the entries of the table. A packet may leave none of them behind, so this looks into the parts.
 */
import {
  FLAG_HELPED,
  FLAG_NO_CLIENT_PORT,
  FLAG_TEMPLATE,
} from '../../../src/connections/entries/flags.js';
import type { ConnectionTable } from '../../../src/connections/connection-table.js';
import type { ConnectionTracking } from '../../../src/conntrack/connection-tracking.js';
import {
  CHALLENGED,
  DECIDED,
  FLAGS,
  STATE_BITS,
  TRACKED,
  TRANSLATED,
} from '../../../src/conntrack/record.js';

/** The slots of a table. */
function slotsOf(table: ConnectionTable): number[] {
  const slots: number[] = [];
  for (let slot = table.next(-1); slot >= 0; slot = table.next(slot)) slots.push(slot);
  return slots;
}

/**
 * Compares a table with what its parts keep of its entries.
 *
 * @param table - The table.
 * @returns A line for each thing that is left behind, or does not agree.
 */
export function leftInTable(table: ConnectionTable): string[] {
  const found: string[] = [];
  const entries = table['entries'];
  const { store } = entries;
  const slots = slotsOf(table);
  const present = new Set(slots);
  const controlled = new Map<number, number>();
  let waiting = 0;
  for (const slot of slots) {
    const controller = table.controller(slot);
    if (controller >= 0) controlled.set(controller, (controlled.get(controller) ?? 0) + 1);
    if (controller >= 0 && !present.has(controller)) found.push(`${slot} has no controller`);
    if ((table.flags(slot) & FLAG_NO_CLIENT_PORT) !== 0) {
      waiting++;
      if (table.endpoints(slot).clientPort !== 0) found.push(`${slot} waits, but has a port`);
    }
  }
  for (const slot of slots) {
    const counted = entries.controlled(slot);
    if (counted !== (controlled.get(slot) ?? 0)) found.push(`${slot} controls ${counted}`);
  }
  if (table.helped.waiting !== waiting) found.push(`${table.helped.waiting} wait, not ${waiting}`);
  for (const slot of store.sessions.keys()) {
    const isHelped = present.has(slot) && (table.flags(slot) & FLAG_HELPED) !== 0;
    if (!isHelped) found.push(`a helper remembers ${slot}`);
  }
  for (const slot of store['engineData'].keys()) {
    const isTemplate = present.has(slot) && (table.flags(slot) & FLAG_TEMPLATE) !== 0;
    if (!isTemplate) found.push(`an engine remembers ${slot}`);
  }
  return found;
}

/**
 * Compares what is tracked with the entries of a table.
 *
 * @param table - The table.
 * @param tracking - The tracking of its director.
 * @returns A line for each thing that is left behind, or does not agree.
 */
export function leftInTracking(table: ConnectionTable, tracking: ConnectionTracking): string[] {
  const tracker = tracking['tracker'];
  if (tracker === undefined) return [];
  const found: string[] = [];
  const { entries, strays, follower } = {
    entries: tracker['entries'],
    strays: tracker['strays'],
    follower: tracker['follower'],
  };
  const present = new Set(slotsOf(table));
  const ids = new Set<number>();
  let translated = 0;
  for (let slot = 0; slot < table['entries'].store.span; slot++) {
    const flags = entries.records.flagsOf(slot);
    if (flags !== 0 && !present.has(slot)) found.push(`a record of ${slot}, which is no entry`);
    const isStored = (flags & STATE_BITS) !== 0;
    if (isStored && (flags & TRACKED) === 0) found.push(`${slot} is stored, but not tracked`);
    if (isStored && (flags & DECIDED) === 0) found.push(`${slot} is stored, but not decided`);
    if (!isStored && entries.marks.get(slot) !== 0) found.push(`a mark of ${slot}`);
    if ((flags & CHALLENGED) !== 0) ids.add(slot);
    if ((flags & TRANSLATED) === 0) continue;
    translated++;
    if (!isStored) found.push(`${slot} is translated, but not stored`);
  }
  if (entries.own.size !== translated) {
    found.push(`${entries.own.size} own endpoints of ${translated} entries`);
  }
  let chained = 0;
  for (const chain of strays['byHash'].values()) {
    chained += chain.length;
    for (const stray of chain)
      if (!strays['all'].has(stray)) found.push('a stray in a chain alone');
  }
  let expected = 0;
  for (const { id, original, reply, words } of strays['all']) {
    expected += original.hash === reply.hash ? 1 : 2;
    if ((words[FLAGS] & CHALLENGED) !== 0) ids.add(id);
  }
  if (chained !== expected) found.push(`${chained} references to strays, not ${expected}`);
  for (const id of follower.tcp['ignored'].keys()) {
    const isKept =
      id >= 0 ? entries.records.has(id) : [...strays['all']].some((each) => each.id === id);
    if (!isKept) found.push(`a segment of ${id}, which is not tracked`);
  }
  for (const id of ids) {
    if (!follower.tcp['ignored'].has(id)) found.push(`the segment that ${id} ignored is missing`);
  }
  return found;
}
