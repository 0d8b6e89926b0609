/**
 * The connection table: entries in typed arrays, their timers, and the state machines of TCP, UDP and SCTP.
 *
 * @packageDocumentation
 */
export { Connection } from './connection.js';
export { ConnectionKey } from './entries/connection-key.js';
export { ConnectionTable } from './connection-table.js';
export type {
  ConnectionTableOptions,
  ConnectionTableStatistics,
  OverflowPolicy,
} from './connection-table-options.js';
export type { Eviction } from './eviction.js';
export type { ConnectionTableObserver } from './lifecycle.js';
export type { HelperState } from './entries/helper-session.js';
export type { ConnectionEndpoints } from './entries/entries.js';
export {
  INITIAL_TIMEOUT_MS,
  type InitialState,
  MAX_TIMEOUT_MS,
  REARM_MS,
} from './entries/initial-state.js';
export type { ConnectionState, ConnectionTableState, TimerState } from './snapshot.js';
export {
  StateMachine,
  type StatefulTable,
  stateName,
  statesOf,
  TEMPLATE_STATES,
} from './state-machine.js';
export { SCTP_STATES } from './states/sctp.js';
export { TCP_STATES } from './states/tcp.js';
export { MAX_TIMEOUT_SECONDS, Timeouts, type TimeoutSettings } from './states/timeouts.js';
export { UDP_STATES } from './states/udp.js';
