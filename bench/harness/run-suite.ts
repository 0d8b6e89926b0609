/**
 * Runs the jobs of a suite, each implementation in a copy of the code of its own.
 */
import type { Plan } from './measure.js';
import { runJob, type Row } from './report.js';
import type { Job, Scope } from './suite.js';
import type { CopyMaker, SuiteFile } from './suite-bundle.js';

/** Which jobs to run, and how. */
export interface Selection {
  /** What may be left out of the suite. */
  readonly scope: Scope;
  /** How long to measure. */
  readonly plan: Plan;
  /** Whether a job is wanted. */
  includes(job: Job): boolean;
  /**
   * Whether there is time for another job; what has begun is finished.
   *
   * @returns `false` when the rest is to be left out.
   */
  hasTime(): boolean;
}

/** What came of a suite. */
export interface SuiteRun {
  /** The rows. */
  readonly rows: readonly Row[];
  /** The jobs for which there was no time. */
  readonly leftOut: readonly Job[];
}

/** Told before each job. */
export type Progress = (done: number, all: number, job: Job) => void;

/**
 * Runs a suite.
 *
 * @param makeCopy - Makes copies of the suite's file.
 * @param selection - Which jobs to run, and how.
 * @param progress - Told before each job.
 * @returns The rows, and what was left out.
 */
export function runSuite(
  makeCopy: CopyMaker<SuiteFile>,
  selection: Selection,
  progress: Progress,
): SuiteRun {
  const { suite } = makeCopy();
  const jobs = suite.jobs(selection.scope).filter((job) => selection.includes(job));
  const rows: Row[] = [];
  for (const [index, job] of jobs.entries()) {
    if (!selection.hasTime()) return { rows, leftOut: jobs.slice(index) };
    progress(index, jobs.length, job);
    const { plan } = selection;
    rows.push(...runJob(suite, job, plan, (each, impl) => makeCopy().suite.prepare(each, impl)));
  }
  return { rows, leftOut: [] };
}
