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
  'simulate',
];

/**
 * The suites in which versions of the library are compared: those whose jobs fit into the caches of a processor, of
 * tables, directors and synchronization the small ones.
 */
export const CHECKED_SUITES: readonly string[] = [
  'pick',
  'connect',
  'table',
  'director',
  'paths',
  'conntrack',
  'sync',
  'simulate',
];
