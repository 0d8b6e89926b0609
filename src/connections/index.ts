/**
 * The connection table: entries, look-ups, state machines, timers and counters.
 *
 * @packageDocumentation
 */
export * from './connection-table.js';
export { ConnectionLookup } from './connection-lookup.js';
export { EntryReader } from './entry-reader.js';
export { EntryEditor } from './entry-editor.js';
export { Connection } from './connection.js';
export { ConnectionKey } from './connection-key.js';
export { ConnectionStates, stateName, statesOf } from './connection-states.js';
export { BATCH_KEY_WORDS, BatchLookup } from './batch-lookup.js';
export * from './flags.js';
export * from './tcp-state.js';
export * from './udp-state.js';
export * from './sctp-state.js';
export { Timeouts, type TimeoutSettings } from './timeouts.js';
