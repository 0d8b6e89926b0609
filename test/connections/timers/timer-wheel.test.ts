/** The timer wheel by itself, over a store of entries that are nothing but timers. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntryStore } from '../../../src/connections/entries/entry-store.js';
import { ARMED, EXPIRY, META, TIMEOUT } from '../../../src/connections/entries/record.js';
import { TimerWheel } from '../../../src/connections/timers/timer-wheel.js';
import { LEVEL0 } from '../../../src/connections/timers/wheel-slots.js';

const WINDOW_MS = 256;
const ERA_MS = 0x100000;
const ROUND_MS = 2 ** 32;
const DAY_MS = 86_400_000;
/** How many entries of a level move ahead of time in one call at most. */
const MOST_AHEAD = 64;

interface Timer {
  readonly slot: number;
  due: number;
  armed: number;
  timeoutMs: number;
}

/** A wheel whose timers are noted when they run, and whose work is counted. */
class Subject {
  readonly store = new EntryStore();
  readonly ran: number[] = [];
  readonly wheel = new TimerWheel(this.store, {
    timerDue: (slot) => {
      this.ran.push(slot);
      this.timers.delete(slot);
      this.store.free(slot);
    },
  });
  readonly timers = new Map<number, Timer>();
  private armed = 0;

  constructor(start = 0) {
    this.wheel.skipTo(start);
  }

  add(now: number, timeoutMs: number): Timer {
    // As a table does when it gets its first entry.
    if (this.timers.size === 0) this.wheel.skipTo(now);
    const slot = this.store.allocate(4);
    const timer = { slot, due: now + timeoutMs, armed: ++this.armed, timeoutMs };
    this.timers.set(slot, timer);
    this.store.recordsOf(slot)[this.store.offsetOf(slot) + META] = 0;
    this.write(timer);
    this.wheel.add(slot);
    return timer;
  }

  /** Arms a timer again; the wheel hears of it when it is due earlier only. */
  arm(timer: Timer, now: number, timeoutMs: number): void {
    const before = timer.due | 0;
    Object.assign(timer, { due: now + timeoutMs, armed: ++this.armed, timeoutMs });
    this.write(timer);
    if (this.wheel.isEarlier(timer.due | 0, before)) this.wheel.advanceTimer(timer.slot);
  }

  remove({ slot }: Timer): void {
    this.timers.delete(slot);
    this.wheel.remove(slot);
  }

  /** The timers that are due before a moment, in the order in which they run. */
  dueBefore(moment: number): number[] {
    return [...this.timers.values()]
      .filter(({ due }) => due < moment)
      .toSorted((a, b) => a.due - b.due || a.timeoutMs - b.timeoutMs || b.armed - a.armed)
      .map(({ slot }) => slot);
  }

  /** Compares what the wheel says of its timers. */
  check(): void {
    const { wheel, timers } = this;
    for (const { slot, due } of timers.values()) expect(wheel.dueOf(slot)).toBe(due);
    const earliest = Math.min(...[...timers.values()].map(({ due }) => due));
    // While the wheel is behind the time there is work at once.
    expect(wheel.nextDue()).toBeLessThanOrEqual(Math.max(wheel.cursor, earliest));
    if (timers.size === 0) expect(wheel.run(wheel.cursor, 0)).toBe(true);
  }

  private write({ slot, due, armed, timeoutMs }: Timer): void {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    records[offset + EXPIRY] = due;
    records[offset + TIMEOUT] = timeoutMs;
    records[offset + ARMED] = armed;
  }
}

const starts = fc.oneof(
  fc.constantFrom(0, 255, 256, ERA_MS - 1, 0x8000_0000 - 5, 2 ** 32 - 5, 1.7e12),
  fc.nat({ max: 1.7e12 }),
);
const spans = fc.oneof(
  fc.nat({ max: 20 }),
  fc.nat({ max: 600 }),
  fc.nat({ max: LEVEL0 + 1000 }),
  fc.nat({ max: 3 * ERA_MS }),
  fc.nat({ max: 32 * DAY_MS }),
  fc.constantFrom(0, 1, 255, 256, LEVEL0 - 33, LEVEL0 - 32, LEVEL0, 8190 * 256, 8192 * 256),
);
const actions = fc.array(
  fc.record({
    kind: fc.constantFrom('add', 'add', 'add', 'arm', 'remove', 'run', 'run'),
    which: fc.nat(),
    ms: spans,
  }),
  { minLength: 5, maxLength: 40 },
);

/** Calls of a wheel without timers, which must not go on with what comes next. */
const IDLE_CALLS = 100;
/** Calls that complete what moves ahead of time, so that the wheel knows of moments without work. */
const FEW_CALLS = 12;

