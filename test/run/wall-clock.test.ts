/**
 * The wall clock may jump: an administrator sets it, or NTP does. No rule of a director that runs depends on it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Director } from 'ipvs/director';
import { EngineSync } from '../../src/run/engine/engine-sync.js';
import { DiskJournal } from '../../src/run/engine/journal-files.js';
import { JournalReader } from '../../src/run/engine/journal-reader.js';
import { JournalTail } from '../../src/run/engine/journal-tail.js';
import { udp } from '../director/support/packets.js';

const DAY_MS = 86_400_000;
const SERVICE = '192.0.2.1:53';
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ipvs-wall-clock-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

/** An engine by the system's clock. */
function engineOf(): { director: Director; sync: EngineSync; follower: JournalReader } {
  const path = join(folder, 'journal');
  const files = new DiskJournal(path);
  const made: { sync?: EngineSync; follower?: JournalReader } = {};
  const director = new Director({
    sync: (environment) => {
      made.follower = new JournalReader(environment, new JournalTail(path));
      files.open();
      return (made.sync = new EngineSync(environment, files, () => undefined));
    },
  });
  director.execute(`-A -u ${SERVICE} -s rr`);
  director.execute(`-a -u ${SERVICE} -r 10.0.0.1:53 -m`);
  return { director, ...(made as Required<typeof made>) };
}

it.each([DAY_MS, -DAY_MS])('ends no connection when it jumps by %i ms', (jumpMs) => {
  const { director, sync } = engineOf();
  sync.begin(director.advance());
  director.receive(udp('198.51.100.7:4000', SERVICE));
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + jumpMs });
  director.advance();
  const [{ secondsLeft }] = director.connections();
  expect(secondsLeft).toBeGreaterThan(290);
  expect(secondsLeft).toBeLessThanOrEqual(300);
  director.receive(udp('198.51.100.7:4000', SERVICE));
  expect(director.table.size).toBe(1);
  // Nor in the engine that follows.
  sync.journal.flush();
  const next = engineOf();
  next.follower.catchUp();
  expect(next.director.table.size).toBe(1);
});
