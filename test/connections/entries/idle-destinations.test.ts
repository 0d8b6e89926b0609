import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { IdleDestinations } from '../../../src/connections/entries/idle-destinations.js';

const CAPACITY = 64;

/** Which destination leaves: those that became idle again since are not due yet at their earlier turn. */
class Model {
  private readonly turns: (number | undefined)[] = [];

  add(number: number): number {
    this.turns.forEach((each, turn) => {
      if (each === number) this.turns[turn] = undefined;
    });
    this.turns.push(number);
    const oldest = this.turns.length - 1 - CAPACITY;
    return oldest < 0 ? -1 : this.leave(oldest);
  }

  take(): number {
    const oldest = this.turns.findIndex((each) => each !== undefined);
    return oldest < 0 ? -1 : this.leave(oldest);
  }

  private leave(turn: number): number {
    const number = this.turns[turn] ?? -1;
    this.turns[turn] = undefined;
    return number;
  }
}

it('the destination that is idle for the longest time leaves first, once 64 others are idle', () => {
  const numbers = fc.oneof(fc.nat({ max: 10 }), fc.nat({ max: 200 }), fc.constant(-1));
  fc.assert(
    fc.property(fc.array(numbers, { minLength: 100, maxLength: 300 }), (list) => {
      const idle = new IdleDestinations();
      const model = new Model();
      for (const number of list) {
        if (number < 0) expect(idle.take()).toBe(model.take());
        else expect(idle.add(number)).toBe(model.add(number));
      }
      for (let left = 0; left <= CAPACITY; left++) expect(idle.take()).toBe(model.take());
      expect(idle.take()).toBe(-1);
    }),
    { numRuns: 200 },
  );
});
