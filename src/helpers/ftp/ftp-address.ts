/**
 * Addresses in the text of FTP: six numbers, as PORT and 227 have them, and fields between delimiters, as EPRT and 229
 * have them.
 *
 * Nothing throws, and nothing outside of the given bytes is read. Cost: linear in the bytes of one segment.
 * Sources: RFC 959, RFC 2428, and recorded decisions, which are more liberal than both.
 */
import { parseIpv4, parseIpv6 } from '../../ip-address-text.js';
import { type AddressFamily, IpAddress } from '../../ip-address.js';

/** An address in a text, and where the text is. */
export interface FtpAddress {
  /** The address; `undefined` when only a port was given. */
  readonly address: IpAddress | undefined;
  /** The port, 0–65535. */
  readonly port: number;
  /** Index of the first character of what a reply has in the place of the address. */
  readonly start: number;
  /** Index behind its last character. */
  readonly end: number;
}

const COMMA = 0x2c;
const ZERO = 0x30;
const NUMBERS = 6;
/** Characters that may be delimiters: those that are printed. */
const FIRST_DELIMITER = 33;
const LAST_DELIMITER = 126;
/** The longest text of an IPv6 address. */
const LONGEST_ADDRESS = 45;

/**
 * Reads six numbers: an IPv4 address, and a port in two bytes.
 *
 * @param bytes - The bytes of the segment.
 * @param at - Index behind the word in front of the address.
 * @param end - Index behind the last byte.
 * @param opening - The character behind which the address begins, if no digit comes before it.
 * @returns The address; `undefined` when there is none, or the last number is not ended by another character.
 */
export function readNumbers(
  bytes: Uint8Array,
  at: number,
  end: number,
  opening: number,
): FtpAddress | undefined {
  const start = startOfNumbers(bytes, at, end, opening);
  let next = start;
  let high = 0;
  let low = 0;
  for (let count = 1; count <= NUMBERS; count++) {
    const number = numberAt(bytes, next, end, 0xff);
    if (number === undefined || number.end === end) return undefined;
    if (count < NUMBERS && bytes[number.end] !== COMMA) return undefined;
    if (count <= 4) high = (high << 8) | number.value;
    else low = (low << 8) | number.value;
    next = number.end + 1;
  }
  return { address: IpAddress.fromIpv4(high), port: low, start, end: next - 1 };
}

/**
 * Reads fields between delimiters.
 *
 * @param bytes - The bytes of the segment.
 * @param at - Index behind the word in front of the address.
 * @param end - Index behind the last byte.
 * @param opening - The character behind which the first delimiter is.
 * @param family - The family of the service, of which an address has to be.
 * @param mayOmit - Whether the address may be left out.
 * @returns The address; `undefined` when it is not understood.
 */
export function readDelimited(
  bytes: Uint8Array,
  at: number,
  end: number,
  opening: number,
  family: AddressFamily,
  mayOmit: boolean,
): FtpAddress | undefined {
  let start = skipTo(bytes, at, end, opening);
  while (start < end && bytes[start] === opening) start++;
  const delimiter = bytes[start];
  if (start >= end || delimiter < FIRST_DELIMITER || delimiter > LAST_DELIMITER) return undefined;
  const isLong = start + 3 < end;
  if (isLong && bytes[start + 1] === delimiter && bytes[start + 2] === delimiter) {
    return mayOmit ? portField(bytes, start, start + 3, end, delimiter, undefined) : undefined;
  }
  const version = start + 2;
  if (version >= end || bytes[version] !== delimiter) return undefined;
  if (bytes[start + 1] !== (family === 4 ? ZERO + 1 : ZERO + 2)) return undefined;
  const after = skipTo(bytes, version + 1, Math.min(end, version + 2 + LONGEST_ADDRESS), delimiter);
  const address = addressOf(bytes, version + 1, after, family);
  if (address === undefined || after >= end || bytes[after] !== delimiter) return undefined;
  return portField(bytes, start, after + 1, end, delimiter, address);
}

/** The last field: a port from 1 on, and the delimiter behind it. */
function portField(
  bytes: Uint8Array,
  start: number,
  at: number,
  end: number,
  delimiter: number,
  address: IpAddress | undefined,
): FtpAddress | undefined {
  const number = numberAt(bytes, at, end, 0xffff);
  if (number === undefined || number.value === 0) return undefined;
  if (number.end === end || bytes[number.end] !== delimiter) return undefined;
  return { address, port: number.value, start, end: number.end + 1 };
}

/** Index of the first number: that of the first digit, or behind the opening characters before it. */
function startOfNumbers(bytes: Uint8Array, at: number, end: number, opening: number): number {
  let next = at;
  while (next < end && !isDigit(bytes[next]) && bytes[next] !== opening) next++;
  while (next < end && bytes[next] === opening) next++;
  return next;
}

/** A decimal number without sign; `undefined` without digits, or when it exceeds the greatest one. */
function numberAt(
  bytes: Uint8Array,
  at: number,
  end: number,
  greatest: number,
): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  let next = at;
  for (; next < end && isDigit(bytes[next]); next++) {
    value = value * 10 + bytes[next] - ZERO;
    if (value > greatest) return undefined;
  }
  return next === at ? undefined : { value, end: next };
}

function addressOf(
  bytes: Uint8Array,
  start: number,
  end: number,
  family: AddressFamily,
): IpAddress | undefined {
  const text = String.fromCharCode(...bytes.subarray(start, end));
  if (family === 4) {
    const word = parseIpv4(text);
    return word === undefined ? undefined : IpAddress.fromIpv4(word);
  }
  const words = parseIpv6(text);
  return words === undefined ? undefined : IpAddress.fromIpv6(...words);
}

function skipTo(bytes: Uint8Array, at: number, end: number, character: number): number {
  let next = at;
  while (next < end && bytes[next] !== character) next++;
  return next;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9;
}
