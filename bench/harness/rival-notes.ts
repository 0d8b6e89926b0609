/**
 * Where something else is faster, and what the faster ones leave out: from the rows of a report.
 */
import type { Row } from './report.js';
import { LIMIT, OURS } from './suite.js';
import { formatNs, markdownLines } from './text-table.js';
import { explanationOf } from '../rivals/explanations.js';
import { lesserRivals, SHORTCOMINGS } from '../rivals/shortcomings.js';

/** Differences smaller than this are lost in the noise. */
const NOTABLE = 1.05;

/**
 * Lists the rows in which another implementation is faster, with the reason, and what packages leave out.
 *
 * @param rows - The rows of a report.
 * @returns Markdown.
 */
export function rivalNotes(rows: readonly Row[]): string {
  const lines = rows.filter(isOvertaken).map((ours) => {
    const best = bestRivalOf(ours, rows) as Row;
    const ratio = (ours.nsPerOp / best.nsPerOp).toFixed(2);
    return [
      `${ours.suite}: ${ours.job}`,
      ours.n.toLocaleString('en'),
      formatNs(ours.nsPerOp),
      best.impl,
      formatNs(best.nsPerOp),
      ratio,
      explanationOf(ours, best.impl) ?? '',
    ];
  });
  const titles = ['job', 'n', 'ipvs', 'faster', 'its ns', 'ratio', 'why'];
  const table =
    lines.length === 0
      ? 'Nothing that does the whole job is faster by a twentieth or more.\n'
      : `These do the whole job faster by a twentieth or more, in nanoseconds:\n\n${markdownLines([titles, ...lines], isText)}`;
  const notes = SHORTCOMINGS.map(
    ({ impl, subjects, what }) => `- ${impl} as ${subjects.join(', ')} ${what}.\n`,
  );
  return `${table}\nNot compared with, since they do less:\n\n${notes.join('')}`;
}

function isOvertaken({ impl, ratioToBestRival: ratio }: Row): boolean {
  return impl === OURS && (ratio ?? 0) > NOTABLE;
}

function bestRivalOf(ours: Row, rows: readonly Row[]): Row | undefined {
  const lesser = ours.suite === 'pick' ? lesserRivals(ours.job.split(',', 1)[0]) : [];
  return rows
    .filter(
      ({ suite, job, n, impl }) =>
        suite === ours.suite && job === ours.job && n === ours.n && isRival(impl, lesser),
    )
    .toSorted((a, b) => a.nsPerOp - b.nsPerOp)[0];
}

function isRival(impl: string, lesser: readonly string[]): boolean {
  return impl !== OURS && !impl.startsWith(LIMIT) && !lesser.includes(impl);
}

function isText(column: number): boolean {
  return column === 0 || column === 3 || column === 6;
}
