/**
 * keepalived.conf: read as keepalived 2.2.7 reads it, as rules, and as a machine that checks servers.
 *
 * @packageDocumentation
 */
export * from './behavior.js';
export * from './configuration.js';
export * from './environment.js';
export * from './messages.js';
export * from './parse.js';
export * from './machine/check-result.js';
export * from './machine/commands.js';
export * from './machine/machine.js';
export * from './load.js';
