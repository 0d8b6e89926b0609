/**
 * Which entries of a synchronization message a receiver skips.
 */
import {
  FLAG_NO_CLIENT_PORT,
  FLAG_ONE_PACKET,
  FLAG_TEMPLATE,
} from '../connections/entries/flags.js';
import type { SyncEntry } from './sync-entry.js';

/** Why one entry is skipped. */
export type EntryFault =
  | 'option-unknown'
  | 'one-packet'
  | 'template-without-client-port'
  | 'protocol-unknown'
  | 'state-unknown'
  | 'engine-unknown'
  | 'engine-unnamed';

/** States of each protocol, by its number in the IP header: TCP, UDP, SCTP, ESP, AH. */
const STATES: ReadonlyMap<number, number> = new Map([
  [6, 11],
  [17, 1],
  [132, 14],
  [50, 1],
  [51, 1],
]);
const TEMPLATE_STATES = 2;

/**
 * Finds what makes a receiver skip an entry.
 *
 * @param entry - The entry.
 * @param engines - The names of the persistence engines that the receiver has.
 * @returns The fault; `undefined` = none.
 */
export function faultOfEntry(
  entry: SyncEntry,
  engines: ReadonlySet<string>,
): EntryFault | undefined {
  const { flags, engineName, engineData } = entry;
  if ((flags & FLAG_ONE_PACKET) !== 0) return 'one-packet';
  if ((flags & FLAG_TEMPLATE) !== 0) {
    if ((flags & FLAG_NO_CLIENT_PORT) !== 0) return 'template-without-client-port';
    if (entry.state >= TEMPLATE_STATES) return 'state-unknown';
  } else {
    const states = STATES.get(entry.key.protocol);
    if (states === undefined) return 'protocol-unknown';
    if (entry.state >= states) return 'state-unknown';
  }
  if (engineName !== undefined) return engines.has(engineName) ? undefined : 'engine-unknown';
  return engineData === undefined ? undefined : 'engine-unnamed';
}
