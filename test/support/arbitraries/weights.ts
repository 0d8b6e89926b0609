/**
 * Weights and thresholds of generated servers. A profile keeps to one kind of weight, since faults
 * hide in lists of like weights: all equal, coprime, around a power of two, beyond 65535.
 */
import * as fc from 'fast-check';

const MAX_WEIGHT = 2 ** 31 - 1;

/** Kinds of weights. */
export const weightProfiles = {
  one: fc.constant(1),
  zeros: fc.constantFrom(0, 0, 0, 1, 2),
  small: fc.nat(5),
  coprime: fc.constantFrom(2, 3, 5, 7, 11, 13, 97, 101),
  multiples: fc.nat(6).map((factor) => factor * 12),
  middle: fc.nat(120),
  powers: fc.nat(16).map((exponent) => 2 ** exponent),
  wide: fc.nat(65535),
  edges: fc.constantFrom(0, 1, 2, 65534, 65535),
  greatMultiples: fc.nat(63).map((factor) => factor * 2 ** 24),
  great: fc.oneof(fc.constantFrom(0, 1, MAX_WEIGHT, MAX_WEIGHT - 1, 2 ** 30), fc.nat(MAX_WEIGHT)),
  greatAndClose: fc.nat(3).map((less) => MAX_WEIGHT - less),
} as const;

/** The name of a kind of weights. */
export type WeightProfile = keyof typeof weightProfiles;

/** A pair of thresholds: mostly none or small ones. */
export const thresholds: fc.Arbitrary<{ readonly u: number; readonly l: number }> = fc
  .tuple(fc.oneof(fc.constant(0), fc.nat(6), fc.constantFrom(100, MAX_WEIGHT)), fc.nat(6))
  .map(([u, l]) => ({ u, l: Math.min(u, l) }));

/** A number of connections: few, or so many that a cost leaves 31 bits or wraps. */
export const connectionCounts: fc.Arbitrary<number> = fc.oneof(
  { weight: 8, arbitrary: fc.nat(6) },
  { weight: 1, arbitrary: fc.nat(1000) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(2 ** 22, 2 ** 23, 2 ** 24, 2 ** 30), fc.integer({ min: -3, max: 3 }))
      .map(([base, more]) => base + more),
  },
);