describe('timers', () => {
  it('run in order in the first call whose time is later than they are due, however they are armed', () => {
    fc.assert(
      fc.property(
        starts,
        actions,
        fc.constantFrom(1, 2, 7, Infinity),
        fc.boolean(),
        (start, list, budget, small) => {
          const subject = new Subject(start);
          const { wheel, timers } = subject;
          for (let calls = 0; calls < FEW_CALLS; calls++) expect(wheel.run(start, 64)).toBe(true);
          let now = start;
          for (const { kind, which, ms } of list) {
            const chosen = [...timers.values()][which % Math.max(1, timers.size)];
            if (kind === 'add') subject.add(now, ms);
            else if (kind === 'run') {
              now += small ? ms % 90 : ms;
              const expected = subject.dueBefore(now);
              subject.ran.length = 0;
              for (let calls = 0; !wheel.run(now, budget); calls++) {
                expect(subject.ran.length).toBeLessThanOrEqual((calls + 1) * budget);
              }
              expect(subject.ran).toEqual(expected);
              expect(wheel.run(now, budget)).toBe(true);
              expect(wheel.cursor).toBe(now);
            } else if (chosen !== undefined) {
              if (kind === 'arm') subject.arm(chosen, now, ms);
              else subject.remove(chosen);
            }
            subject.check();
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('are all run in the end, and none before its time, when the work is left for later calls', () => {
    const which = fc.nat();
    const partly = {
      adds: fc.array(spans, { maxLength: 12 }),
      arms: fc.array(fc.tuple(which, spans), { maxLength: 4 }),
      removes: fc.array(which, { maxLength: 2 }),
      budget: fc.integer({ min: 0, max: 12 }),
    };
    const jumps = fc.constantFrom(15 * DAY_MS, 18 * DAY_MS, 40 * DAY_MS, 400 * DAY_MS);
    const any = fc.array(fc.record({ ...partly, ms: fc.oneof(spans, jumps) }), {
      minLength: 1,
      maxLength: 8,
    });
    // Far behind the time, and little done in each call.
    const behind = fc
      .tuple(
        fc.record({ ...partly, adds: fc.array(spans, { minLength: 6, maxLength: 12 }), ms: jumps }),
        fc.array(
          fc.record({
            ...partly,
            adds: fc.array(spans, { maxLength: 4 }),
            budget: fc.integer({ min: 1, max: 4 }),
            ms: fc.oneof(fc.nat({ max: 300 }), fc.nat({ max: DAY_MS / 4 })),
          }),
          { minLength: 3, maxLength: 12 },
        ),
      )
      .map(([first, others]) => [{ ...first, budget: 1 }, ...others]);
    fc.assert(
      fc.property(starts, fc.oneof(any, behind), (start, list) => {
        const subject = new Subject(start);
        const { wheel, timers } = subject;
        let now = start;
        for (const { adds, arms, removes, ms, budget } of list) {
          for (const span of adds) subject.add(now, span);
          for (const [which, span] of arms) {
            const chosen = [...timers.values()][which % Math.max(1, timers.size)];
            // A timer whose time is up is about to run.
            if (chosen !== undefined && chosen.due >= now) subject.arm(chosen, now, span);
          }
          for (const which of removes) {
            const chosen = [...timers.values()][which % Math.max(1, timers.size)];
            if (chosen !== undefined) subject.remove(chosen);
          }
          subject.check();
          now += ms;
          const due = new Set(subject.dueBefore(now));
          subject.ran.length = 0;
          const done = wheel.run(now, budget);
          expect(subject.ran.filter((slot) => !due.has(slot))).toEqual([]);
          if (done) expect(subject.ran).toHaveLength(due.size);
          subject.check();
        }
        const due = new Set(subject.dueBefore(now));
        subject.ran.length = 0;
        for (let calls = 0; !wheel.run(now, 3); calls++) expect(calls).toBeLessThan(1000);
        expect(new Set(subject.ran)).toEqual(due);
        subject.check();
      }),
      { numRuns: 400 },
    );
  });

  it('have nothing to do before the moment that the wheel names, and something then', () => {
    fc.assert(
      fc.property(starts, spans, (start, ms) => {
        const subject = new Subject(start);
        const { wheel } = subject;
        const { due } = subject.add(start, ms);
        const next = wheel.nextDue();
        // A moment, or the start of the window or era that has it.
        const windows = Math.floor(due / WINDOW_MS) - Math.floor(start / WINDOW_MS);
        const width = ms < LEVEL0 - 32 ? 1 : windows < 8190 ? WINDOW_MS : ERA_MS;
        expect(next).toBe(Math.max(start, Math.floor(due / width) * width));
      }),
      { numRuns: 400 },
    );
  });
});

describe('timers of a clock that goes back', () => {
  it('wait for the time that the wheel had', () => {
    const subject = new Subject(1000);
    const { wheel, ran } = subject;
    for (let calls = 0; calls < FEW_CALLS; calls++) wheel.run(1000, 64);
    const { slot } = subject.add(1000, 10);
    for (const now of [1005, 900, 0])
      expect([wheel.run(now, 64), wheel.cursor]).toEqual([true, 1005]);
    wheel.run(1011, 64);
    expect(ran).toEqual([slot]);
  });

  it('run at once when their moment has passed, which the wheel still knows', () => {
    const back = fc.integer({ min: 1, max: 16_000_000 });
    const late = fc.record({ ms: spans, back, again: fc.option(back) });
    fc.assert(
      fc.property(starts, fc.array(late, { minLength: 1, maxLength: 10 }), (offset, list) => {
        const start = offset + 20_000_000;
        const subject = new Subject(start);
        const { wheel, timers } = subject;
        for (const { ms, back: lateMs, again } of list) {
          const timer = subject.add(
            again === null ? start - lateMs : start,
            again === null ? 0 : ms,
          );
          expect(wheel.dueOf(timer.slot)).toBe(timer.due);
          wheel.nextDue();
          if (again !== null) subject.arm(timer, start - again, 0);
          expect(wheel.dueOf(timer.slot)).toBe(timer.due);
        }
        wheel.skipTo(start - 1);
        expect([wheel.cursor, wheel.nextDue()]).toEqual([start, start]);
        const slots = [...timers.keys()];
        expect(wheel.run(start, Infinity)).toBe(true);
        expect(subject.ran).toEqual([]);
        expect(wheel.run(start + 1, Infinity)).toBe(true);
        expect(subject.ran.toSorted((a, b) => a - b)).toEqual(slots.toSorted((a, b) => a - b));
      }),
      { numRuns: 200 },
    );
  });
});

describe('timers that are armed while the wheel is far behind the time', () => {
  it('leave alone the timers of the first era of a round', () => {
    const start = ROUND_MS - 31 * DAY_MS;
    const subject = new Subject(start);
    const { wheel, ran } = subject;
    const { slot: first } = subject.add(start, ROUND_MS + 5 - start);
    subject.add(start, 0);
    const behind = start + 18 * DAY_MS;
    expect(wheel.run(behind, 0)).toBe(false);
    subject.add(behind, 5000);
    expect(wheel.run(behind + 5001, Infinity)).toBe(true);
    expect(ran).toHaveLength(2);
    subject.check();
    expect(wheel.run(start + 40 * DAY_MS, Infinity)).toBe(true);
    expect(ran[2]).toBe(first);
  });
});

describe('the work of a call', () => {
  /** The timers that a call moves to another wheel slot. */
  function movedBy({ wheel }: Subject, now: number): number {
    const lists = wheel['lists'];
    const unlink = lists.unlink.bind(lists);
    let moved = 0;
    lists.unlink = (slot): void => {
      moved++;
      unlink(slot);
    };
    wheel.run(now, Infinity);
    lists.unlink = unlink;
    return moved;
  }

  /** A wheel with many timers that are due within one window, and what each call of a millisecond or more does. */
  function busiest(start: number, afterMs: number, stepMs: number): number {
    const subject = new Subject(start - IDLE_CALLS * WINDOW_MS);
    for (let n = IDLE_CALLS; n > 0; n--) subject.wheel.run(start - n * WINDOW_MS, Infinity);
    for (let n = 0; n < 2000; n++) subject.add(start, afterMs + (n % WINDOW_MS));
    let units = 0;
    for (let now = start; subject.timers.size > 0; now += stepMs) {
      units = Math.max(units, movedBy(subject, now));
    }
    return units;
  }

  it('moves few timers ahead of time, so that none is left when their window begins', () => {
    // Also of a wheel that starts late, and so has much to skip.
    for (const start of [IDLE_CALLS * WINDOW_MS, 1.7e12]) {
      expect(busiest(start, 600_000, 500)).toBeLessThanOrEqual(MOST_AHEAD);
      expect(busiest(start, 3 * ERA_MS, 4000)).toBeLessThanOrEqual(MOST_AHEAD);
    }
  });

  it('moves a timer once from each coarse level, whenever the wheel started and however often it is called', () => {
    for (const start of [0, 1.7e12]) {
      for (const [afterMs, most] of [
        [200_000, 0],
        [600_000, 1],
        [4 * ERA_MS, 2],
      ]) {
        const subject = new Subject(start);
        subject.add(start, afterMs);
        let moved = 0;
        for (let now = start; subject.timers.size > 0; now += 1500) moved += movedBy(subject, now);
        expect(moved).toBe(most);
      }
    }
  });

  it('moves no timer of the next era before the second level reaches it', () => {
    const start = 5 * ERA_MS;
    const subject = new Subject(start);
    subject.add(start, 2 * ERA_MS + 7);
    subject.add(start, 3 * ERA_MS - 1);
    const at = (window: number): number => movedBy(subject, 6 * ERA_MS + window * WINDOW_MS);
    expect([at(-1), at(0), at(1), at(2), at(3)]).toEqual([0, 0, 0, 2, 0]);
  });

  it('is at most the budget, but for what moves ahead of time', () => {
    fc.assert(
      fc.property(fc.array(spans, { minLength: 1, maxLength: 60 }), (list) => {
        const subject = new Subject();
        for (const ms of list) subject.add(0, ms);
        const end = Math.max(...list) + 1;
        let calls = 1;
        while (!subject.wheel.run(end, 1)) calls++;
        expect(subject.ran).toHaveLength(list.length);
        // A timer is moved at most twice, collected, and run.
        expect(calls).toBeLessThanOrEqual(4 * list.length + 1);
        expect(calls).toBeGreaterThan(list.length);
      }),
    );
  });
});
