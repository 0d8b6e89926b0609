/**
 * The names of the suites: each is a file of this folder that exports `suite`.
 */

/** All suites, in the order of the report. */
export const SUITES: readonly string[] = ['pick', 'table', 'wire', 'director'];

/**
 * The suites in which versions of the library are compared: those that depend on the processor alone. What waits for
 * memory varies by far more than a tenth with whatever else uses the caches.
 */
export const CHECKED_SUITES: readonly string[] = ['pick', 'wire'];
