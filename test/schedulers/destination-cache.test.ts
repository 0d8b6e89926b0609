import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IpAddress } from '../../src/ip-address.js';
import { type KernelRelease, kernelRules } from '../../src/model/kernel-profile.js';
import { type CacheEntry, DestinationCache } from '../../src/schedulers/destination-cache.js';
import { hash32 } from '../support/reference/address.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const MOST = 24_576;
const FULL = 16_384;

/** A cache made at moment 0 that writes down what it drops. */
function newCache(
  expiryMs = DAY_MS,
  kernel?: KernelRelease,
): { cache: DestinationCache<number>; dropped: number[] } {
  const dropped: number[] = [];
  const cache = new DestinationCache<number>(
    0,
    () => expiryMs,
    (choice) => dropped.push(choice),
    kernelRules(kernel),
  );
  return { cache, dropped };
}

function address(number: number): IpAddress {
  return IpAddress.fromIpv4(0x0a000000 + number);
}

function bucketOf(number: number): number {
  return hash32(0x0a000000 + number, 10);
}

function fill(cache: DestinationCache<number>, count: number, now: number, first = 0): void {
  for (let number = first; number < first + count; number++)
    cache.add(address(number), number, now);
}

function choices(cache: DestinationCache<number>): number[] {
  return [...cache].map(({ choice }) => choice).toSorted((a, b) => a - b);
}

describe('a destination', () => {
  test('is found by its whole address', () => {
    const { cache } = newCache();
    const one = IpAddress.parse('2001:db8::1');
    // The words of this one are others, but fold to the same number.
    const other = IpAddress.parse('::2001:db9');
    cache.add(one, 1, 0);
    expect(cache.use(other, 0)).toBeUndefined();
    cache.add(other, 2, 0);
    expect([cache.use(one, 0)?.choice, cache.use(other, 0)?.choice]).toEqual([1, 2]);
  });

  test('moves to another choice, and its chain keeps the others', () => {
    const { cache, dropped } = newCache();
    const all = ['::1', '1::', '0:1::', '::1:0', '0:0:0:1::'].map((text) => IpAddress.parse(text));
    for (const [choice, each] of all.entries()) cache.add(each, choice, 0);
    const entry = cache.use(all[1], 0);
    if (entry !== undefined) cache.move(entry, 9, 5);
    expect([dropped, entry?.lastUse]).toEqual([[1], 5]);
    expect(all.map((each) => cache.use(each, 5)?.choice)).toEqual([0, 9, 2, 3, 4]);
  });

  test('has no room beside 24576 others, but may move when it is one of them', () => {
    const { cache } = newCache();
    fill(cache, MOST - 1, 0);
    expect(cache.add(address(30_000), 1, 0)).toBe(true);
    expect(cache.add(address(30_001), 1, 0)).toBe(false);
    const entry = cache.use(address(5), 0);
    if (entry !== undefined) cache.move(entry, 2, 0);
    expect(cache.use(address(5), 0)?.choice).toBe(2);
    expect(cache.add(address(30_001), 1, 0)).toBe(false);
  });
});

test('has room for any number before 6.1.191', () => {
  const { cache } = newCache(DAY_MS, '6.1.176');
  fill(cache, MOST, 0);
  expect(cache.add(address(30_000), 1, 0)).toBe(true);
});

