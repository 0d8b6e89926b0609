/**
 * Options and statistics of a connection table.
 */
import type { OptionNames } from '../errors.js';
import type { RandomSource } from '../random.js';
import type { Timeouts } from './states/timeouts.js';

/** What a full table does: `refuse` new entries, or `drop` old ones by the rules of eviction first. */
export type OverflowPolicy = 'refuse' | 'drop';

/** Settings of a connection table. */
export interface ConnectionTableOptions {
  /** Decides the hash function, for reproducible runs; default: drawn from `random`. */
  readonly seed?: number;
  /** Draws the hash function when no seed is given; default: the platform's source. */
  readonly random?: RandomSource;
  /** How many entries there may be, 1–67108863; default 67108863. */
  readonly limit?: number;
  /** What happens to a new entry when the limit is reached; default `refuse`. */
  readonly overflow?: OverflowPolicy;
  /** The timeouts by protocol and state; default: those of ipvsadm. */
  readonly timeouts?: Timeouts;
  /** How late timers are taken to run when a template is re-armed, in milliseconds, 0–1000; default 0. */
  readonly timerLatenessMs?: number;
}

/**
 * The names of the settings.
 *
 * @internal
 */
export const CONNECTION_TABLE_OPTIONS: OptionNames<ConnectionTableOptions> = {
  seed: true,
  random: true,
  limit: true,
  overflow: true,
  timeouts: true,
  timerLatenessMs: true,
};

/** Size, memory and losses of a table. */
export interface ConnectionTableStatistics {
  /** Entries, templates included. */
  readonly size: number;
  /** Bytes of the records, the index and the timers. */
  readonly bytes: number;
  /** New entries that were refused because the table was full. */
  readonly refused: number;
  /** Entries that were dropped to make room for new ones, or by a sweep. */
  readonly dropped: number;
}
