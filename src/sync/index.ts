/**
 * State synchronization between directors: the messages of the kernel's sync daemons, versions 0 and 1.
 *
 * @packageDocumentation
 */
export {
  type MessageFault,
  type RestFault,
  SyncDecoder,
  type SyncFault,
  type SyncVisitor,
} from './decode-message.js';
export type { EntryFault, SyncRules } from './skipped-entries.js';
export type { SyncVersion } from './message-format.js';
export { SyncMessageWriter, type SyncSend } from './message-writer.js';
export {
  MAX_ENGINE_DATA_BYTES,
  MAX_ENGINE_NAME_BYTES,
  SEQUENCE_BYTES,
  SyncEntry,
} from './sync-entry.js';
export type { SyncDaemon, SyncRole } from './sync-daemon.js';
export type {
  BackupStatistics,
  MasterStatistics,
  SyncEnvironment,
  SyncFactory,
  SyncPart,
  SyncStatistics,
  SyncTunables,
} from './sync-part.js';
export { synchronization, type SynchronizationOptions } from './synchronization.js';
export type { SyncChannel, SyncTransport } from './sync-transport.js';
export {
  type SharedService,
  type SharedStatistics,
  shareService,
  type ShareOptions,
} from './sharing/share-service.js';
export type { SharedChannel, SharedReceiver } from './sharing/shared-channel.js';
export type {
  SharedCount,
  SharedFault,
  SharedMessage,
  SharedTemplate,
} from './sharing/shared-message.js';
