/**
 * Text of files and of standard input.
 */

const LITTLE_ENDIAN = 0xfffe;
const BIG_ENDIAN = 0xfeff;

/**
 * Decodes bytes: UTF-8, or UTF-16 behind a byte order mark, which is what Windows PowerShell redirects output to.
 *
 * @param bytes - The bytes. Those of UTF-16 are swapped in place when they are big-endian.
 * @returns The text, with its byte order mark.
 */
export function decodeText(bytes: Buffer): string {
  const mark = bytes.length < 2 ? 0 : bytes.readUInt16BE();
  if (mark === LITTLE_ENDIAN) return bytes.toString('utf16le');
  if (mark !== BIG_ENDIAN) return bytes.toString('utf8');
  return bytes
    .subarray(0, bytes.length & ~1)
    .swap16()
    .toString('utf16le');
}
