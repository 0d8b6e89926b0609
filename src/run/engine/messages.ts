/**
 * What the supervisor and the engine say to each other: one line of JSON per message.
 */
import type { DirectorState } from '../../director/director-state.js';
import type { HostOptions } from '../../director/host.js';
import type { ServerAddress, ServerOptions, ServerSettings } from '../../model/server-settings.js';
import type { ServiceName } from '../../services/service-key.js';
import type { StatisticsRegistryState } from '../../statistics/statistics-registry.js';
import type { BackupStatistics, MasterStatistics } from '../../sync/sync-part.js';
import type { KernelPathCounts } from '../kernel-path.js';
import type { FrameCounts } from './frame-handler.js';

/** How an engine begins. */
export interface EngineStart {
  /** Services, servers and settings; connections come from the journal. */
  readonly state: DirectorState;
  /** The host, without its links. */
  readonly host: Omit<HostOptions, 'link'>;
  /** The file of the journal, read back when it exists. */
  readonly journal: string;
  /** The marks that lead to servers of direct routing, by the server's address. */
  readonly gateways: Readonly<Record<string, number>>;
  /** Whether busy connections are reported, so that the kernel forwards them. */
  readonly reportsBusy: boolean;
}

/** A message of the synchronization master, which the supervisor sends. */
export interface Announcement {
  /** Which of the daemon's ports it goes to, counted from 0. */
  readonly port: number;
  /** Its bytes, in base 64. */
  readonly bytes: string;
}

/** The number of the answers that bring an {@link Announcement}: no question has it. */
export const ANNOUNCEMENT = -2;

/** The number of the answers that report a busy connection: no question has it. */
export const BUSY_CONNECTION = -1;

/** What an engine is asked. */
export type EngineRequest =
  | { readonly kind: 'follow'; readonly start: EngineStart }
  | { readonly kind: 'catch-up' }
  | { readonly kind: 'take-over'; readonly statistics?: StatisticsRegistryState }
  | { readonly kind: 'command'; readonly words: readonly string[] }
  | { readonly kind: 'show'; readonly words: readonly string[] }
  | { readonly kind: 'gateways'; readonly gateways: Readonly<Record<string, number>> }
  | { readonly kind: 'tunable'; readonly name: string; readonly value: string }
  | { readonly kind: 'add-server'; readonly service: ServiceName; readonly server: ServerOptions }
  | {
      readonly kind: 'edit-server';
      readonly service: ServiceName;
      readonly server: ServerAddress;
      readonly settings: ServerSettings;
    }
  | {
      readonly kind: 'remove-server';
      readonly service: ServiceName;
      readonly server: ServerAddress;
    }
  /** Which connections may still be forwarded by the kernel; answered when the bell has rung more often than that. */
  | { readonly kind: 'confirm'; readonly ids: readonly string[]; readonly after: number }
  | { readonly kind: 'carried'; readonly counts: readonly KernelPathCounts[] }
  | { readonly kind: 'received'; readonly messages: readonly string[] }
  | { readonly kind: 'metrics' }
  /** All that was counted, or a part of it. */
  | { readonly kind: 'statistics'; readonly part?: 'first' | 'next' }
  | { readonly kind: 'status' }
  | { readonly kind: 'flush' }
  | { readonly kind: 'quit' };

/** A part of what was counted. */
export interface StatisticsPart {
  /** The total, and some of the services. */
  readonly state: StatisticsRegistryState;
  /** Whether no other part follows. */
  readonly isLast: boolean;
}

/** How an engine is. */
export interface EngineStatus {
  /** What was done with frames. */
  readonly frames: FrameCounts;
  /** Connections and templates. */
  readonly connections: number;
  /** Bytes of memory. */
  readonly memoryBytes: number;
  /** Writes to the journal that failed. */
  readonly journalFailures: number;
  /** What the synchronization daemons have done; absent when none runs. */
  readonly sync?: SyncFigures;
  /** The servers of all services, in the order of the listing. */
  readonly servers: readonly ServerFigures[];
}

/** Synchronization, in figures: since its daemons were started, or the engine was. */
export interface SyncFigures {
  /** The master. */
  readonly sent?: MasterStatistics;
  /** The backup; its faults by reason. */
  readonly received?: Omit<BackupStatistics, 'faults'> & {
    readonly faults: Readonly<Record<string, number>>;
  };
}

/** A server, in figures. */
export interface ServerFigures {
  /** Its service. */
  readonly service: string;
  /** Its address and port. */
  readonly server: string;
  /** Its weight. */
  readonly weight: number;
  /** Its active connections. */
  readonly active: number;
  /** Its inactive connections. */
  readonly inactive: number;
  /** Connections that were opened. */
  readonly opened: number;
  /** Packets from clients. */
  readonly packetsIn: number;
  /** Bytes from clients. */
  readonly bytesIn: number;
  /** Bytes to clients. */
  readonly bytesOut: number;
}

/** An answer, to the question of that number. */
export type EngineAnswer =
  | { readonly id: number; readonly ok: true; readonly text: string }
  | { readonly id: number; readonly ok: false; readonly text: string; readonly exitStatus: number };
