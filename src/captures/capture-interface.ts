/**
 * The interface that a packet was captured on: where its link type, clock and limits are.
 *
 * A classic pcap file has one interface; a section of a pcapng file has any number, each with values of
 * its own. Sources: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng section 4.2.
 */

/** What the packets of an interface have in common. */
export interface CaptureInterface {
  /** Its number in its section, from 0. */
  readonly index: number;
  /** Its link type, 0–65535: what is in front of the IP header. */
  readonly linkType: number;
  /** Bytes of a packet that are kept at most; 0 = no limit. */
  readonly snapLength: number;
  /** Units of time stamps in a second. */
  readonly unitsPerSecond: number;
  /** Seconds that are added to every time stamp. */
  readonly offsetSeconds: number;
  /** Bytes of the frame check sequence at the end of every frame, 0–15. */
  readonly frameCheckBytes: number;
  /** Its name, when the file has one. */
  readonly name: string | undefined;
}

const TWO_32 = 4_294_967_296;

/**
 * The whole seconds of a time stamp of 64 bits.
 *
 * @param clock - The interface.
 * @param high - The upper 32 bits.
 * @param low - The lower 32 bits.
 * @returns Seconds since 1970, UTC.
 */
export function secondsOf(clock: CaptureInterface, high: number, low: number): number {
  const { unitsPerSecond, offsetSeconds } = clock;
  const upper = high * TWO_32;
  const rest = upper % unitsPerSecond;
  const seconds = Math.round((upper - rest) / unitsPerSecond);
  return offsetSeconds + seconds + Math.floor((rest + low) / unitsPerSecond);
}

/**
 * The nanoseconds within the second of a time stamp of 64 bits; finer ones are cut.
 *
 * @param clock - The interface.
 * @param high - The upper 32 bits.
 * @param low - The lower 32 bits.
 * @returns 0–999999999.
 */
export function nanosecondsOf(clock: CaptureInterface, high: number, low: number): number {
  const { unitsPerSecond } = clock;
  const within = (((high * TWO_32) % unitsPerSecond) + low) % unitsPerSecond;
  // Both factors are exact for the usual clocks; the quotient then rounds to less than a nanosecond.
  const nanoseconds =
    unitsPerSecond <= 1e9 && 1e9 % unitsPerSecond === 0
      ? within * (1e9 / unitsPerSecond)
      : Math.floor((within / unitsPerSecond) * 1e9);
  return Math.min(nanoseconds, 999_999_999);
}

/**
 * A time stamp of 64 bits in milliseconds, as exact as a double is.
 *
 * @param clock - The interface.
 * @param high - The upper 32 bits.
 * @param low - The lower 32 bits.
 * @returns Milliseconds since 1970, UTC.
 */
export function millisecondsOf(clock: CaptureInterface, high: number, low: number): number {
  const ticks = high * TWO_32 + low;
  return clock.offsetSeconds * 1000 + (ticks / clock.unitsPerSecond) * 1000;
}
