/**
 * The connection table: entries in typed arrays, their timers, and the state machines of TCP, UDP and SCTP.
 *
 * @packageDocumentation
 */
export { BATCH_KEY_WORDS, BatchLookup } from './prefetch.js';
export { type InitialState, INITIAL_TIMEOUT_MS } from './entries/initial-state.js';
export type { ConnectionState, ConnectionTableState, TimerState } from './snapshot-format.js';
export { Connection } from './connection.js';
export { ConnectionKey } from './connection-key.js';
export { StateMachine, statesOf, stateName, TEMPLATE_STATES } from './state-machine.js';
export { ConnectionTable } from './connection-table.js';
export type { ConnectionTableObserver } from './connection-table-observer.js';
export type {
  ConnectionTableOptions,
  ConnectionTableStatistics,
  OverflowPolicy,
} from './connection-table-options.js';
export { MAX_TIMEOUT_MS, REARM_MS } from './lifecycle.js';
export { MAX_TIMEOUT_SECONDS, Timeouts, type TimeoutSettings } from './states/timeouts.js';
export { SCTP_STATES } from './states/sctp.js';
export { TCP_STATES } from './states/tcp.js';
export type { EntryStore } from './entries/entry-store.js';
export { type TimerOwner, TimerWheel } from './timers/timer-wheel.js';
export { UDP_STATES } from './states/udp.js';
