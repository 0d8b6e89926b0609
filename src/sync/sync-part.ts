/**
 * Synchronization as a director sees it: an optional part that is handed to it.
 */
import type { ConnectionKey } from '../connections/entries/connection-key.js';
import type { ConnectionTable } from '../connections/connection-table.js';
import type { Timeouts } from '../connections/states/timeouts.js';
import type { ServiceTable } from '../services/service-table.js';
import type { SyncFault } from './decode-message.js';
import type { SyncRules } from './skipped-entries.js';
import type { SyncDaemon, SyncRole } from './sync-daemon.js';

/** The tunables of synchronization, live. */
export interface SyncTunables {
  /** The version of the messages that a master sends: 0 or 1. */
  readonly sync_version: number;
  /** The packet of a period with which a connection is sent. */
  readonly sync_threshold: number;
  /** The length of a period in packets; 0 = a connection is sent once. */
  readonly sync_period: number;
  /** The least change of an expiry that is worth a message, in seconds; 0 = packets are counted instead. */
  readonly sync_refresh_period: number;
  /** How often a message is repeated, 0–3, where there is a refresh period. */
  readonly sync_retries: number;
  /** 1 = of connections that a template controls only the template is sent. */
  readonly sync_persist_mode: number;
  /** 1 = while a backup runs, packets are left to the host. */
  readonly backup_only: number;
  /** How many ports messages are spread over: from the daemon's port on. */
  readonly sync_ports: number;
}

/** What synchronization works on. */
export interface SyncEnvironment {
  /** The connections. */
  readonly table: ConnectionTable;
  /** The services, whose servers received connections are bound to. */
  readonly services: ServiceTable;
  /** The timeouts of connections. */
  readonly timeouts: Timeouts;
  /** The tunables, live. */
  readonly tunables: SyncTunables;
  /** What the kernel whose decisions are made checks in received entries. */
  readonly kernel: SyncRules;
  /** The persistence engines that there are. */
  readonly engines: readonly string[];
  /** By how much timers run late, in milliseconds. */
  readonly timerLatenessMs: number;
  /**
   * The director's time.
   *
   * @returns Milliseconds; everything that was due before has been done.
   */
  advance(): number;
  /**
   * A backup is about to add an entry.
   *
   * @param key - Its client and virtual endpoint; valid during the call only.
   */
  clientReceived?(key: ConnectionKey): void;
  /**
   * A backup has added an entry, or has updated it.
   *
   * @param slot - The entry.
   * @param now - The present time in milliseconds.
   */
  entryReceived?(slot: number, now: number): void;
}

/** What a master has sent. */
export interface MasterStatistics {
  /** Messages. */
  readonly messages: number;
  /** Entries in them, and in the message that is being filled. */
  readonly entries: number;
}

/** What a backup has received. */
export interface BackupStatistics {
  /** Messages, damaged ones included. */
  readonly messages: number;
  /** Entries that were added to the table. */
  readonly added: number;
  /** Entries that updated one of the table. */
  readonly updated: number;
  /** Entries that belong to an older connection than the one of the table. */
  readonly outdated: number;
  /** Entries that found the table full. */
  readonly refused: number;
  /** Messages, or their rest, and entries that were passed over, by reason. */
  readonly faults: ReadonlyMap<SyncFault, number>;
}

/** What the daemons of a director have done since each was started. */
export interface SyncStatistics {
  /** The master; `undefined` when none runs. */
  readonly sent: MasterStatistics | undefined;
  /** The backup; `undefined` when none runs. */
  readonly received: BackupStatistics | undefined;
}

/** The synchronization of one director. */
export interface SyncPart {
  /** What its daemons have done. */
  readonly statistics: SyncStatistics;
  /** Whether the director only listens: a backup runs, and `backup_only` is set. */
  readonly isStandby: boolean;
  /** When {@link SyncPart.tick} is due next, in milliseconds; Infinity = never. */
  readonly dueMs: number;
  /**
   * Starts a daemon.
   *
   * @param daemon - How it is to run.
   * @param now - The present time in milliseconds.
   */
  start(daemon: SyncDaemon, now: number): void;
  /**
   * Stops a daemon; what waits to be sent is sent.
   *
   * @param role - Its role.
   */
  stop(role: SyncRole): void;
  /**
   * A packet of a client belonged to a connection, and was counted.
   *
   * @param slot - The connection.
   * @param now - The present time in milliseconds.
   */
  clientPacket(slot: number, now: number): void;
  /**
   * Packets of a client belonged to a connection, and were forwarded without the director, which has not counted them:
   * enough for the connection to be announced again, where the tunables let packets do that.
   *
   * @param slot - The connection.
   * @param now - The present time in milliseconds.
   */
  uncountedPackets(slot: number, now: number): void;
  /**
   * A one-packet connection was scheduled.
   *
   * @param template - The template that controls it, or −1.
   * @param now - The present time in milliseconds.
   */
  onePacket(template: number, now: number): void;
  /**
   * An entry is about to leave the table.
   *
   * @param slot - The entry.
   */
  connectionRemoved(slot: number): void;
  /**
   * A template whose time was up was re-armed, because it still controls connections.
   *
   * @param slot - The template.
   */
  templateRearmed(slot: number): void;
  /**
   * Sends what has waited long enough.
   *
   * @param now - The present time in milliseconds.
   */
  tick(now: number): void;
}

/**
 * Makes the synchronization of one director.
 *
 * @param environment - What it works on.
 * @returns The part.
 */
export type SyncFactory = (environment: SyncEnvironment) => SyncPart;
