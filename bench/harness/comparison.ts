/**
 * Two versions of the library against each other, job by job, in this process.
 *
 * Absolute times vary by 20–30 % from run to run on shared machines; the ratio of two builds of the same
 * code that take turns in one process varies by less than 1 %. Jobs that one of the versions does not know
 * are left out and named.
 */
import { measure, median, type Candidate, type Plan } from '../../src/cli/bench/measure.js';
import { processorTimeMs } from '../../src/cli/bench/steady-engine.js';
import { OURS, type Job } from '../../src/cli/bench/suite.js';
import type { CopyMaker, SuiteFile } from './suite-bundle.js';

/** How a job's cost has changed. */
export interface Change {
  /** Suite, job and size. */
  readonly job: string;
  /** The cost of the new version as a multiple of the old one's; `null` when one of them cannot do the job. */
  readonly ratio: number | null;
  /** The cost of the old version, in nanoseconds. */
  readonly baseNs: number;
}

/** What is compared, and how. */
export interface Comparison {
  /** The old version. */
  readonly base: CopyMaker<SuiteFile>;
  /** The new version. */
  readonly head: CopyMaker<SuiteFile>;
  /** How long is measured. */
  readonly plan: Plan;
  /** Whether the new version has its turn first in the first round. */
  readonly headFirst: boolean;
  /** By how much the new version is slowed down, to see whether that is noticed; 0 = not at all. */
  readonly slowdown: number;
}

/**
 * Compares the two versions in a job.
 *
 * @param comparison - What is compared, and how.
 * @param suite - The suite's name.
 * @param job - The job.
 * @returns The change.
 */
export function compare(comparison: Comparison, suite: string, job: Job): Change {
  const name = `${suite}: ${job.job}, n = ${job.n}`;
  let candidates: [Candidate, Candidate];
  try {
    candidates = prepareBoth(comparison, job);
  } catch {
    return { job: name, ratio: null, baseNs: Number.NaN };
  }
  const inOrder = comparison.headFirst ? candidates.toReversed() : candidates;
  const measured = measure(inOrder, comparison.plan, processorTimeMs);
  const [base, head] = comparison.headFirst ? measured.toReversed() : measured;
  const ratios = (head?.samples ?? []).map((ns, round) => ns / (base?.samples[round] as number));
  return { job: name, ratio: median(ratios), baseNs: base?.nsPerOp ?? Number.NaN };
}

function prepareBoth(comparison: Comparison, job: Job): [Candidate, Candidate] {
  const base = comparison.base().suite.prepare(job, OURS);
  const head = comparison.head().suite.prepare(job, OURS);
  return [base, slowed(head, 1 + comparison.slowdown)];
}

/** A candidate that does more than it says. */
function slowed(candidate: Candidate, factor: number): Candidate {
  return {
    impl: candidate.impl,
    run: (operations) => {
      candidate.run(Math.round(operations * factor));
    },
  };
}
