/**
 * Addresses as text: reading by RFC 4291, writing by RFC 5952.
 */

/** The four 32-bit words of an IPv6 address. */
export type Words = readonly [number, number, number, number];

const LONGEST_IPV4 = 15;
const ZERO = 48;
/** A dot, as a digit. */
const DOT = -2;
const NO_DIGIT = -1;
const hexGroup = /^[0-9a-fA-F]{1,4}$/;

/**
 * Reads dotted decimal, character by character: servers and clients are read for each connection.
 *
 * @param text - Four numbers 0–255 without leading zeros.
 * @param start - Index of the first character; default 0.
 * @returns The address as a signed 32-bit number, which takes no memory, or `undefined`.
 */
export function parseIpv4(text: string, start = 0): number | undefined {
  if (text.length - start > LONGEST_IPV4) return undefined;
  let value = 0;
  let bytes = 0;
  let byte = NO_DIGIT;
  for (let index = start; index < text.length; index++) {
    const digit = text.charCodeAt(index) - ZERO;
    if (digit >= 0 && digit <= 9) {
      // A byte of value 0 has no further digit.
      if (byte === 0) return undefined;
      byte = byte === NO_DIGIT ? digit : byte * 10 + digit;
      if (byte > 255) return undefined;
    } else {
      if (digit !== DOT || byte === NO_DIGIT || bytes === 3) return undefined;
      value = (value << 8) | byte;
      bytes += 1;
      byte = NO_DIGIT;
    }
  }
  return bytes === 3 && byte !== NO_DIGIT ? (value << 8) | byte : undefined;
}

/**
 * Reads any form of RFC 4291.
 *
 * @param text - The text.
 * @returns The four words, or `undefined`.
 */
export function parseIpv6(text: string): Words | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0], halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1], true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  // "::" stands for at least one group; without it all eight must be written.
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<number>(missing).fill(0), ...tail];
  const word = (index: number): number => (groups[index] << 16) | groups[index + 1];
  return [word(0), word(2), word(4), word(6)];
}

/** Reads colon-separated 16-bit groups, of which the last may be an IPv4 address. */
function parseGroups(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (hexGroup.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    const value = mayEndInIpv4 && index === parts.length - 1 ? parseIpv4(part) : undefined;
    if (value === undefined) return undefined;
    groups.push(value >>> 16, value & 0xffff);
  }
  return groups;
}

/**
 * Writes dotted decimal.
 *
 * @param value - The address as a 32-bit number.
 * @returns The text.
 */
export function formatIpv4(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

/**
 * Writes the canonical form of RFC 5952.
 *
 * @param words - The four words.
 * @returns The text.
 */
export function formatIpv6(words: Words): string {
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  const gap = longestZeroRun(groups);
  if (gap.length < 2) return hex(groups);
  return `${hex(groups.slice(0, gap.start))}::${hex(groups.slice(gap.start + gap.length))}`;
}

function hex(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(':');
}

/** The first of the longest runs of zero groups (RFC 5952 §4.2.3). */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  }
  return best;
}