describe('a destination that moves', () => {
  /** A cache of some entries, one of which has moved some times. */
  function moved(count: number, times: number, kernel: KernelRelease): ReturnType<typeof newCache> {
    const made = newCache(DAY_MS, kernel);
    fill(made.cache, count, 0);
    const entry = made.cache.use(address(0), 0) as CacheEntry<number>;
    for (let n = 0; n < times; n++) made.cache.move(entry, 0, 0);
    made.dropped.length = 0;
    return made;
  }

  test('is counted once more each time before 6.1.191, and once since', () => {
    expect(moved(5, 3, '6.1.176').cache.checkState).toMatchObject({ drift: 3 });
    expect(moved(5, 0, '6.1.176').cache.checkState).not.toHaveProperty('drift');
    expect(moved(5, 3, '6.1.192').cache.checkState).not.toHaveProperty('drift');
  });

  test.each([
    [5, 0],
    [6, 1],
    [35, 40],
  ])('%d times in a cache of five less than 16384 makes room for %d', (times, least) => {
    const { cache, dropped } = moved(FULL - 5, times, '6.1.176');
    cache.use(address(40_000), 6 * MINUTE_MS);
    expect(dropped.length).toBeGreaterThanOrEqual(least);
    expect(dropped.length).toBeLessThanOrEqual(least === 0 ? 0 : least + 64);
  });

  test('counts on after the checks were read back', () => {
    const { cache, dropped } = moved(100, 0, '6.1.176');
    cache.restoreChecks({ nextCheck: 6 * MINUTE_MS, checks: 1, lastBucket: 0, drift: FULL }, 0);
    expect(cache.checkState).toMatchObject({ drift: FULL });
    cache.use(address(40_000), 6 * MINUTE_MS);
    expect(dropped.length).toBeGreaterThanOrEqual(90);
  });

  test('stops the count to the thirtieth check, however many are made at once', () => {
    const { cache } = moved(1, FULL + 1, '6.1.176');
    cache.use(address(40_000), 6 * MINUTE_MS);
    expect([...cache]).toEqual([]);
    cache.use(address(40_000), 50 * MINUTE_MS);
    expect(cache.checkState.checks).toBe(1);
  });
});

test('forgetting everything lets go of every choice, and leaves room', () => {
  const { cache, dropped } = newCache();
  fill(cache, MOST, 0);
  cache.clear();
  expect(dropped).toHaveLength(MOST);
  expect(choices(cache)).toEqual([]);
  expect(cache.add(address(1), 1, 0)).toBe(true);
});

describe('every thirtieth check', () => {
  test.each([
    ['keeps what was used a moment less than the expiry ago', 1, [7]],
    ['drops what was not used for the expiry', 0, []],
  ])('%s', (_, used, left) => {
    const { cache } = newCache(30 * MINUTE_MS);
    cache.add(address(7), 7, used);
    cache.use(address(1), 30 * MINUTE_MS);
    expect(choices(cache)).toEqual(left);
  });

  test('is the only one that does', () => {
    const { cache } = newCache(0);
    cache.add(address(7), 7, 0);
    cache.use(address(1), 30 * MINUTE_MS - 1);
    expect(choices(cache)).toEqual([7]);
    expect(cache.checkState).toEqual({ nextCheck: 30 * MINUTE_MS, checks: 30, lastBucket: 0 });
    cache.use(address(1), 30 * MINUTE_MS);
    expect(choices(cache)).toEqual([]);
    expect(cache.checkState).toEqual({ nextCheck: 31 * MINUTE_MS, checks: 1, lastBucket: 0 });
  });

  test('is made at its own moment, however late it is noticed', () => {
    const { cache } = newCache(45 * MINUTE_MS);
    cache.add(address(7), 7, 20 * MINUTE_MS);
    // At 60 minutes it was used 40 minutes ago, at 90 minutes 70 minutes ago.
    expect(cache.use(address(7), 89 * MINUTE_MS)?.choice).toBe(7);
    expect(cache.use(address(7), 200 * MINUTE_MS)).toBeUndefined();
  });

  test.each([0, 1, 29, 30, 31, 1000])(
    'is counted also when %d checks met an empty cache',
    (count) => {
      const { cache } = newCache();
      cache.use(address(1), count * MINUTE_MS);
      const nextCheck = (count + 1) * MINUTE_MS;
      expect(cache.checkState).toEqual({ nextCheck, checks: (count % 30) + 1, lastBucket: 0 });
    },
  );
});

