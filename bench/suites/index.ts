/**
 * The names of the suites: each is a file of this folder that exports `suite`.
 */
export const SUITES: readonly string[] = ['pick'];
