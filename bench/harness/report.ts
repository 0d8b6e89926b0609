/**
 * The outcome of a run: one row per implementation of a job, and where and with what it was measured.
 *
 * Rows have the same form whoever measures, so that results of different machines and versions can be put
 * side by side: `{suite, job, impl, n, nsPerOp, spread, ratioToLimit, ratioToBestRival}`.
 */
import { cpus, totalmem } from 'node:os';
import { measure, type Measurement, type Plan } from './measure.js';
import { workingClock } from './steady-engine.js';
import { LIMIT, OURS, type Job, type Prepared, type Suite } from './suite.js';

/** The result of one implementation of one job. */
export interface Row {
  /** The suite. */
  readonly suite: string;
  /** The job. */
  readonly job: string;
  /** The implementation; `ipvs` is this package. */
  readonly impl: string;
  /** The size of the job. */
  readonly n: number;
  /** The median cost of an operation, in nanoseconds. */
  readonly nsPerOp: number;
  /** The distance between the quartiles of the samples, as a share of the median. */
  readonly spread: number;
  /** The cost as a multiple of the limit's; `null` when the job has no limit. */
  readonly ratioToLimit: number | null;
  /** What {@link Row.ratioToLimit} is to be at most, where a goal is set for this package. */
  readonly goal?: number;
  /** The cost as a multiple of the fastest rival's; `null` when the job has no rival. */
  readonly ratioToBestRival: number | null;
  /** Bytes of memory per item, where the job is about that. */
  readonly bytesPerItem?: number;
  /** The longest single operation, in milliseconds, where the job is about that. */
  readonly longestMs?: number;
}

/** Where and with what a run was made. */
export interface Header {
  /** `ipvs` and its version. */
  readonly package: string;
  /** The version of Node. */
  readonly node: string;
  /** The version of its engine. */
  readonly v8: string;
  /** Operating system and architecture. */
  readonly platform: string;
  /** The processor, as it calls itself. */
  readonly cpu: string;
  /** How many of them. */
  readonly cores: number;
  /** Memory, in bytes. */
  readonly memoryBytes: number;
  /** Versions of the rivals that were measured, by package. */
  readonly rivals: Readonly<Record<string, string>>;
  /** Rivals that are not installed. */
  readonly missing: readonly string[];
  /** How long was measured. */
  readonly plan: Plan;
}

/** A whole run. */
export interface Report {
  /** Where and with what. */
  readonly header: Header;
  /** What came out. */
  readonly rows: readonly Row[];
}

/**
 * Describes this process and its machine.
 *
 * @param version - The version of the package that is measured.
 * @param plan - How long is measured.
 * @param rivals - Versions of the installed rivals.
 * @param missing - Rivals that are not installed.
 * @returns The header of a report.
 */
export function describeRun(
  version: string,
  plan: Plan,
  rivals: Readonly<Record<string, string>> = {},
  missing: readonly string[] = [],
): Header {
  return {
    package: `ipvs ${version}`,
    node: process.versions.node,
    v8: process.versions.v8,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    rivals,
    missing,
    plan,
  };
}

/**
 * Measures all implementations of a job against each other.
 *
 * @param suite - The suite that the job belongs to.
 * @param job - The job.
 * @param plan - How long.
 * @param prepare - How an implementation is prepared; default in this copy of the code.
 * @returns A row per implementation.
 */
export function runJob(
  suite: Suite,
  job: Job,
  plan: Plan,
  prepare: (job: Job, impl: string) => Prepared = (each, impl) => suite.prepare(each, impl),
): Row[] {
  const rounds = Array.from({ length: job.copies ?? 1 });
  const candidates = rounds.flatMap(() => job.impls.map((impl) => prepare(job, impl)));
  const measurements = fastestOf(job.impls, measure(candidates, plan, workingClock()));
  return rowsOf(suite.name, job, candidates, measurements);
}

/**
 * Chooses the fastest copy of each implementation.
 *
 * @param impls - The implementations.
 * @param measurements - What came out, of one copy of each, then of the next, in the order of the implementations.
 * @returns One measurement per implementation.
 */
export function fastestOf(
  impls: readonly string[],
  measurements: readonly Measurement[],
): Measurement[] {
  return impls.map((_, index) =>
    measurements
      .filter((_, place) => place % impls.length === index)
      .reduce((a, b) => (b.nsPerOp < a.nsPerOp ? b : a)),
  );
}

/**
 * Makes rows of measurements.
 *
 * @param suite - The suite's name.
 * @param job - The job.
 * @param candidates - What was measured.
 * @param measurements - What came out, in the same order.
 * @returns A row per implementation.
 */
export function rowsOf(
  suite: string,
  job: Job,
  candidates: readonly Prepared[],
  measurements: readonly Measurement[],
): Row[] {
  const limit = measurements.find(({ impl }) => impl === job.limit)?.nsPerOp;
  const rival = bestRival(job, measurements);
  return measurements.map(({ impl, nsPerOp, spread }, index) => {
    const { bytesPerItem, longestMs } = candidates[index];
    return {
      suite,
      job: job.job,
      impl,
      n: job.n,
      nsPerOp,
      spread,
      ratioToLimit: limit === undefined ? null : nsPerOp / limit,
      ratioToBestRival: rival === undefined || impl.startsWith(LIMIT) ? null : nsPerOp / rival,
      ...(impl === OURS && job.goal !== undefined && { goal: job.goal }),
      ...(bytesPerItem === undefined ? {} : { bytesPerItem }),
      ...(longestMs === undefined ? {} : { longestMs }),
    };
  });
}

/** The cost of the fastest implementation that is neither this package nor a limit, and does the whole job. */
function bestRival(job: Job, measurements: readonly Measurement[]): number | undefined {
  const excluded = [OURS, ...(job.lesser ?? [])];
  const costs = measurements.filter(
    ({ impl }) => !impl.startsWith(LIMIT) && !excluded.includes(impl),
  );
  return costs.length === 0 ? undefined : Math.min(...costs.map(({ nsPerOp }) => nsPerOp));
}
