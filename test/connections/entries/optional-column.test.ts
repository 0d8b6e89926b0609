import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { OptionalColumn } from '../../../src/connections/entries/optional-column.js';

const slots = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 200_000 }));

it('holds what was set, 0 elsewhere, and takes memory for what was set only', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(slots, fc.integer())), fc.array(slots), (values, others) => {
      const column = new OptionalColumn();
      expect(column.bytes).toBe(0);
      for (const [slot, value] of values) column.set(slot, value);
      const model = new Map(values);
      for (const slot of [...model.keys(), ...others]) {
        expect(column.get(slot)).toBe(model.get(slot) ?? 0);
      }
      expect([...model.keys()].every((slot) => column.has(slot))).toBe(true);
      const chunks = new Set([...model.keys()].map((slot) => slot >> 15)).size;
      expect(column.bytes).toBeLessThanOrEqual(chunks * (1 << 17));
    }),
  );
});
