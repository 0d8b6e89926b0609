/**
 * keepalived.conf: read as keepalived 2.2.7 reads it, as rules, and as a machine that checks servers.
 *
 * @packageDocumentation
 */
export * from './behavior.js';
export type {
  CheckerKind,
  Forwarding,
  Script,
  SyncDaemonDraft,
  UrlDraft,
} from './blocks/drafts.js';
export * from './configuration.js';
export * from './environment.js';
export * from './messages.js';
export * from './parse.js';
export * from './machine/check-result.js';
export * from './machine/commands.js';
export * from './machine/director-kernel.js';
export * from './machine/machine.js';
export * from './load.js';
export * from './write.js';
