/**
 * Why something else is faster in some rows of the report.
 */
import type { Row } from '../harness/report.js';

/** A reason, and the rows for which it is one. */
interface Explanation {
  readonly suite: string;
  /** What the job begins with. */
  readonly jobs: readonly string[];
  /** The sizes of the rows: from, and up to. */
  readonly sizes: readonly [least: number, most: number];
  /** The faster implementations; any one by default. */
  readonly impls?: readonly string[];
  readonly why: string;
}

const EXPLANATIONS: readonly Explanation[] = [
  {
    suite: 'pick',
    jobs: ['rr,', 'wrr,'],
    sizes: [1024, 10_000],
    why: 'the walk finds a server at the next place or the one after it, too; what differs is how much memory a server takes',
  },
  {
    suite: 'pick',
    jobs: ['rr, equal'],
    sizes: [64, 64],
    impls: ['linear scan'],
    why: 'all of this row is slower in a process that measures every scheduler, an empty call too; where rr is measured alone it takes 7.5 ns, and the walk 8.2',
  },
  {
    suite: 'pick',
    jobs: ['wlc, tenth', 'sed, tenth', 'nq, tenth'],
    sizes: [2, 2],
    impls: ['linear scan'],
    why: 'one of two servers is quiesced, and the walk computes no cost of it; the library does, since a cost that wraps around counts there, too, and to ask first makes all longer walks slower',
  },
  {
    suite: 'table',
    jobs: ['batched-', 'hit', 'miss', 're-arm', 'delete'],
    sizes: [1000, 10_000],
    why: 'maps keep the endpoint alone; the library compares protocol, both endpoints and the mark of the service, and counts',
  },
  {
    suite: 'table',
    jobs: ['expire'],
    sizes: [1000, 10_000],
    impls: ['nested Map'],
    why: 'the timers of the maps are a queue, which serves only connections that all live equally long; those of the library may have any time-out, and be restarted',
  },
];

/**
 * Why another implementation is faster.
 *
 * @param row - The row of this package.
 * @param impl - The faster implementation.
 * @returns The reason; `undefined` when none is known.
 */
export function explanationOf({ suite, job, n }: Row, impl: string): string | undefined {
  return EXPLANATIONS.find(
    ({ jobs, sizes: [least, most], impls, ...each }) =>
      each.suite === suite &&
      jobs.some((begin) => job.startsWith(begin)) &&
      n >= least &&
      n <= most &&
      impls?.includes(impl) !== false,
  )?.why;
}
