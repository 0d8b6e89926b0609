/** Entries that leave a large table: their timers are unlinked, and their slots freed, some together. */
import { describe, expect, it } from 'vitest';
import { ConnectionTable } from '../../../src/connections/connection-table.js';
import { randomBelow, seededRandom } from '../../../src/random.js';
import { clientKey, oneServer } from '../support/fixtures.js';

/** So many that leaving entries are queued. */
const ENTRIES = 70_000;
const LONGEST_MS = 15_000;

/** A table, and when each of its entries is due by a model of it. */
class Large {
  readonly table = new ConnectionTable({ seed: 5 });
  readonly due = new Map<number, number>();
  now = 0;
  private client = 0;
  private readonly server = oneServer();

  insert(timeoutMs: number): void {
    const initial = { state: 0, active: true, timeoutMs };
    const key = clientKey(this.client++);
    const slot = this.table.insert(key, this.now, this.server, 80, 0, 0, initial);
    if (this.due.has(slot)) throw new Error(`slot ${slot} is in use`);
    this.due.set(slot, this.now + timeoutMs);
  }

  remove(slot: number): void {
    const { observer } = this.table;
    this.table.observer = {};
    this.table.remove(slot);
    this.table.observer = observer;
    this.due.delete(slot);
  }

  /** Entries that end must be those that are due. */
  advance(now: number, ended: (slot: number) => void): void {
    this.now = now;
    this.table.observer = { connectionRemoved: ended };
    this.table.advance(now);
  }
}

function large(): Large {
  const subject = new Large();
  // Neighbors in a list are neighbors in time.
  for (let n = 0; n < ENTRIES; n++) subject.insert(1 + Math.floor((n * LONGEST_MS) / ENTRIES));
  return subject;
}

describe('entries that leave a large table', () => {
  it('are not run, whether or not their neighbors leave as well, and their slots are used again', () => {
    const random = seededRandom(3);
    const subject = large();
    const { table, due } = subject;
    let wrong = 0;
    const end = (slot: number): void => {
      if ((due.get(slot) ?? Infinity) >= subject.now) wrong++;
      due.delete(slot);
      // An observer may remove others, which may be due as well.
      const [other] = due.keys();
      if (other !== undefined && randomBelow(random, 8) === 0) subject.remove(other);
    };
    for (let round = 0; due.size > 0; round++) {
      const oldest = due.keys();
      const some = Array.from({ length: 200 }, () => oldest.next().value ?? -1);
      const leaving = some.filter((slot) => slot >= 0 && randomBelow(random, 4) === 0);
      for (const slot of leaving) {
        subject.remove(slot);
        if (round < 100 && randomBelow(random, 3) === 0) subject.insert(randomBelow(random, 400));
      }
      subject.advance(subject.now + 1 + randomBelow(random, 400), end);
      expect(wrong).toBe(0);
      expect(table.size).toBe(due.size);
    }
    expect(table.nextDueMs()).toBe(Infinity);
  });
});
