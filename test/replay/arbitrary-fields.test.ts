import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { maskArbitraryFields } from './arbitrary-fields.js';
import { encodePacket } from '../../src/wire/index.js';

const ETHERNET = 14;
const TIMESTAMP = 68;

/** Options in front of a timestamp: none, no-operations, or a record route. */
const before = fc.constantFrom([], [1], [1, 1, 1], [7, 3, 4, 1], [148, 4, 0, 0]);

function frameOf(options: readonly number[], payload: Uint8Array = new Uint8Array(4)): Uint8Array {
  const padded = Uint8Array.from({ length: (options.length + 3) & ~3 }, (_, i) => options[i] ?? 0);
  const frame = encodePacket(
    {
      source: '198.51.100.1',
      destination: '10.0.0.1',
      options: padded,
      transport: { type: 'udp', sourcePort: 40_000, destinationPort: 6080 },
      payload,
    },
    ETHERNET,
  );
  frame[12] = 0x08;
  return frame;
}

function masked(frame: Uint8Array, isTunnel = false): string {
  return Buffer.from(maskArbitraryFields(frame, () => isTunnel)).toString('hex');
}

test('a timestamp makes no difference wherever it stands among the options', () => {
  const time = fc.uint8Array({ minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(before, time, time, (front, one, other) => {
      const withTime = (at: Uint8Array): Uint8Array =>
        frameOf([...front, TIMESTAMP, 12, 13, 0, ...at]);

      expect(masked(withTime(one))).toBe(masked(withTime(other)));
    }),
  );
});

test('other options do make one', () => {
  const route = (last: number): Uint8Array => frameOf([7, 7, 8, 10, 0, 0, last]);

  expect(masked(route(1))).not.toBe(masked(route(2)));
});

test('a timestamp behind a GUE header of any length makes no difference', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3 }), fc.nat(255), (words, time) => {
      const inside = (last: number): Uint8Array => {
        const inner = frameOf([TIMESTAMP, 8, 9, 0, 0, 0, 0, last]).subarray(ETHERNET);
        return frameOf([], Uint8Array.of(words, 4, 0, 0, ...new Uint8Array(4 * words), ...inner));
      };

      // The outer checksum covers the option, so that only whether it is right is compared.
      expect(masked(inside(time), true)).toBe(masked(inside(0), true));
    }),
  );
});

test('options that are damaged are left alone', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (options) => {
      const frame = frameOf([...options].slice(0, options.length & ~3));

      expect(maskArbitraryFields(frame, () => false)).toBe(frame);
    }),
  );
});
