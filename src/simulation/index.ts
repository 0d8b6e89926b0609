/**
 * Seeded loads on virtual services, and measures of what the schedulers make of them: fairness, smoothness,
 * and what moves when a server leaves.
 *
 * Pure and repeatable: the same rules, seed and options give the same result on every platform.
 *
 * @packageDocumentation
 */
export * from './service-rules.js';
export * from './rules.js';
export * from './rules-error.js';
export * from './workload.js';
export * from './run.js';
export * from './fairness.js';
export * from './disruption.js';
