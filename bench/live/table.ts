/**
 * The table of `npm run bench -- live`: a row per job, with its target.
 */

/** A row. */
export interface LiveRow {
  /** What is measured, with its unit. */
  readonly job: string;
  /** Of the director. */
  readonly director: string;
  /** Of the kernel's own forwarding, and of other balancers. */
  readonly beside: string;
  /** The director's figure in relation to the kernel's; what a target may speak of. */
  readonly share: string;
  /** The target. */
  readonly target: string;
}

/** For cells without a figure. */
export const NONE = '–';

const TITLE: LiveRow = {
  job: 'job',
  director: 'director',
  beside: 'kernel forwarding (others)',
  share: 'share',
  target: 'target',
};

/**
 * Lays rows out.
 *
 * @param rows - The rows.
 * @returns Lines with aligned columns.
 */
export function tableOf(rows: readonly LiveRow[]): string[] {
  const cells = [TITLE, ...rows].map(({ job, director, beside, share, target }) => [
    job,
    director,
    beside,
    share,
    target,
  ]);
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  return cells.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]),
      )
      .join('  '),
  );
}

/**
 * The middle value.
 *
 * @param values - The values, at least one.
 * @returns One of them.
 */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
