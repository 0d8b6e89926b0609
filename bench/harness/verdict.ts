/**
 * When a change counts as a regression.
 *
 * Rule: the median of the ratios over all processes is above 1.06, and in four of five the ratio is above 1.03. One
 * process may be disturbed for its whole life; four of five are not, in the same direction. What looks
 * slower, and not clearly so, is measured in further processes.
 */
import { median } from './measure.js';
import type { Change } from './comparison.js';

/** The median ratio above which a job has become slower. */
const MEDIAN_LIMIT = 1.06;

/** What most processes must agree on. */
const PROCESS_LIMIT = 1.03;

/** How many of them, at least. */
const AGREEING = 0.8;

/** Up to this median ratio a job has certainly not become slower. */
const INNOCENT = 1.03;

/** What came out for a job over all processes. */
export interface Verdict {
  /** Suite, job and size. */
  readonly job: string;
  /** The ratios, one per process. */
  readonly ratios: readonly number[];
  /** Their median; `null` when the versions cannot be compared in this job. */
  readonly ratio: number | null;
  /** The median cost of the old version, in nanoseconds. */
  readonly baseNs: number;
  /** Whether the job has become slower. */
  readonly regressed: boolean;
}

/**
 * Judges the changes that some processes have measured.
 *
 * @param processes - The changes by process; the first one has all jobs, further ones may have some of them.
 * @returns A verdict per job.
 */
export function judge(processes: readonly (readonly Change[])[]): Verdict[] {
  const all = processes.flat();
  return (processes[0] ?? []).map(({ job }) => {
    const changes = all.filter((change) => change.job === job);
    const ratios = changes.flatMap(({ ratio }) => (ratio === null ? [] : [ratio]));
    const complete = ratios.length === changes.length;
    return {
      job,
      ratios,
      ratio: complete ? median(ratios) : null,
      baseNs: median(changes.map(({ baseNs }) => baseNs)),
      regressed: complete && isRegression(ratios),
    };
  });
}

/**
 * Whether ratios of cost, one per process, are a regression.
 *
 * @param ratios - The ratios of the new version's cost to the old one's.
 * @returns `true` when the rule above is met.
 */
export function isRegression(ratios: readonly number[]): boolean {
  const slower = ratios.filter((ratio) => ratio > PROCESS_LIMIT).length;
  return median(ratios) > MEDIAN_LIMIT && slower >= ratios.length * AGREEING;
}

/**
 * Whether a verdict should rest on more processes than it does.
 *
 * @param verdict - The verdict.
 * @returns `true` when the job looks slower, be it ever so little, and not all processes agree that it is too slow.
 */
export function isSuspicious({ ratio, ratios }: Verdict): boolean {
  return ratio !== null && ratio > INNOCENT && Math.min(...ratios) <= MEDIAN_LIMIT;
}
