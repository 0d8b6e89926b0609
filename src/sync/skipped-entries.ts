/**
 * Which entries of a synchronization message a receiver skips.
 */
import {
  FLAG_NO_CLIENT_PORT,
  FLAG_ONE_PACKET,
  FLAG_TEMPLATE,
} from '../connections/entries/flags.js';
import type { KernelRules } from '../model/kernel-profile.js';
import type { SyncEntry } from './sync-entry.js';

/** What releases of the kernel check in received entries. */
export type SyncRules = Pick<KernelRules, 'checksSyncedFlags' | 'checksSyncedTemplates'>;

/** Why one entry is skipped. */
export type EntryFault =
  | 'option-unknown'
  | 'one-packet'
  | 'template-without-client-port'
  | 'protocol-unknown'
  | 'state-unknown'
  | 'engine-unknown'
  | 'engine-unnamed';

/** How many states each protocol has, by its number in the IP header: TCP, UDP, SCTP, ESP, AH. */
const STATES: Readonly<Record<number, number>> = { 6: 11, 17: 1, 132: 14, 50: 1, 51: 1 };
const TEMPLATE_STATES = 2;

/**
 * Finds what makes a receiver skip an entry.
 *
 * @param entry - The entry.
 * @param engines - The names of the persistence engines that the receiver has.
 * @param rules - What the receiver's kernel checks.
 * @returns The fault; `undefined` = none.
 */
export function faultOfEntry(
  entry: SyncEntry,
  engines: ReadonlySet<string>,
  rules: SyncRules,
): EntryFault | undefined {
  const { flags, engineName, engineData } = entry;
  const isTemplate = (flags & FLAG_TEMPLATE) !== 0;
  if (rules.checksSyncedFlags && (flags & FLAG_ONE_PACKET) !== 0) return 'one-packet';
  if (isTemplate && rules.checksSyncedFlags && (flags & FLAG_NO_CLIENT_PORT) !== 0) {
    return 'template-without-client-port';
  }
  if (isTemplate) {
    if (rules.checksSyncedTemplates && entry.state >= TEMPLATE_STATES) return 'state-unknown';
  } else {
    const states: number | undefined = STATES[entry.key.protocol];
    if (states === undefined) return 'protocol-unknown';
    if (entry.state >= states) return 'state-unknown';
  }
  if (engineName !== undefined) return engines.has(engineName) ? undefined : 'engine-unknown';
  return engineData === undefined ? undefined : 'engine-unnamed';
}
