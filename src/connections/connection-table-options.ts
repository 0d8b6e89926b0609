/**
 * What a connection table is told, and what it tells of itself.
 */
import type { OptionNames } from '../errors.js';
import type { RandomSource } from '../random.js';

/** What a full table does: `refuse` new entries, or `drop` old ones that can be spared first. */
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
  /** By how much timers are taken to run late when a template is re-armed, in milliseconds; default 0. */
  readonly timerLatenessMs?: number;
}

/** The names of the settings. */
export const CONNECTION_TABLE_OPTIONS: OptionNames<ConnectionTableOptions> = {
  seed: true,
  random: true,
  limit: true,
  overflow: true,
  timerLatenessMs: true,
};

/** What a table holds and takes. */
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
