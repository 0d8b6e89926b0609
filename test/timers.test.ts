import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../src/clock.js';
import { ManualTimers, MAX_DELAY_MS, systemTimers } from '../src/timers.js';

describe('manual timers', () => {
  it('run in the order of their due times, equal ones in the order in which they were armed', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), (delays) => {
        const timers = new ManualTimers();
        const ran: [number, number][] = [];
        for (const [index, delay] of delays.entries()) {
          timers.after(delay, () => ran.push([timers.now(), index]));
        }
        timers.advance(20);
        const expected = delays
          .map((delay, index): [number, number] => [delay, index])
          .toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
        expect(ran).toEqual(expected);
      }),
    );
  });

  it('run a timer that a timer armed, when it falls due within the same advance', () => {
    const timers = new ManualTimers();
    const ran: number[] = [];
    const again = (): void => {
      ran.push(timers.now());
      timers.after(10, again);
    };
    timers.after(10, again);
    timers.advance(35);
    expect(ran).toEqual([10, 20, 30]);
  });

  it('do not run a cancelled timer', () => {
    const timers = new ManualTimers();
    let ran = false;
    const cancel = timers.after(1, () => (ran = true));
    cancel();
    cancel();
    timers.advance(10);
    expect(ran).toBe(false);
  });

  it('move the clock they were given, and tell when the next one is due', () => {
    const clock = new ManualClock(1000);
    const timers = new ManualTimers(clock);
    expect(timers.nextMs).toBeUndefined();
    timers.after(50, () => {});
    expect(timers.nextMs).toBe(1050);
    timers.advance(20);
    expect(clock.now()).toBe(1020);
  });

  it('run late timers at the present time when the clock was moved by somebody else', () => {
    const clock = new ManualClock();
    const timers = new ManualTimers(clock);
    const ran: number[] = [];
    timers.after(5, () => ran.push(timers.now()));
    clock.set(30);
    timers.advance(0);
    expect(ran).toEqual([30]);
  });

  it('refuse to go back', () => {
    expect(() => new ManualTimers().advance(-1)).toThrow(RangeError);
  });
});

describe.each([
  ['manual', new ManualTimers()],
  ['system', systemTimers],
])('%s timers', (_, timers) => {
  it.each([-1, Number.NaN, MAX_DELAY_MS + 1])('refuse a delay of %s', (delay) => {
    expect(() => timers.after(delay, () => {})).toThrow(RangeError);
  });
});

describe('system timers', () => {
  it('call back after the delay, by their own clock', async () => {
    const began = systemTimers.now();
    await new Promise<void>((resolve) => void systemTimers.after(5.5, resolve));
    expect(systemTimers.now() - began).toBeGreaterThanOrEqual(5);
  });

  it('do not call back once cancelled', async () => {
    let ran = false;
    const cancel = systemTimers.after(1, () => (ran = true));
    cancel();
    await new Promise<void>((resolve) => void systemTimers.after(5, resolve));
    expect(ran).toBe(false);
  });
});
