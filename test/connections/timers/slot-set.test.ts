import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { SlotSet } from '../../../src/connections/timers/slot-set.js';

/** Rings of one word of summary, of a whole one, and of several. */
const sizes = fc.constantFrom(1024, 4096, 1 << 15, 1 << 18);
/** Members apart and close to each other. */
const positions = fc.oneof(fc.nat({ max: (1 << 18) - 1 }), fc.nat({ max: 70 }));
const ROUNDS = 3;

/** The distance to the next member, looked for one by one. */
function distanceIn(members: ReadonlySet<number>, size: number, from: number): number {
  const distances = [...members].map((member) => ((member - from - 1 + 2 * size) % size) + 1);
  return members.size === 0 ? 0 : Math.min(...distances);
}

it('a set of wheel slots finds the next member after any position, around the ring if need be', () => {
  fc.assert(
    fc.property(sizes, fc.array(positions, { maxLength: 30 }), (size, list) => {
      const set = new SlotSet(size);
      const members = new Set<number>();
      for (const each of list) {
        const member = each % size;
        // Slots of other levels have numbers above the ring.
        if (members.delete(member)) set.delete(size + member);
        else {
          members.add(member);
          set.add(size + member);
        }
        for (const near of [each - 1, each, each + 1, each + size / 2]) {
          const from = (near + size) % size;
          const distance = distanceIn(members, size, from);
          expect(set.distance(from)).toBe(distance);
          expect(set.distance(from + ROUNDS * size)).toBe(distance);
        }
      }
    }),
    { numRuns: 300 },
  );
});
