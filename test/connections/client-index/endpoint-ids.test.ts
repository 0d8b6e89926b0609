import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EndpointNumbers,
  MOST_NUMBERS,
} from '../../../src/connections/client-index/endpoint-ids.js';

/** Endpoint number n: few protocols and ports, so that buckets are shared. */
function endpoint(n: number): [protocol: number, address: number, port: number] {
  return [n % 2 === 0 ? 6 : 17, 0x0a000001 + Math.imul(n >> 2, 64), n & 2 ? 53 : 65_535];
}

const steps = fc.array(
  fc.record({ n: fc.integer({ min: 0, max: 2 * MOST_NUMBERS }), take: fc.boolean() }),
  { maxLength: 400 },
);

describe('the numbers of endpoints', () => {
  it('stand for one endpoint each as long as they are used, and are given while there are any', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const numbers = new EndpointNumbers();
        const model = new Map<number, { number: number; uses: number }>();
        for (const { n, take } of list) {
          const held = model.get(n) ?? { number: 0, uses: 0 };
          if (take) {
            const number = numbers.take(...endpoint(n));
            expect(number === 0).toBe(held.uses === 0 && model.size === MOST_NUMBERS);
            if (held.uses > 0) expect(number).toBe(held.number);
            if (number !== 0) model.set(n, { number, uses: held.uses + 1 });
          } else if (held.uses > 0) {
            numbers.release(held.number);
            if (held.uses === 1) model.delete(n);
            else model.set(n, { number: held.number, uses: held.uses - 1 });
          }
          const used = [...model.values()].map(({ number }) => number);
          expect(new Set(used).size).toBe(used.length);
        }
        for (const [n, { number }] of model) {
          expect(numbers.isOf(number, ...endpoint(n))).toBe(true);
          expect(numbers.isOf(number, ...endpoint(n + 1))).toBe(false);
          expect(numbers.protocolOf(number)).toBe(endpoint(n)[0]);
        }
      }),
    );
  });

  it('are gone with their last use', () => {
    const numbers = new EndpointNumbers();
    const number = numbers.take(...endpoint(1));
    numbers.release(number);
    expect(numbers.isOf(number, ...endpoint(1))).toBe(false);
  });

  it('leave 0 to no endpoint', () => {
    const numbers = new EndpointNumbers();
    fc.assert(
      fc.property(
        fc.nat({ max: 255 }),
        fc.constantFrom(-1, 0, 1),
        fc.constantFrom(0, 1, 65_535),
        (protocol, address, port) => {
          expect(numbers.isOf(0, protocol, address, port)).toBe(false);
        },
      ),
    );
  });

  it('count the lowest 16 bits of a port only, so that both ports of a packet may come as one word', () => {
    const numbers = new EndpointNumbers();
    const [protocol, address, port] = endpoint(1);
    const number = numbers.take(protocol, address, port);
    expect(numbers.isOf(number, protocol, address, (1234 << 16) | port)).toBe(true);
  });
});
