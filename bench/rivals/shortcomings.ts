/**
 * What packages leave out of the job that is measured: they are shown, and not compared with.
 */

/** A package that does less than the job of some algorithms. */
export interface Shortcoming {
  /** How the package is called in reports. */
  readonly impl: string;
  /** The algorithms whose job it does not do completely. */
  readonly subjects: readonly string[];
  /** What it leaves out: the rest of a sentence that begins with its name. */
  readonly what: string;
}

/** All of them. */
export const SHORTCOMINGS: readonly Shortcoming[] = [
  {
    impl: 'loadbalance',
    subjects: ['rr'],
    what: 'cannot pass over a server, be it quiesced (weight 0) or overloaded',
  },
  {
    impl: 'loadbalance',
    subjects: ['wrr'],
    what: 'serves each server its whole weight in a row instead of interleaving them, and cannot pass over one that is overloaded',
  },
];

/**
 * The implementations that do less than the job of an algorithm.
 *
 * @param subject - The algorithm's short name.
 * @returns Their names.
 */
export function lesserRivals(subject: string): string[] {
  return SHORTCOMINGS.filter(({ subjects }) => subjects.includes(subject)).map(({ impl }) => impl);
}
