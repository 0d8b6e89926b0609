/**
 * Numbers as people read them.
 */

/**
 * A count with thousands apart.
 *
 * @param value - An integer.
 * @returns For example `12,500`.
 */
export function count(value: number): string {
  return `${value}`.replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/**
 * A count with what is counted.
 *
 * @param value - An integer.
 * @param noun - One of them, a word whose plural ends in `s`.
 * @returns For example `1 client` or `12,500 clients`.
 */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/**
 * A part as a percentage with one decimal.
 *
 * @param part - 0–1.
 * @returns For example `33.3%`.
 */
export function percent(part: number): string {
  return `${(part * 100).toFixed(1)}%`;
}

/**
 * A ratio with two decimals.
 *
 * @param value - The ratio, or nothing.
 * @returns For example `1.02`, or `-`.
 */
export function ratio(value: number | undefined): string {
  return value === undefined ? '-' : value.toFixed(2);
}
