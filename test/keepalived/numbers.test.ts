/** Numbers at the ends of their ranges, and addresses that a service waits for. */
import { expect, it } from 'vitest';
import { readSeconds, readSignedInteger } from '../../src/keepalived/numbers.js';
import { Suspension } from '../../src/keepalived/machine/suspension.js';

const RULES = { tolerant: true, microseconds: true, prefix: '' };
const LEAST = -2_147_483_648;

it('a signed number is read from the least to the greatest of 32 bits, and no farther', () => {
  const read = (text: string): unknown => readSignedInteger(text, LEAST, -1 - LEAST);
  for (const text of ['-2147483648', '2147483647', '+7', ' -1', '']) {
    expect(read(text)).toEqual({ value: Number(text), faults: [] });
  }
  for (const text of ['-2147483649', '2147483648']) {
    const faults = [`number '${text}' outside integer range`];
    expect(read(text)).toEqual({ value: undefined, faults });
  }
  expect(readSignedInteger('-255', -254, 254).faults).toEqual([
    `number '-255' outside range [-254, 254]`,
  ]);
});

it('a time has six decimal places at most; a longer one is rounded, and reported', () => {
  const read = (text: string): unknown => readSeconds(text, 0, 100, RULES);
  expect(read('1.234567')).toEqual({ value: 1.234567, faults: [] });
  expect(read('1.2345678')).toEqual({
    value: 1.234568,
    faults: [`number '1.2345678' has too many decimal places`],
  });
});

it('an address that comes or leaves is news once', () => {
  const suspension = new Suspension();
  const news = [false, true, true, false, false, true].map((present) =>
    suspension.setAddress('192.0.2.1', present),
  );
  expect(news).toEqual([false, true, false, true, false, true]);
  expect(suspension.setAddress('192.0.2.2', true)).toBe(true);
});
