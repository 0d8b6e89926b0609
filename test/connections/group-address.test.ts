import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GroupAddress } from '../../src/connections/group-address.js';

const hashes = fc.array(fc.integer(), { minLength: 1, maxLength: 200 });

describe('GroupAddress', () => {
  it('moves an entry only out of the groups that are split, and only to where a full address tells', () => {
    fc.assert(
      fc.property(hashes, (list) => {
        const address = new GroupAddress();
        let places = list.map((hash) => address.of(hash));
        for (let step = 0; step < 300; step++) {
          const { splitting, splittingGroups, stride, count } = address;
          const split = Array.from({ length: splittingGroups }, (_, i) => splitting + i * stride);
          address.grow();
          const after = list.map((hash) => address.of(hash));
          after.forEach((place, i) => {
            if (place !== places[i]) expect(split).toContain(places[i]);
            expect(place).toBeLessThanOrEqual(count);
          });
          places = after;
        }
      }),
      { numRuns: 30 },
    );
  });

  it('never has a group more than twice as full as the average, by far', () => {
    const address = new GroupAddress();
    while (address.count < 1000) address.grow();
    for (; address.count < 2100; address.grow()) {
      if (address.count % 100 !== 0) continue;
      const counts = new Int32Array(address.count);
      for (let i = 0; i < 200_000; i++) counts[address.of(Math.imul(i, 0x9e3779b1) ^ (i >> 3))]++;
      const mean = 200_000 / address.count;
      expect(Math.max(...counts) / mean).toBeLessThan(2);
    }
  });
});
