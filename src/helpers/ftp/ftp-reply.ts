/**
 * Replies of an FTP server that name the address of passive data, and what the client is to read instead.
 *
 * A reply has to be at the very beginning of its segment; lines behind it stay. 227: from the first digit to the last by
 * the virtual address and the port. 229: from the first delimiter to the last by `|||port|`.
 * Sources: RFC 959, RFC 2428, and recorded decisions.
 */
import type { AddressWords } from '../../address-words.js';
import type { AddressFamily } from '../../ip-address.js';
import { type FtpAddress, readDelimited, readNumbers } from './ftp-address.js';
import type { PassiveReply } from './ftp-command.js';

const OPENING = 0x28;
/** Three digits and a blank. */
const WORD = 4;

/**
 * Reads a reply.
 *
 * @param bytes - The bytes that hold the text of the segment.
 * @param start - Index of the first byte of the text.
 * @param end - Index behind the last byte.
 * @param reply - The reply that is waited for.
 * @param family - The family of the service.
 * @returns The address; `undefined` when it is another reply, or not understood.
 */
export function readFtpReply(
  bytes: Uint8Array,
  start: number,
  end: number,
  reply: PassiveReply,
  family: AddressFamily,
): FtpAddress | undefined {
  if (!isReply(bytes, start, end, reply)) return undefined;
  return reply === 227
    ? readNumbers(bytes, start + WORD, end, OPENING)
    : readDelimited(bytes, start + WORD, end, OPENING, family, true);
}

/**
 * What a client reads in the place of the server's address.
 *
 * @param reply - The reply.
 * @param virtual - The virtual address.
 * @param port - The port.
 * @returns The text, in ASCII.
 */
export function virtualAddressText(
  reply: PassiveReply,
  virtual: AddressWords,
  port: number,
): string {
  if (reply === 229) return `|||${port}|`;
  const word = virtual.word3;
  const bytes = [word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff];
  return [...bytes, port >>> 8, port & 0xff].join(',');
}

/** Whether a segment begins with the digits of a reply and a blank. */
function isReply(bytes: Uint8Array, start: number, end: number, reply: PassiveReply): boolean {
  const word = `${reply} `;
  if (start + WORD > end) return false;
  for (let i = 0; i < WORD; i++) if (bytes[start + i] !== word.charCodeAt(i)) return false;
  return true;
}
