import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManualClock, systemClock } from '../src/clock.js';

test('a manual clock stands still until it is moved', () => {
  const clock = new ManualClock();
  expect([clock.now(), clock.now()]).toEqual([0, 0]);
  expect(new ManualClock(7).now()).toBe(7);
});

test('a manual clock is moved by spans and to moments', () => {
  const property = fc.property(fc.nat(), fc.array(fc.nat()), (start, spans) => {
    const clock = new ManualClock(start);
    let expected = start;
    for (const span of spans) {
      expected += span;
      expect(clock.advance(span)).toBe(expected);
      expect(clock.set(expected)).toBe(expected);
      expect(clock.now()).toBe(expected);
    }
  });
  fc.assert(property);
});

test.each([-1, Number.NaN])('a manual clock never goes back: %d', (span) => {
  const clock = new ManualClock(10);
  const message = `Cannot set the clock: expected 10 ms or later, got ${10 + span}`;
  expect(() => clock.advance(span)).toThrow(new RangeError(message));
  expect(() => clock.set(10 + span)).toThrow(new RangeError(message));
  expect(clock.now()).toBe(10);
});

test('the system clock does not go back', () => {
  const before = systemClock.now();
  expect(before).toBeGreaterThan(0);
  expect(systemClock.now()).toBeGreaterThanOrEqual(before);
});
