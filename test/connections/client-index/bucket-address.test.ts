import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BucketAddress } from '../../../src/connections/client-index/bucket-address.js';

const hashes = fc.array(fc.integer(), { minLength: 1, maxLength: 200 });

describe('BucketAddress', () => {
  it('moves entries only from the bucket that is split to the new one', () => {
    fc.assert(
      fc.property(hashes, (list) => {
        const address = new BucketAddress();
        let buckets = list.map((hash) => address.of(hash));
        for (let step = 0; step < 300; step++) {
          const { splitting, count } = address;
          address.grow();
          const after = list.map((hash) => address.of(hash));
          after.forEach((bucket, i) => {
            if (bucket !== buckets[i]) expect([buckets[i], bucket]).toEqual([splitting, count]);
          });
          buckets = after;
        }
      }),
      { numRuns: 30 },
    );
  });

  it('never has a bucket much more than twice as full as the average', () => {
    const address = new BucketAddress();
    while (address.count < 1000) address.grow();
    for (; address.count < 2100; address.grow()) {
      if (address.count % 100 !== 0) continue;
      const counts = new Int32Array(address.count);
      for (let i = 0; i < 200_000; i++) counts[address.of(Math.imul(i, 0x9e3779b1) ^ (i >> 3))]++;
      const mean = 200_000 / address.count;
      expect(Math.max(...counts) / mean).toBeLessThan(2.6);
    }
  });
});
