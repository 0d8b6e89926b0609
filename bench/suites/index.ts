/**
 * The names of the suites: each is a file of this folder that exports `suite`.
 */

/** All suites, in the order of the report. */
export const SUITES: readonly string[] = [
  'pick',
  'connect',
  'table',
  'wire',
  'director',
  'paths',
  'conntrack',
  'sync',
];

/**
 * The suites in which versions of the library are compared. Tables wait for memory, and rewriting packets is now and
 * then compiled in a worse way: both vary by more than a tenth between copies of the same code.
 */
export const CHECKED_SUITES: readonly string[] = ['pick', 'connect'];
