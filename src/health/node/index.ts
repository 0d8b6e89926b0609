/**
 * Probes for Node: by a TCP connection, by an HTTP request.
 *
 * @packageDocumentation
 */
export * from './tcp-probe.js';
export * from './http-probe.js';
