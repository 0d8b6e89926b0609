/**
 * How many connections a load may have, so that the page stays quick, and what the limit does to a load.
 */

/** The most connections of a load. */
export const MAX_CONNECTIONS = 30_000;

/** The part of a scenario that decides how many connections there are. */
export interface LoadSize {
  /** Connections that begin in a second. */
  readonly rate: number;
  /** For how long connections begin, in seconds. */
  readonly seconds: number;
}

/**
 * The number of connections of a load.
 *
 * @param size - Rate and duration.
 * @returns The number, 1–{@link MAX_CONNECTIONS}.
 */
export function connectionsOf({ rate, seconds }: LoadSize): number {
  return Math.min(MAX_CONNECTIONS, Math.max(1, Math.round(rate * seconds)));
}

/**
 * Describes what the limit does to a load.
 *
 * @param size - Rate and duration.
 * @returns A sentence; empty when the load is within the limit.
 */
export function describeLimit({ rate, seconds }: LoadSize): string {
  const wanted = Math.round(rate * seconds);
  if (wanted <= MAX_CONNECTIONS) return '';
  const lasts = (MAX_CONNECTIONS / rate).toFixed(1);
  return `${inWords(rate)} × ${inWords(seconds)} s are ${inWords(wanted)} connections. The playground stops at ${inWords(MAX_CONNECTIONS)}, so this load lasts ${lasts} s.`;
}

function inWords(value: number): string {
  return value.toLocaleString('en-US');
}
