/**
 * The Call-ID of a SIP message in a UDP datagram: the data of the persistence engine `sip`.
 *
 * It is the value of the first header line `Call-ID` (in any case) or `i`, byte for byte: blanks around the colon are
 * left out, and the line ends with CRLF or LF. Requests and responses are read alike. The start line and what follows
 * the first empty line are no headers. A value of more than 255 bytes is none, and so is an empty one.
 * Cost: one visit per byte of the headers at most. Sources: RFC 3261, 7.3.3 and 8.1.1.4, and recorded decisions.
 */

/** The longest Call-ID, in bytes. */
const MAX_CALL_ID_BYTES = 255;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const COLON = 0x3a;
const LONG_NAME = 'call-id';
const COMPACT_NAME = 'i';

/**
 * Reads the Call-ID of a message.
 *
 * @param bytes - The bytes that hold it.
 * @param start - Index of its first byte.
 * @param end - Index behind its last byte.
 * @returns One character per byte, 1–255; `undefined` when there is none.
 */
export function readCallId(bytes: Uint8Array, start: number, end: number): string | undefined {
  for (let line = lineAfter(bytes, start, end); line < end; line = lineAfter(bytes, line, end)) {
    if (isBlankLine(bytes, line)) return undefined;
    const value = valueAt(bytes, line, end);
    if (value >= 0) return textOf(bytes, value, endOfLine(bytes, value, end));
  }
  return undefined;
}

/** Index of the first byte of the next line, or the end. */
function lineAfter(bytes: Uint8Array, at: number, end: number): number {
  let next = at;
  while (next < end && bytes[next] !== LINE_FEED) next++;
  return Math.min(next + 1, end);
}

function isBlankLine(bytes: Uint8Array, line: number): boolean {
  return bytes[line] === LINE_FEED || bytes[line] === CARRIAGE_RETURN;
}

/** Index of the value when the line at this index is a Call-ID header, or −1. */
function valueAt(bytes: Uint8Array, line: number, end: number): number {
  const length = startsWith(bytes, line, end, LONG_NAME)
    ? LONG_NAME.length
    : startsWith(bytes, line, end, COMPACT_NAME)
      ? COMPACT_NAME.length
      : 0;
  if (length === 0) return -1;
  const colon = skipBlanks(bytes, line + length, end);
  return colon < end && bytes[colon] === COLON ? skipBlanks(bytes, colon + 1, end) : -1;
}

/** Whether the bytes are a text of lower-case letters and signs, in any case. */
function startsWith(bytes: Uint8Array, at: number, end: number, text: string): boolean {
  if (at + text.length > end) return false;
  for (let i = 0; i < text.length; i++) {
    const byte = bytes[at + i];
    const lower = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    if (lower !== text.charCodeAt(i)) return false;
  }
  return true;
}

function skipBlanks(bytes: Uint8Array, at: number, end: number): number {
  let next = at;
  while (next < end && (bytes[next] === 0x20 || bytes[next] === 0x09)) next++;
  return next;
}

/** Index of the end of a line, its CRLF or LF not included. */
function endOfLine(bytes: Uint8Array, at: number, end: number): number {
  let next = at;
  while (next < end && bytes[next] !== LINE_FEED && bytes[next] !== CARRIAGE_RETURN) next++;
  return next;
}

function textOf(bytes: Uint8Array, start: number, end: number): string | undefined {
  const length = end - start;
  if (length === 0 || length > MAX_CALL_ID_BYTES) return undefined;
  return String.fromCharCode(...bytes.subarray(start, end));
}
