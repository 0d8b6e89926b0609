/**
 * All scheduling algorithms, and the way to one by its short name.
 *
 * The factory of one algorithm brings nothing else along; `createScheduler` brings all of them.
 *
 * @packageDocumentation
 */
export * from './scheduler.js';
export * from './create-scheduler.js';
export type { LoadOptions } from './connection-cost.js';

export * from './round-robin.js';
export * from './weighted-round-robin.js';
export * from './least-connection.js';
export * from './weighted-least-connection.js';
export * from './locality-based-least-connection.js';
export * from './locality-based-least-connection-with-replication.js';
export type { LocalityOptions } from './locality-options.js';
export * from './destination-hashing.js';
export * from './source-hashing.js';
export * from './shortest-expected-delay.js';
export * from './never-queue.js';
export * from './maglev-hashing.js';
export * from './weighted-failover.js';
export * from './weighted-overflow.js';
export * from './power-of-two-choices.js';
