import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { PortPermutation } from '../../../src/connections/client-index/port-permutation.js';
import { seededRandom } from '../../../src/random.js';

/** Words as a hash function draws them; `spread` 0 makes them all the same. */
function drawn(seed: number, spread: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: 512 }, () => 0x5a5a + Math.floor(random() * spread));
}

const ports = fc.integer({ min: 0, max: 65_535 });

it('gives each port an image of its own, which leads back to it, whatever was drawn', () => {
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(0, 2, 0x1_0000_0000), (seed, spread) => {
      const permutation = new PortPermutation(drawn(seed, spread));
      const images = new Set<number>();
      for (let port = 0; port < 65_536; port++) {
        const image = permutation.imageOf(port);
        if (permutation.portOf(image) !== port) throw new Error(`port ${port}, image ${image}`);
        images.add(image);
      }
      expect(images.size).toBe(65_536);
    }),
    { numRuns: 10 },
  );
});

it('is linear over bits', () => {
  fc.assert(
    fc.property(fc.integer(), ports, ports, (seed, one, other) => {
      const permutation = new PortPermutation(drawn(seed, 0x1_0000_0000));
      const image = permutation.imageOf(one) ^ permutation.imageOf(other);
      expect(permutation.imageOf(one ^ other)).toBe(image);
    }),
    { numRuns: 30 },
  );
});

it('is another for another draw', () => {
  const images = [1, 2].map((seed) => new PortPermutation(drawn(seed, 0x1_0000_0000)).imageOf(80));
  expect(images[0]).not.toBe(images[1]);
});

it('gives each port an image of its own, also when few of the drawn words are independent', () => {
  const word = fc.integer({ min: 0, max: 0xffff });
  const dependent = fc
    .tuple(fc.array(word, { minLength: 1, maxLength: 16 }), fc.array(word, { maxLength: 40 }))
    .map(([basis, choices]) =>
      choices.map((choice) =>
        basis.reduce((sum, each, at) => sum ^ (each * ((choice >> at) & 1)), 0),
      ),
    );
  fc.assert(
    fc.property(dependent, fc.array(ports, { minLength: 1 }), (list, some) => {
      const permutation = new PortPermutation(list);
      for (const port of some) expect(permutation.portOf(permutation.imageOf(port))).toBe(port);
      const first = list.map((each) => each & 0xffff).find((each) => each !== 0);
      // The first word that can be an image is one.
      if (first !== undefined) expect(permutation.imageOf(1)).toBe(first);
    }),
    { numRuns: 300 },
  );
});
