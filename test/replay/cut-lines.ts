/**
 * What the tool makes of long lines: it reads the kernel's list of connections in strings of 255 bytes, and takes what is
 * behind them for a line of its own, with columns of the line before and bytes that are not in the list at all. This
 * library lists such a template whole, so these rows are left out of the comparison.
 */
import type { Director } from '../../src/director/director.js';
import { connectionLine } from './recorded-proc.js';

const LONGEST = 255;
/** Lines in front of the rows. */
const HEADS = 2;
const ROW = /^(?:IPVS|pro|TCP|UDP|SCTP|IP) /;

/**
 * Cuts the long rows of a list of connections as the tool does.
 *
 * @param output - The list, of all connections in the director's order.
 * @param director - The director.
 * @returns Its lines, sorted.
 */
export function cutAsTheTool(output: string, director: Director): string[] {
  const lines = output.trimEnd().split('\n');
  const rows = [...director.connections()].map((connection, index) => {
    const rest = connectionLine(connection).slice(LONGEST);
    const row = lines[index + HEADS];
    return rest !== '' && row.endsWith(rest) ? row.slice(0, -rest.length) : row;
  });
  return [...lines.slice(0, HEADS), ...rows].toSorted();
}

/**
 * The rows of a list that the tool wrote, without what it made of the rests of long lines.
 *
 * @param stdout - The list.
 * @returns Its lines, sorted.
 */
export function rowsOfTheTool(stdout: string): string[] {
  return stdout
    .trimEnd()
    .split('\n')
    .filter((line) => ROW.test(line))
    .toSorted();
}
