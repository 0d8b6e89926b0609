/**
 * Columns of listings: padding, and the five numbers of statistics.
 */
import { formatEndpoint } from '../endpoint.js';
import type { IpAddress } from '../ip-address.js';
import type { Protocol } from '../protocols.js';
import { serviceOfPort } from './service-names.js';

/** Below this a number is written in full. */
const LARGEST_IN_FULL = 100_000_000;

const units: readonly (readonly [number, number, string])[] = [
  [1_000_000_000, 1_000, 'K'],
  [100_000_000_000, 1_000_000, 'M'],
  [100_000_000_000_000, 1_000_000_000, 'G'],
  [Number.POSITIVE_INFINITY, 1_000_000_000_000, 'T'],
];

/**
 * Writes a number of a statistics listing.
 *
 * @param value - The number, a whole one, 0 or more.
 * @param exact - Whether to write it in full, however long it is.
 * @returns Nine characters or more, right-aligned.
 */
export function formatNumber(value: number, exact: boolean): string {
  if (exact) return value < LARGEST_IN_FULL ? String(value).padStart(9) : ` ${value}`;
  if (value < LARGEST_IN_FULL) return String(value).padStart(9);
  const unit = units.find(([below]) => value < below) as readonly [number, number, string];
  return String(Math.floor(value / unit[1])).padStart(8) + unit[2];
}

/**
 * Joins texts to a line whose last column is padded, too.
 *
 * @param cells - Each text with the width of its column; a longer one pushes the rest to the right.
 * @returns The columns with a blank between.
 */
export function joinColumns(cells: readonly (readonly [string | number, number])[]): string {
  return cells.map(([text, width]) => String(text).padEnd(width)).join(' ');
}

/**
 * Writes an address with a port, or with the port's name.
 *
 * @param address - The address, or its text.
 * @param port - The port.
 * @param named - The protocol for which the port's name is written instead, if it has one; default: none.
 * @returns For example `10.0.0.1:80`, `[2001:db8::1]:80` or `10.0.0.1:http`.
 */
export function formatListedEndpoint(
  address: IpAddress | string,
  port: number,
  named?: Protocol,
): string {
  return formatEndpoint(address, (named && serviceOfPort(port, named)) ?? port);
}
