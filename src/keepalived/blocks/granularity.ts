/**
 * `persistence_granularity`: a mask or a prefix length, by the family of the service.
 */
import { IpAddress } from '../../ip-address.js';
import type { Statement } from '../language/block-reader.js';
import { readInteger } from '../numbers.js';
import type { ServiceDraft } from './drafts.js';
import type { ParseState } from './parse-state.js';
import { wordAt } from './values.js';

/**
 * Reads the granularity of a service.
 *
 * A service whose family is not known yet gets it from the word: without a point it is a prefix length of IPv6.
 *
 * @param service - The service.
 * @param state - What is being read.
 * @param statement - The statement.
 */
export function readGranularity(
  service: ServiceDraft,
  state: ParseState,
  statement: Statement,
): void {
  const word = wordAt(statement) as string;
  const family = service.family ?? (word.includes('.') ? 4 : 6);
  const granularity = family === 6 ? lengthOf(state, word, statement) : maskOf(state, word);
  if (granularity === undefined) {
    const text = `Invalid IPv${family} persistence_granularity specified - ${word}`;
    state.log.add(text, statement.place);
    return;
  }
  service.family = family;
  service.granularity = granularity;
}

function lengthOf(
  state: ParseState,
  word: string,
  { place }: Statement,
): { length: number } | undefined {
  const { value, faults } = readInteger(word, 1, 128, state.strictNumbers);
  for (const fault of faults) state.log.add(fault, place);
  return value === undefined ? undefined : { length: value };
}

function maskOf(state: ParseState, word: string): { mask: IpAddress } | undefined {
  if (!state.behavior.readsAnyMask && /^\d{1,2}$/.test(word)) {
    const length = Number(word);
    return length >= 1 && length <= 32 ? { mask: prefixMask(length) } : undefined;
  }
  const value = looseIpv4(word);
  if (value === undefined) return undefined;
  const inverted = ~value >>> 0;
  const isMask = value !== 0 && (inverted & (inverted + 1)) === 0;
  return state.behavior.readsAnyMask || isMask ? { mask: IpAddress.fromIpv4(value) } : undefined;
}

function prefixMask(length: number): IpAddress {
  return IpAddress.fromIpv4((0xffffffff << (32 - length)) >>> 0);
}

/**
 * Reads an IPv4 address in any form of inet_aton: one to four numbers, decimal, octal or hexadecimal,
 * of which the last fills what is left.
 */
function looseIpv4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length > 4) return undefined;
  const numbers = parts.map(looseNumber);
  const last = numbers.pop();
  if (last === undefined || last >= 256 ** (4 - numbers.length)) return undefined;
  let value = 0;
  for (const number of numbers) {
    if (number === undefined || number > 255) return undefined;
    value = value * 256 + number;
  }
  return value * 256 ** (4 - numbers.length) + last;
}

function looseNumber(text: string): number | undefined {
  if (/^0[0-7]*$/.test(text)) return Number.parseInt(text, 8);
  return /^(?:[1-9]\d*|0x[\da-f]+)$/i.test(text) ? Number(text) : undefined;
}
