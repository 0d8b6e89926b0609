/**
 * What a suite of benchmarks is: jobs, each with a size and some implementations that can do it.
 *
 * A suite is only a description until one implementation of one job is prepared; preparing builds the
 * data outside the timing. Whoever runs a suite may prepare each implementation in a fresh copy of the code, so
 * that what the engine learns from one does not slow the next.
 */
import type { Candidate } from './measure.js';

/** The implementation that is this package. */
export const OURS = 'ipvs';

/** With what the names of implementations begin that only show what cannot be avoided. */
export const LIMIT = 'limit: ';

/** One job at one size. */
export interface Job {
  /** What is done. */
  readonly job: string;
  /** Which part of the package does it: an algorithm, a kind of packet. */
  readonly subject: string;
  /** How large it is: servers, connections, bytes. */
  readonly n: number;
  /** Who can do it; {@link OURS} first. */
  readonly impls: readonly string[];
  /** The implementation that does no more than cannot be avoided; one of `impls`, or nobody. */
  readonly limit: string | undefined;
  /** The cost that is aimed at, as a multiple of the limit's. */
  readonly goal?: number;
  /** Implementations that do less than the job asks for: shown, and not compared with. */
  readonly lesser?: readonly string[];
  /**
   * How many copies of each implementation are measured, of which the fastest counts; default 1. The engine now and then
   * compiles a copy badly and stays with that, which shows in operations of a few nanoseconds.
   */
  readonly copies?: number;
}

/** What may be left out. */
export interface Scope {
  /** Whether only the most telling jobs are wanted. */
  readonly quick: boolean;
  /** Whether jobs are wanted that take gigabytes. */
  readonly large: boolean;
}

/** A candidate and what is known of it besides its time. */
export interface Prepared extends Candidate {
  /** Bytes of memory per item, when the job is about that. */
  readonly bytesPerItem?: number;
  /** The longest single operation, in milliseconds, as observed so far. */
  readonly longestMs?: number;
}

/** A suite. */
export interface Suite {
  /** Its name, as the command line takes it. */
  readonly name: string;
  /** One line on what an operation is. */
  readonly operation: string;
  /**
   * Lists the jobs.
   *
   * @param scope - What may be left out.
   * @returns The jobs, in the order of the report.
   */
  jobs(scope: Scope): readonly Job[];
  /**
   * Builds what an implementation needs for a job.
   *
   * @param job - One of the jobs.
   * @param impl - One of its implementations.
   * @returns What can be timed.
   */
  prepare(job: Job, impl: string): Prepared;
}
