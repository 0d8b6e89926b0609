/**
 * The tunables of a director, by the names the kernel gives them under
 * `net.ipv4.vs`.
 *
 * A changed one applies from the next packet, timer or removal on. Times are in seconds.
 */
import { requireInteger, show } from '../errors.js';

const LARGEST = 2147483647;

/** The name of a tunable. */
export type TunableName =
  | 'conn_reuse_mode'
  | 'expire_nodest_conn'
  | 'expire_quiescent_template'
  | 'sloppy_tcp'
  | 'sloppy_sctp'
  | 'cache_bypass'
  | 'nat_icmp_send'
  | 'schedule_icmp'
  | 'ignore_tunneled'
  | 'pmtu_disc'
  | 'drop_entry'
  | 'drop_packet'
  | 'secure_tcp'
  | 'am_droprate'
  | 'amemthresh'
  | 'snat_reroute'
  | 'run_estimation'
  | 'sync_version'
  | 'sync_threshold'
  | 'sync_period'
  | 'sync_refresh_period'
  | 'sync_retries'
  | 'sync_persist_mode'
  | 'sync_ports'
  | 'backup_only'
  | 'lblc_expiration'
  | 'lblcr_expiration';

/** Smallest, greatest and default value of each tunable. */
const ranges: Readonly<Record<TunableName, readonly [number, number, number]>> = {
  conn_reuse_mode: [0, 3, 1],
  expire_nodest_conn: [0, 1, 0],
  expire_quiescent_template: [0, 1, 0],
  sloppy_tcp: [0, 1, 0],
  sloppy_sctp: [0, 1, 0],
  cache_bypass: [0, 1, 0],
  nat_icmp_send: [0, 1, 0],
  schedule_icmp: [0, 1, 0],
  ignore_tunneled: [0, 1, 0],
  pmtu_disc: [0, 1, 1],
  drop_entry: [0, 3, 0],
  drop_packet: [0, 3, 0],
  secure_tcp: [0, 3, 0],
  am_droprate: [1, LARGEST, 10],
  amemthresh: [0, LARGEST, 1024],
  snat_reroute: [0, 1, 1],
  run_estimation: [0, 1, 1],
  sync_version: [0, 1, 1],
  sync_threshold: [0, LARGEST, 3],
  sync_period: [0, LARGEST, 50],
  sync_refresh_period: [0, LARGEST, 0],
  sync_retries: [0, 3, 0],
  sync_persist_mode: [0, 1, 0],
  sync_ports: [1, 64, 1],
  backup_only: [0, 1, 0],
  lblc_expiration: [0, LARGEST, 86400],
  lblcr_expiration: [0, LARGEST, 86400],
};

/** All tunables' names. */
export const TUNABLE_NAMES: readonly TunableName[] = Object.keys(ranges) as TunableName[];

/** The value of every tunable. */
export type TunableValues = Readonly<Record<TunableName, number>>;

const prefix = 'net.ipv4.vs.';

/** The tunables of one director. */
export class Tunables {
  private readonly present: Record<TunableName, number> = defaults();

  /**
   * @param values - Those with another value than their default.
   * @throws As {@link Tunables.set} does.
   */
  constructor(values: Readonly<Partial<Record<TunableName, number | string>>> = {}) {
    for (const [name, value] of Object.entries(values)) this.set(name, value);
  }

  /** The present values, live: for reading on the path of a packet. */
  get values(): TunableValues {
    return this.present;
  }

  /**
   * Reads a tunable.
   *
   * @param name - Its name, with or without `net.ipv4.vs.` before it.
   * @returns Its value.
   * @throws {RangeError} When there is none of this name.
   */
  get(name: string): number {
    return this.present[tunableName(name)];
  }

  /**
   * Sets a tunable.
   *
   * @param name - Its name, with or without `net.ipv4.vs.` before it.
   * @param value - The value, or its decimal text; `sync_threshold` also takes two numbers with a
   *   blank between, of which the second is `sync_period`.
   * @throws {TypeError} When the value is neither number nor text.
   * @throws {RangeError} When there is no tunable of this name, or the value is out of its range.
   */
  set(name: string, value: number | string): void {
    const tunable = tunableName(name);
    const [first, second] = typeof value === 'string' ? value.trim().split(/\s+/) : [value];
    if (tunable === 'sync_threshold' && second !== undefined) {
      const period = checked('sync_period', second);
      this.present.sync_threshold = checked(tunable, first);
      this.present.sync_period = period;
      return;
    }
    this.present[tunable] = checked(tunable, second === undefined ? first : value);
  }

  /**
   * Saves the tunables.
   *
   * @returns Plain JSON for the constructor.
   */
  toJSON(): TunableValues {
    return { ...this.present };
  }
}

function defaults(): Record<TunableName, number> {
  const entries = TUNABLE_NAMES.map((name) => [name, ranges[name][2]] as const);
  return Object.fromEntries(entries) as Record<TunableName, number>;
}

function tunableName(name: string): TunableName {
  const short = name.startsWith(prefix) ? name.slice(prefix.length) : name;
  if (Object.hasOwn(ranges, short)) return short as TunableName;
  throw new RangeError(
    `Invalid tunable: expected one of ${TUNABLE_NAMES.join(', ')}, got ${show(name)}`,
  );
}

function checked(name: TunableName, value: unknown): number {
  const [low, high] = ranges[name];
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  return requireInteger(name, number, low, high);
}
