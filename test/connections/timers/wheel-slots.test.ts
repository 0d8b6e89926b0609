/** The arithmetic of wheel slots: when a slot is processed, and what its code says of that. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BASE1,
  BASE2,
  CODE_DUE,
  CODE_LATER,
  codeOf,
  LATER,
  latestOf,
  LEVEL0,
  LEVEL1,
  LEVEL2,
  PAST,
  wheelSlotOf,
} from '../../../src/connections/timers/wheel-slots.js';

const ERA_MS = 0x100000;

/** By level: the first slot, how many there are, milliseconds per slot, and slots that share a code. */
const LEVELS = [
  { base: 0, slots: LEVEL0, width: 1, shared: 32 },
  { base: BASE1, slots: LEVEL1, width: 256, shared: 2 },
  { base: BASE2, slots: LEVEL2, width: ERA_MS, shared: 2 },
];
const YEAR_MS = 31_536_000_000;

const moments = fc.oneof(
  fc.nat({ max: 100 * YEAR_MS }),
  // The lowest 32 bits run over, and change their sign.
  fc
    .tuple(fc.integer({ min: 1, max: 400 }), fc.integer({ min: -600, max: 600 }))
    .map(([half, more]) => half * 0x8000_0000 + more),
);
const nearly = (ms: number, margin: number): fc.Arbitrary<number> =>
  fc.integer({ min: Math.max(0, ms - margin), max: ms + margin });
const distances = fc.oneof(
  nearly(0, 700),
  nearly(LEVEL0, 700),
  nearly(LEVEL1 * 256, 2000),
  fc.nat({ max: LEVEL0 }),
  fc.nat({ max: LEVEL1 * 256 }),
  fc.nat({ max: PAST }),
);

/** Moments in the first and the last slots of a level. */
const edges = fc
  .tuple(
    fc.constantFrom(LEVEL0, LEVEL1 * 256, LEVEL2 * ERA_MS),
    fc.integer({ min: 1, max: 100 }),
    fc.oneof(fc.integer({ min: -40, max: 40 }), fc.integer({ min: -2 * ERA_MS, max: 2 * ERA_MS })),
  )
  .map(([round, rounds, more]) => (rounds + 1) * LEVEL2 * ERA_MS + rounds * round + more);
/** The present moment, and how far from it another one is. */
const times = fc.oneof(
  fc.tuple(moments, distances),
  fc.tuple(edges, distances).map(([moment, distance]) => [moment - distance, distance] as const),
);

/** Which level a slot is of. */
function levelOf(slot: number): (typeof LEVELS)[number] {
  return LEVELS.findLast(({ base }) => slot >= base) as (typeof LEVELS)[number];
}

/** How long after a moment a slot is processed for the first time: at once if it is the current one of its level. */
function waitOf(slot: number, now: number): number {
  const { base, slots, width } = levelOf(slot);
  const current = Math.floor(now / width);
  const ahead = (((slot - base - current) % slots) + slots) % slots;
  return ahead === 0 ? 0 : (current + ahead) * width - now;
}

describe('the wheel slot of a moment', () => {
  it('is processed before the moment is over, earlier by less than its width', () => {
    fc.assert(
      fc.property(times, ([now, distance]) => {
        const slot = wheelSlotOf((now + distance) | 0, now | 0);
        const early = distance - waitOf(slot, now);
        expect(early).toBeGreaterThanOrEqual(0);
        expect(early).toBeLessThan(levelOf(slot).width);
      }),
      { numRuns: 1000 },
    );
  });

  it('is of the finest level that reaches it', () => {
    fc.assert(
      fc.property(times, ([now, distance]) => {
        const slot = wheelSlotOf((now + distance) | 0, now | 0);
        const windows = Math.floor((now + distance) / 256) - Math.floor(now / 256);
        const level = distance < LEVEL0 - 32 ? 0 : windows < LEVEL1 - 2 ? 1 : 2;
        expect(LEVELS.indexOf(levelOf(slot))).toBe(level);
      }),
      { numRuns: 1000 },
    );
  });

  it('is the current one when the moment has passed', () => {
    fc.assert(
      fc.property(moments, fc.integer({ min: 1, max: 0xffffff }), (now, late) => {
        expect(waitOf(wheelSlotOf((now - late) | 0, now | 0), now)).toBe(0);
      }),
    );
  });
});

describe('the code of a wheel slot', () => {
  it('bounds when the slot is processed, by the slots that share it', () => {
    fc.assert(
      fc.property(times, ([now, distance]) => {
        const slot = wheelSlotOf((now + distance) | 0, now | 0);
        const { width, shared } = levelOf(slot);
        const latest = latestOf(codeOf(slot), now | 0) - waitOf(slot, now);
        expect(latest).toBeGreaterThanOrEqual(0);
        // The bound of a coarse slot counts from the start of the current one.
        expect(latest).toBeLessThan(shared * width + width);
      }),
      { numRuns: 1000 },
    );
  });

  it('has 14 bits, grows with the slot, and is that of no timer that is due or armed for later', () => {
    let before = 0;
    for (let slot = 0; slot < LATER; slot++) {
      const code = codeOf(slot);
      if (code !== before && code !== before + 1) throw new Error(`code ${code} of ${slot}`);
      before = code;
    }
    expect(codeOf(LATER)).toBe(before + 1);
    expect(codeOf(LATER)).toBe(CODE_LATER);
    expect(CODE_LATER).toBeLessThan(CODE_DUE);
    expect(CODE_DUE).toBeLessThan(1 << 14);
  });
});
