/**
 * Options of a director.
 */
import { systemClock } from '../clock.js';
import type { TrackingSource } from '../conntrack/tracking-part.js';
import type { OverflowPolicy } from '../connections/connection-table-options.js';
import type { OptionNames } from '../errors.js';
import { systemRandom } from '../random.js';
import type { SyncFactory } from '../sync/sync-part.js';
import { type TunableName, Tunables } from './tunables.js';
import { ADMINISTRATION_OPTIONS, type AdministrationOptions } from './administration.js';
import type { FreeMemory } from './defenses.js';
import type { FtpOptions } from './ftp-options.js';
import type { HostOptions } from './host.js';

/** Options of a director; each has a default. */
export interface DirectorOptions extends Omit<AdministrationOptions, 'tunables'> {
  /** The host; default: two interfaces with an MTU of 1500 bytes, bare IP packets. */
  readonly host?: HostOptions;
  /** Tunables with another value than their default. */
  readonly tunables?: Readonly<Partial<Record<TunableName, number | string>>>;
  /** How many connections and templates there may be; default 67108863. */
  readonly connectionLimit?: number;
  /** What a full table does: evicts entries by its eviction policy, or refuses at once; default `'drop'`. */
  readonly overflow?: OverflowPolicy;
  /** How many bytes in front of each packet may be overwritten, so that tunnel headers need no copy; default 0. */
  readonly headroom?: number;
  /** Measures the free memory for the automatic defenses; default: there is always enough. */
  readonly freeMemory?: FreeMemory;
  /** How many connections there must be for batches to read ahead, 0 or more; default 16384: smaller tables fit in the caches. */
  readonly readAheadFrom?: number;
  /** How late timers are assumed to run when a template is re-armed, in milliseconds; default 0. */
  readonly timerLatenessMs?: number;
  /** The time between two ticks of the statistics, in milliseconds; default 2000. */
  readonly estimationIntervalMs?: number;
  /**
   * The time before the first tick of the statistics, in milliseconds; default one interval. It is counted from the
   * first service, by kernels of the line 6.1 from the start.
   */
  readonly firstEstimationAfterMs?: number;
  /** The time between two looks of the defenses at the free memory, in milliseconds; default 1000. */
  readonly defenseIntervalMs?: number;
  /** The time from the start to their first look, in milliseconds; default one interval. */
  readonly firstDefenseAfterMs?: number;
  /** How FTP behind NAT is helped; `false`: not at all; default: control connections on port 21 are. */
  readonly ftp?: FtpOptions | false;
  /** Synchronization with other directors, by `synchronization` of `ipvs/sync`; default: daemons are only listed. */
  readonly sync?: SyncFactory;
  /** Connection tracking, a `ConnectionTracking` of `ipvs/conntrack`; default: none, and source NAT neither. */
  readonly tracking?: TrackingSource;
}

/**
 * The names of the options.
 *
 * @internal
 */
export const DIRECTOR_OPTIONS: OptionNames<DirectorOptions> = {
  ...ADMINISTRATION_OPTIONS,
  host: true,
  connectionLimit: true,
  overflow: true,
  headroom: true,
  freeMemory: true,
  readAheadFrom: true,
  timerLatenessMs: true,
  estimationIntervalMs: true,
  firstEstimationAfterMs: true,
  defenseIntervalMs: true,
  firstDefenseAfterMs: true,
  sync: true,
  ftp: true,
  tracking: true,
};

/**
 * Selects the options of the administration.
 *
 * @param options - The options of a director.
 * @returns Those of its administration, complete but for networks and devices.
 */
export function administrationOptions(
  options: DirectorOptions,
): AdministrationOptions & Required<Pick<AdministrationOptions, 'clock' | 'random'>> {
  const { schedulers, networks, devices, tunables, kernel, persistenceEngines } = options;
  const { clock = systemClock, random = systemRandom } = options;
  return {
    clock,
    random,
    tunables: new Tunables(tunables),
    ...(schedulers !== undefined && { schedulers }),
    ...(networks !== undefined && { networks }),
    ...(devices !== undefined && { devices }),
    ...(kernel !== undefined && { kernel }),
    ...(persistenceEngines !== undefined && { persistenceEngines }),
  };
}
