/**
 * Two versions of the library against each other, job by job, in this process.
 *
 * Absolute times vary by 20–30 % from run to run on shared machines; the ratio of two builds of the same
 * code that take turns in one process varies by less than 1 %. Jobs that one of the versions does not know
 * are left out and named. Each version runs in three copies of its code, of which the fastest sample counts: what
 * others do on the machine only makes samples slower, and now and then the engine compiles a copy badly and
 * stays with that.
 */
import {
  measure,
  type Candidate,
  type Measurement,
  type Plan,
} from '../../src/cli/bench/measure.js';
import { OURS, type Job } from '../../src/cli/bench/suite.js';
import type { CopyMaker, SuiteFile } from './suite-bundle.js';

const BASE = 'base';
const HEAD = 'head';

/** How many copies of each version run in a process. */
const COPIES = 3;

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
  let candidates: Candidate[];
  try {
    candidates = prepareCopies(comparison, job);
  } catch {
    return { job: name, ratio: null, baseNs: Number.NaN };
  }
  const measured = measure(candidates, comparison.plan, () => performance.now());
  const baseNs = fastest(measured.filter(({ impl }) => impl === BASE));
  const headNs = fastest(measured.filter(({ impl }) => impl === HEAD));
  return { job: name, ratio: headNs / baseNs, baseNs };
}

/** Copies of both versions in turn. */
function prepareCopies({ base, head, headFirst, slowdown }: Comparison, job: Job): Candidate[] {
  return Array.from({ length: COPIES }).flatMap(() => {
    const pair = [
      changed(base().suite.prepare(job, OURS), BASE, 1),
      changed(head().suite.prepare(job, OURS), HEAD, 1 + slowdown),
    ];
    return headFirst ? pair.toReversed() : pair;
  });
}

function fastest(copies: readonly Measurement[]): number {
  return Math.min(...copies.map(({ fastestNsPerOp }) => fastestNsPerOp));
}

/** A candidate under another name, that does more than it says by a factor. */
function changed(candidate: Candidate, impl: string, factor: number): Candidate {
  const { largestBatch } = candidate;
  // Where what is done must be undone, the batch has to have room for what comes on top.
  const batch =
    largestBatch === undefined ? {} : { largestBatch: Math.floor(largestBatch / factor) };
  return {
    impl,
    run: (operations) => candidate.run(Math.floor(operations * factor)),
    restore: (operations) => candidate.restore?.(Math.floor(operations * factor)),
    ...batch,
  };
}
