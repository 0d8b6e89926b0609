/**
 * What a start does with the journal that it finds.
 */
import { chmodSync, chownSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import type { RunFiles } from './run-files.js';
import type { UserSettings } from './settings.js';
import { type MachineTime, machineTime, secondsSinceWork } from './work-record.js';

/** An older journal is of another time: its connections are over. */
const JOURNAL_SECONDS = 900;

/**
 * Makes the folder of the engines' user. A journal of a director that has not worked for 15 minutes, or of another
 * user, is forgotten.
 *
 * @param files - Where they are.
 * @param user - The user that engines run as.
 * @param now - The present moment; default: now.
 */
export function prepareJournal(
  { engine, journal, worked }: RunFiles,
  { uid, gid }: UserSettings,
  now: MachineTime = machineTime(),
): void {
  mkdirSync(engine, { recursive: true });
  chmodSync(engine, 0o700);
  chownSync(engine, uid, gid);
  const found = lstatSync(journal, { throwIfNoEntry: false });
  if (found === undefined) return;
  const isOld = secondsSinceWork(worked, now) > JOURNAL_SECONDS;
  if (isOld || found.uid !== uid || !found.isFile()) rmSync(journal, { recursive: true });
}
