/**
 * Horizontal bars of text, an eighth of a character fine.
 */

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/**
 * Draws a bar.
 *
 * @param part - How much of the width is filled, 0–1.
 * @param width - The width in characters.
 * @param mark - Where to put a mark, 0–1; default nowhere.
 * @returns Text of exactly this width.
 */
export function bar(part: number, width: number, mark?: number): string {
  const eighths = Math.round(Math.min(Math.max(part, 0), 1) * width * 8);
  const filled = '█'.repeat(eighths >> 3) + EIGHTHS[eighths & 7];
  const cells = filled.padEnd(width);
  if (mark === undefined) return cells;
  const at = Math.min(Math.round(mark * width), width - 1);
  return `${cells.slice(0, at)}┃${cells.slice(at + 1)}`;
}