describe('any other check', () => {
  const used = 0;
  const sixMinutes = 6 * MINUTE_MS;

  test('drops nothing while there are no more than 16384', () => {
    const { cache } = newCache();
    fill(cache, FULL, used);
    cache.use(address(1), 12 * MINUTE_MS);
    expect(choices(cache)).toHaveLength(FULL);
    expect(cache.checkState.checks).toBe(13);
  });

  test('drops whole buckets, from the one after the last visited, until there is room', () => {
    const { cache, dropped } = newCache();
    fill(cache, FULL + 30, used);
    cache.use(address(40_000), sixMinutes);
    // A third more than there are too many; a bucket has about sixteen.
    const inBuckets = (from: number, to: number): number =>
      dropped.filter((number) => bucketOf(number) >= from && bucketOf(number) <= to).length;
    const { lastBucket } = cache.checkState;
    expect(lastBucket).toBeGreaterThan(1);
    expect(inBuckets(1, lastBucket)).toBe(dropped.length);
    expect(dropped.length).toBeGreaterThanOrEqual(40);
    expect(inBuckets(1, lastBucket - 1)).toBeLessThan(40);
    expect(
      choices(cache).some((number) => bucketOf(number) <= lastBucket && bucketOf(number) > 0),
    ).toBe(false);
  });

  test('goes on where the last one ended, around the end', () => {
    const { cache, dropped } = newCache();
    cache.restoreChecks({ nextCheck: sixMinutes, checks: 1, lastBucket: 1022 }, 0);
    fill(cache, FULL + 30, used);
    cache.use(address(40_000), sixMinutes);
    expect(new Set(dropped.map(bucketOf))).toEqual(
      new Set([1023, 0, 1, 2].slice(0, new Set(dropped.map(bucketOf)).size)),
    );
    expect(cache.checkState.lastBucket).toBeLessThan(4);
  });

  test('drops 8192 at most, give or take a bucket', () => {
    const { cache, dropped } = newCache();
    fill(cache, MOST, used);
    cache.use(address(40_000), sixMinutes);
    expect(dropped.length).toBeGreaterThanOrEqual(FULL / 2);
    expect(dropped.length).toBeLessThan(FULL / 2 + 64);
  });

  test('keeps what was used less than six minutes ago, and goes round once', () => {
    const { cache, dropped } = newCache();
    fill(cache, FULL + 30, used + 1);
    cache.use(address(40_000), sixMinutes);
    expect(dropped).toEqual([]);
    expect(cache.checkState).toEqual({ nextCheck: 7 * MINUTE_MS, checks: 1, lastBucket: 0 });
  });

  test('does not count towards the thirtieth while there are too many', () => {
    const { cache } = newCache();
    fill(cache, FULL + 30, used);
    cache.use(address(40_000), 5 * MINUTE_MS);
    expect(cache.checkState.checks).toBe(1);
    cache.use(address(40_000), 8 * MINUTE_MS);
    expect(cache.checkState.checks).toBe(3);
  });
});

test('when and how the next check is made goes with a clock of another origin', () => {
  const { cache } = newCache();
  cache.restoreChecks({ nextCheck: 500, checks: 7, lastBucket: 9 }, 1000);
  expect(cache.checkState).toEqual({ nextCheck: 1500, checks: 7, lastBucket: 9 });
});

describe('a long time without look-ups', () => {
  test('costs a few checks, whatever the expiry', () => {
    const year = 365 * DAY_MS;
    for (const expiryMs of [0, DAY_MS, 90 * year]) {
      let asked = 0;
      const cache = new DestinationCache<number>(
        0,
        () => ((asked += 1), expiryMs),
        () => undefined,
        kernelRules(),
      );
      fill(cache, 100, 1000);
      cache.use(address(1), 100 * year);
      expect(asked).toBeLessThanOrEqual(3);
      expect(choices(cache)).toEqual([]);
    }
  });

  test('drops the same as looking each minute, at the same checks', () => {
    const steps = fc.array(
      fc.record({ count: fc.nat(20), ms: fc.integer({ min: 1, max: 3 * DAY_MS }) }),
      { minLength: 1, maxLength: 6 },
    );
    const expiries = fc.constantFrom(0, 100_000, 7_200_001, DAY_MS);
    fc.assert(
      fc.property(steps, expiries, fc.constantFrom(0, FULL + 5), (list, expiryMs, many) => {
        const jumping = newCache(expiryMs);
        const stepping = newCache(expiryMs);
        let now = 0;
        for (const { count, ms } of list) {
          for (const { cache } of [jumping, stepping]) {
            fill(cache, count, now, now % 1000);
            if (now === 0) fill(cache, many, 0, 50_000);
          }
          for (const end = now + ms; now < end; now = Math.min(end, now + 59_999)) {
            stepping.cache.use(address(-1), now);
          }
          for (const { cache } of [jumping, stepping]) cache.use(address(-1), now);
          expect(jumping.cache.checkState).toEqual(stepping.cache.checkState);
          expect(choices(jumping.cache)).toEqual(choices(stepping.cache));
        }
        expect(jumping.dropped.toSorted((a, b) => a - b)).toEqual(
          stepping.dropped.toSorted((a, b) => a - b),
        );
      }),
      { numRuns: 40 },
    );
  });
});
