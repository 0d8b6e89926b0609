/**
 * What a client's segment asks for on a control connection of FTP. Each segment is read by itself: a command that is cut
 * in two is not seen.
 *
 * | text, letters in any case                                             | asks for                       |
 * | --------------------------------------------------------------------- | ------------------------------ |
 * | `PASV` CR LF anywhere, IPv4                                           | passive data, answered by 227  |
 * | `EPSV` CR, or `EPSV`, a blank, the family's number and CR, anywhere    | passive data, answered by 229  |
 * | else at the beginning: `PORT` and six numbers, IPv4                    | active data                    |
 * | else at the beginning: `EPRT` and the fields of an address             | active data                    |
 *
 * The first PASV or EPSV from the left decides, also when its number is that of another family; six bytes have to be left
 * from there. Sources: RFC 959, RFC 2428, and recorded decisions.
 */
import type { AddressFamily } from '../../ip-address.js';
import { type FtpAddress, readDelimited, readNumbers } from './ftp-address.js';

/** A reply that a control connection waits for. */
export type PassiveReply = 227 | 229;

/** What a segment asks for: a reply to wait for, active data at an address, or nothing. */
export type FtpRequest = PassiveReply | FtpAddress | undefined;

const BLANK = 0x20;
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;
const ONE = 0x31;
const WORD = 4;
/** Bytes that have to be left for PASV and EPSV. */
const SHORTEST = 6;
const LOWER_P = 0x70;
const LOWER_E = 0x65;
const TO_LOWER = 0x20;

/**
 * Reads a client's segment.
 *
 * @param bytes - The bytes that hold its text.
 * @param start - Index of the first byte of the text.
 * @param end - Index behind the last byte.
 * @param family - The family of the service.
 * @returns What it asks for.
 */
export function readFtpRequest(
  bytes: Uint8Array,
  start: number,
  end: number,
  family: AddressFamily,
): FtpRequest {
  for (let at = start; at + SHORTEST <= end; at++) {
    const letter = bytes[at] | TO_LOWER;
    if (letter === LOWER_P && family === 4 && isPasv(bytes, at)) return 227;
    if (letter !== LOWER_E || !isWord(bytes, at, end, 'epsv')) continue;
    if (bytes[at + WORD] === CARRIAGE_RETURN) return 229;
    if (isEpsvOfFamily(bytes, at, end)) return isFamily(bytes[at + 5], family) ? 229 : undefined;
  }
  if (family === 4 && isWord(bytes, start, end, 'port')) {
    return readNumbers(bytes, start + WORD, end, BLANK);
  }
  if (!isWord(bytes, start, end, 'eprt')) return undefined;
  return readDelimited(bytes, start + WORD, end, BLANK, family, false);
}

function isPasv(bytes: Uint8Array, at: number): boolean {
  return (
    isWord(bytes, at, at + WORD, 'pasv') &&
    bytes[at + WORD] === CARRIAGE_RETURN &&
    bytes[at + WORD + 1] === LINE_FEED
  );
}

/** Whether EPSV is followed by a blank, one character and the end of the line. */
function isEpsvOfFamily(bytes: Uint8Array, at: number, end: number): boolean {
  return at + 7 <= end && bytes[at + WORD] === BLANK && bytes[at + 6] === CARRIAGE_RETURN;
}

function isFamily(byte: number, family: AddressFamily): boolean {
  return byte === (family === 4 ? ONE : ONE + 1);
}

/** Whether the bytes are a word of lower-case letters, in any case. */
function isWord(bytes: Uint8Array, at: number, end: number, word: string): boolean {
  if (at + WORD > end) return false;
  for (let i = 0; i < WORD; i++) {
    if ((bytes[at + i] | TO_LOWER) !== word.charCodeAt(i)) return false;
  }
  return true;
}
