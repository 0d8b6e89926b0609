import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventQueue } from '../../src/simulation/event-queue.js';

test('events come soonest first, and in order of arrival within a moment', () => {
  const times = fc.array(fc.nat({ max: 20 }), { maxLength: 200 });
  fc.assert(
    fc.property(times, (due) => {
      const queue = new EventQueue();
      for (const [event, time] of due.entries()) queue.push(time, event);
      const taken = [];
      while (queue.size > 0) taken.push(queue.pop());

      // Sorting is stable: events of one moment stay in order of arrival.
      const expected = [...due.keys()].toSorted((a, b) => due[a] - due[b]);
      expect(taken).toEqual(expected);
    }),
  );
});

test('adding and taking may be mixed', () => {
  const steps = fc.array(fc.option(fc.nat({ max: 50 })), { maxLength: 300 });
  fc.assert(
    fc.property(steps, (times) => {
      const queue = new EventQueue();
      const plain: { time: number; event: number }[] = [];
      for (const [event, time] of times.entries()) {
        if (time !== null) {
          queue.push(time, event);
          plain.push({ time, event });
          plain.sort((a, b) => a.time - b.time || a.event - b.event);
        } else if (plain.length > 0) {
          expect(queue.pop()).toBe(plain.shift()?.event);
        }
        expect(queue.nextTime).toBe(plain[0]?.time ?? Infinity);
        expect(queue.size).toBe(plain.length);
      }
    }),
  );
});

test('a queue grows beyond its first size', () => {
  const queue = new EventQueue();
  for (let event = 5000; event > 0; event--) queue.push(event, event);

  expect(Array.from({ length: 5000 }, () => queue.pop())).toEqual(
    Array.from({ length: 5000 }, (_, index) => index + 1),
  );
});

test('nothing can be taken from an empty queue', () => {
  expect(() => new EventQueue().pop()).toThrow('Cannot take an event: the queue is empty');
});
