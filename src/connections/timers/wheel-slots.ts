/**
 * Where in the timer wheel a moment belongs: pure arithmetic on millisecond counts of 32 bits.
 *
 * Three levels of slots: 262144 of 1 ms, 8192 of 256 ms, 4096 of about 17.5 minutes; together 49.7 days.
 * The first reaches far enough that the usual timeouts are placed once and for all, and that the second
 * one's slots can be brought down long before they are due. A record has room for a shortened form of its
 * place only, the code; it tells until when the place comes up at the latest.
 */

/** Slots of one millisecond. */
export const LEVEL0: number = 1 << 18;
/** Slots of 256 ms. */
export const LEVEL1: number = 1 << 13;
/** Slots of 2^20 ms. */
export const LEVEL2: number = 1 << 12;
/** The first place of the second level. */
export const BASE1: number = LEVEL0;
/** The first place of the third level. */
export const BASE2: number = LEVEL0 + LEVEL1;
/** How many places there are. */
export const PLACES: number = BASE2 + LEVEL2;
/** How far ahead of the present the second level's slots are brought down, in slots: 131 s. */
export const AHEAD1: number = 1 << 9;

/** The code of an entry that has left the wheel because it is due. */
export const CODE_DUE = 0x3fff;
const CODE1 = 1 << 13;
const CODE2: number = CODE1 + (1 << 12);

/** The greatest distances of the first two levels: a code never mixes this round with the next. */
const REACH0 = LEVEL0 - 32;
const REACH1 = LEVEL1 - 2;

/** Distances above this (4.6 hours short of 2^32 ms) mean that the moment has passed. */
export const PAST = 0xff000000;

/**
 * The place of a moment.
 *
 * @param moment - When the timer is due; one in the past counts as now.
 * @param now - The present moment of the wheel.
 * @returns 0 to {@link PLACES} − 1.
 */
export function placeOf(moment: number, now: number): number {
  const distance = (moment - now) >>> 0;
  if (distance < REACH0) return moment & (LEVEL0 - 1);
  if (distance > PAST) return now & (LEVEL0 - 1);
  if ((((moment >>> 8) - (now >>> 8)) & 0xffffff) < REACH1) {
    return BASE1 + ((moment >>> 8) & (LEVEL1 - 1));
  }
  return BASE2 + (moment >>> 20);
}

/**
 * The code of a place: places that come up within 32 ms, 512 ms or 35 minutes share one.
 *
 * @param place - A place.
 * @returns 14 bits, other than {@link CODE_DUE}.
 */
export function codeOf(place: number): number {
  if (place < BASE1) return place >>> 5;
  return place < BASE2 ? CODE1 + ((place - BASE1) >>> 1) : CODE2 + ((place - BASE2) >>> 1);
}

/**
 * How long from now a place with a code comes up at the latest.
 *
 * @param code - Any code but {@link CODE_DUE}.
 * @param now - The present moment of the wheel.
 * @returns Milliseconds.
 */
export function latestOf(code: number, now: number): number {
  if (code < CODE1) return ((code << 5) + 31 - now) & (LEVEL0 - 1);
  if (code < CODE2) {
    const windows = (((code - CODE1) << 1) + 1 - (now >>> 8)) & (LEVEL1 - 1);
    return windows * 256;
  }
  const eras = (((code - CODE2) << 1) + 1 - (now >>> 20)) & (LEVEL2 - 1);
  return eras * 0x100000;
}
