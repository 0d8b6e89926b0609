/**
 * The checks of a keepalived.conf on the sockets of Node: what drives a `KeepalivedMachine` in a real network.
 *
 * @packageDocumentation
 */
export * from './node-checks.js';
