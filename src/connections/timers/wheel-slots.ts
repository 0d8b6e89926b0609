/**
 * The wheel slot of a moment: pure arithmetic on millisecond counts of 32 bits.
 *
 * Three levels of wheel slots: 262144 of 1 ms, 8192 of 256 ms, 4096 of about 17.5 minutes; together 49.7 days.
 * The first level is long enough for the usual timeouts, so most timers never move, and the slots of the second one
 * cascade long before they are due. A record stores only a shortened slot number, the code: an upper bound of when
 * the slot is processed.
 */

/** Slots of one millisecond. */
export const LEVEL0: number = 1 << 18;
/** Slots of 256 ms. */
export const LEVEL1: number = 1 << 13;
/** Slots of 2^20 ms. */
export const LEVEL2: number = 1 << 12;
/** The first slot of the second level. */
export const BASE1: number = LEVEL0;
/** The first slot of the third level. */
export const BASE2: number = LEVEL0 + LEVEL1;
/** The list of timers that are armed while the wheel is far behind; see {@link TimerWheel}. */
export const LATER: number = LEVEL0 + LEVEL1 + LEVEL2;
/** How many slots there are. */
export const WHEEL_SLOTS: number = LATER + 1;
/** Bytes of the wheel without its timers: a word per slot, and the bits of each level's `SlotSet`. */
export const WHEEL_BYTES: number = 4 * (WHEEL_SLOTS + (LATER >>> 5) + (LATER >>> 10));
/** How far ahead the slots of the second level cascade, in slots: 131 s. */
export const AHEAD1: number = 1 << 9;

/** The code of an entry that has left the wheel because it is due. */
export const CODE_DUE = 0x3fff;
const CODE1 = 1 << 13;
const CODE2: number = CODE1 + (1 << 12);
/** The code of an entry in the list {@link LATER}. */
export const CODE_LATER: number = CODE2 + (LEVEL2 >>> 1);

/** The greatest distances of the first two levels: a code never mixes this round with the next. */
const REACH0 = LEVEL0 - 32;
const REACH1 = LEVEL1 - 2;

/** Distances above this (4.6 hours short of 2^32 ms) mean that the moment has passed. */
export const PAST = 0xff000000;
/** How long the wheel may be far behind the present time before it works off all of that in one go: a day. */
export const MOST_LONGER: number = 86_400_000;
/** How far the wheel may be behind the present time: farther, and a timeout of 32 days would count as past. */
export const MOST_BEHIND: number = PAST - 32 * 86_400_000 - MOST_LONGER - 1000;

/**
 * The wheel slot of a moment.
 *
 * @param moment - When the timer is due; one in the past counts as now.
 * @param now - The current moment of the wheel.
 * @returns 0 to {@link WHEEL_SLOTS} − 1.
 */
export function wheelSlotOf(moment: number, now: number): number {
  const distance = (moment - now) >>> 0;
  if (distance < REACH0) return moment & (LEVEL0 - 1);
  if (distance > PAST) return now & (LEVEL0 - 1);
  if ((((moment >>> 8) - (now >>> 8)) & 0xffffff) < REACH1) {
    return BASE1 + ((moment >>> 8) & (LEVEL1 - 1));
  }
  return BASE2 + (moment >>> 20);
}

/**
 * The code of a wheel slot: slots that are processed within 32 ms, 512 ms or 35 minutes share one.
 *
 * @param wheelSlot - A wheel slot.
 * @returns 14 bits, other than {@link CODE_DUE}.
 */
export function codeOf(wheelSlot: number): number {
  // The codes of the third level follow those of the second one, as its slots do.
  return wheelSlot < BASE1 ? wheelSlot >>> 5 : CODE1 + ((wheelSlot - BASE1) >>> 1);
}

/**
 * How long from now a slot with a code is processed at the latest.
 *
 * @param code - Any code but {@link CODE_DUE}.
 * @param now - The current moment of the wheel.
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
