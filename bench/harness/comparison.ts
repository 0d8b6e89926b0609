/**
 * Two versions of the library against each other, job by job, in this process.
 *
 * Absolute times vary by 20–30 % from run to run on shared machines; the ratio of two builds of the same
 * code that take turns in one process varies by less than 1 %. Jobs that one of the versions does not know
 * are left out and named. Each version runs in four copies of its code, all of which do the same operations round
 * by round: of each round the fastest copy counts, since others on the machine only make a sample slower, and now
 * and then the engine compiles a copy badly and stays with that. The ratio is the median over the rounds.
 */
import { measure, median, type Candidate, type Measurement, type Plan } from './measure.js';
import { processorTimeMs, workingClock } from './steady-engine.js';
import { OURS, type Job, type Prepared } from './suite.js';
import type { CopyMaker, SuiteFile } from './suite-bundle.js';

const BASE = 'base';
const HEAD = 'head';

/** How many copies of each version run in a process. */
const COPIES = 4;

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
  const name = nameOf(suite, job);
  let candidates: Candidate[];
  try {
    candidates = prepareCopies(comparison, job);
  } catch {
    return { job: name, ratio: null, baseNs: Number.NaN };
  }
  const measured = measure(candidates, { ...comparison.plan, inStep: true }, workingClock());
  const base = fastestByRound(measured.filter(({ impl }) => impl === BASE));
  const head = fastestByRound(measured.filter(({ impl }) => impl === HEAD));
  const ratio = median(head.map((ns, round) => ns / base[round]));
  return { job: name, ratio, baseNs: median(base) };
}

/**
 * How a job is called.
 *
 * @param suite - The suite's name.
 * @param job - The job.
 * @returns Suite, job and size.
 */
export function nameOf(suite: string, job: Job): string {
  return `${suite}: ${job.job}, n = ${job.n}`;
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

/** The cost in the fastest copy, by round. */
function fastestByRound(copies: readonly Measurement[]): number[] {
  const rounds = copies[0].samples;
  return rounds.map((_, round) => Math.min(...copies.map(({ samples }) => samples[round])));
}

/** A candidate under another name, that takes longer than it would by a factor. */
function changed(candidate: Prepared, impl: string, factor: number): Candidate {
  if (factor === 1) return { ...candidate, impl };
  return {
    ...candidate,
    impl,
    run(operations) {
      const start = processorTimeMs();
      candidate.run(operations);
      const end = start + (processorTimeMs() - start) * factor;
      // Waiting, and not working more: the state has to stay in step with that of the other version.
      while (processorTimeMs() < end);
    },
  };
}
