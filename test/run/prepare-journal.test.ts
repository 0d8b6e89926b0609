/**
 * Which journal a start takes up: one of a director that worked until lately, whatever the wall clock says.
 */
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { prepareJournal } from '../../src/run/prepare-journal.js';
import { runFiles } from '../../src/run/run-files.js';
import { machineTime, WorkRecord } from '../../src/run/work-record.js';

const DAY_SECONDS = 86_400;
const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ipvs-prepare-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Whether the journal of a director is taken up. */
function isTakenUp(
  change: { seconds?: number; boot?: string; uid?: number; wallSeconds?: number },
  hasRecord = true,
): boolean {
  const files = runFiles(folder);
  const now = machineTime();
  prepareJournal(files, user, now);
  writeFileSync(files.journal, 'entries');
  const { seconds = 0, boot = now.boot, uid = user.uid, wallSeconds = 0 } = change;
  const wall = Date.now() / 1000 - wallSeconds;
  utimesSync(files.journal, wall, wall);
  rmSync(files.worked, { force: true });
  if (hasRecord) new WorkRecord(files.worked).note({ boot, seconds: now.seconds - seconds });
  prepareJournal(files, { ...user, uid }, now);
  return existsSync(files.journal);
}

it.each([DAY_SECONDS, -DAY_SECONDS])(
  'takes it up when the wall clock was set by %i s meanwhile',
  (wallSeconds) => expect(isTakenUp({ wallSeconds, seconds: 60 })).toBe(true),
);

it('takes it up for 15 minutes, and forgets it then', () => {
  expect(isTakenUp({ seconds: 899 })).toBe(true);
  expect(isTakenUp({ seconds: 901 })).toBe(false);
});

it('forgets it after a start of the machine', () => {
  expect(isTakenUp({ boot: 'of another start' })).toBe(false);
  // Where the machine has no name for a start, its time begins again.
  expect(isTakenUp({ seconds: -60 })).toBe(false);
});

it('forgets that of another user, and one without a record', () => {
  expect(isTakenUp({ uid: user.uid + 1 })).toBe(false);
  expect(isTakenUp({}, false)).toBe(false);
});

it('has the last moment when it ends', () => {
  const { worked } = runFiles(folder);
  const record = new WorkRecord(worked);
  record.note({ boot: 'x', seconds: 0 });
  record.close();
  expect(existsSync(worked)).toBe(true);
  const files = runFiles(folder);
  prepareJournal(files, user);
  writeFileSync(files.journal, 'entries');
  prepareJournal(files, user);
  expect(existsSync(files.journal)).toBe(true);
});
