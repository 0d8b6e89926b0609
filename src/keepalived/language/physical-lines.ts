/**
 * The lines of a file. The recorded program reads at most 1023 bytes at a time, so that the rest of a
 * longer line is a line of its own.
 */

/** The most bytes of one line. */
const LONGEST_LINE_BYTES = 1023;

declare class TextEncoder {
  encode(text: string): Uint8Array;
}
declare class TextDecoder {
  decode(bytes: Uint8Array): string;
}

/**
 * Divides a text into lines.
 *
 * @param text - The text.
 * @param cut - Whether longer lines are cut at 1023 bytes.
 * @returns The lines, without their ends. What follows the last line end is a line unless it is empty.
 */
export function physicalLines(text: string, cut: boolean): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  // A character has three bytes at most, so that most lines need not be looked at.
  return cut
    ? lines.flatMap((line) => (line.length * 3 < LONGEST_LINE_BYTES ? line : cutLine(line)))
    : lines;
}

function cutLine(line: string): string[] {
  const bytes = new TextEncoder().encode(line);
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let start = 0;
  // A line of exactly so many bytes leaves its end to be read: an empty line.
  for (; bytes.length - start >= LONGEST_LINE_BYTES; start += LONGEST_LINE_BYTES) {
    parts.push(decoder.decode(bytes.subarray(start, start + LONGEST_LINE_BYTES)));
  }
  parts.push(decoder.decode(bytes.subarray(start)));
  return parts;
}
