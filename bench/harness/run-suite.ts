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
}

/** Told before each job. */
export type Progress = (done: number, all: number, job: Job) => void;

/**
 * Runs a suite.
 *
 * @param makeCopy - Makes copies of the suite's file.
 * @param selection - Which jobs to run, and how.
 * @param progress - Told before each job.
 * @returns The rows.
 */
export function runSuite(
  makeCopy: CopyMaker<SuiteFile>,
  selection: Selection,
  progress: Progress,
): Row[] {
  const { suite } = makeCopy();
  const jobs = suite.jobs(selection.scope).filter((job) => selection.includes(job));
  return jobs.flatMap((job, index) => {
    progress(index, jobs.length, job);
    return runJob(suite, job, selection.plan, (each, impl) => makeCopy().suite.prepare(each, impl));
  });
}
