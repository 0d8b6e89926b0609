/**
 * The connection table and the state machines of TCP, UDP and SCTP.
 *
 * @packageDocumentation
 */
export { BATCH_KEY_WORDS, BatchLookup } from './batch-lookup.js';
export { Connection } from './connection.js';
export { ConnectionKey } from './connection-key.js';
export type { ConnectionState, ConnectionTableState, TimerState } from './connection-state.js';
export { ConnectionStates, stateName, statesOf, TEMPLATE_STATES } from './connection-states.js';
export {
  ConnectionTable,
  type ConnectionTableOptions,
  type ConnectionTableStatistics,
  type OverflowPolicy,
} from './connection-table.js';
export { TEMPLATE_ASSURED } from './entry-editor.js';
export {
  BIRTH_TIMEOUT_MS,
  MAX_TIMEOUT_MS,
  REARM_MS,
  type ConnectionTableObserver,
} from './entry-lifecycle.js';
export * from './flags.js';
export { removeOrphans } from './server-removal.js';
export {
  SCTP_ACTIVE,
  SCTP_CHUNK_ABORT,
  SCTP_CHUNK_INIT,
  SCTP_CLOSED,
  SCTP_ESTABLISHED,
  SCTP_STATES,
} from './sctp-state.js';
export * from './tcp-state.js';
export * from './timeouts.js';
export { UDP_STATES } from './udp-state.js';
