/**
 * The tunables of a director: every name that Linux 6.1 and 6.12 have under `net.ipv4.vs`.
 *
 * A changed one applies from the next packet, timer or removal on. Times are in seconds. What concerns only a
 * kernel's own resources is stored, and {@link INERT_TUNABLES} says why it has no effect.
 */
import { requireInteger, show } from '../errors.js';

const LARGEST = 2147483647;
/** The default of `sync_qlen_max`, on a host of 360 MB; the kernel computes it from the memory it finds. */
const DEFAULT_QUEUE_LENGTH = 5762;

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
  | 'lblcr_expiration'
  | 'conntrack'
  | 'sync_qlen_max'
  | 'sync_sock_size'
  | 'est_cpulist'
  | 'est_nice';

/** The name of a tunable whose value is text. */
export type TextTunable = 'est_cpulist';
/** The name of a tunable whose value is a number. */
export type NumericTunable = Exclude<TunableName, TextTunable>;

/** Smallest, greatest and default value of each numeric tunable. */
const ranges: Readonly<Record<NumericTunable, readonly [number, number, number]>> = {
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
  conntrack: [0, 1, 0],
  sync_qlen_max: [0, LARGEST, DEFAULT_QUEUE_LENGTH],
  sync_sock_size: [0, LARGEST, 0],
  est_nice: [-20, 19, 0],
};

/** All tunables' names. */
export const TUNABLE_NAMES: readonly TunableName[] = [
  ...(Object.keys(ranges) as NumericTunable[]),
  'est_cpulist',
];

/** The value of every tunable: numbers, but for a list of CPUs. */
export type TunableValues = Readonly<Record<NumericTunable, number> & Record<TextTunable, string>>;

/** The tunables that change nothing that a director does, each with the reason. */
export const INERT_TUNABLES: Readonly<Partial<Record<TunableName, string>>> = {
  ignore_tunneled: 'a director does not decapsulate, so it never sees what was inside a tunnel',
  sync_qlen_max: 'messages wait in the transport, which has limits of its own',
  sync_sock_size: 'the size of a socket buffer is an option of the transport',
  est_cpulist: 'statistics are computed by the process that runs the director',
  est_nice: 'the priority of the process is that of its user',
};

/** What may stand in front of a name: as sysctl and sysctl.conf write it, or its file. */
const PREFIX = /^(?:net\.ipv4\.vs\.|(?:\/proc\/sys\/)?net\/ipv4\/vs\/)/;
/** A list of CPUs: numbers and ranges. */
const CPU_LIST = /^(?:\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*)?$/;

/** The tunables of one director. */
export class Tunables {
  private readonly present: { -readonly [Name in TunableName]: TunableValues[Name] } = defaults();

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
   * @param name - Its name, with or without `net.ipv4.vs.` before it, or the path of its file.
   * @returns Its value.
   * @throws {RangeError} When there is none of this name.
   */
  get<Name extends string>(name: Name): Name extends TextTunable ? string : number {
    return this.present[tunableName(name)] as Name extends TextTunable ? string : number;
  }

  /**
   * Sets a tunable.
   *
   * @param name - Its name, with or without `net.ipv4.vs.` before it, or the path of its file.
   * @param value - The value, or its decimal text; `sync_threshold` also takes two numbers with a
   *   blank between, of which the second is `sync_period`; `est_cpulist` is text such as `0-3,5`.
   * @throws {TypeError} When the value is neither a number nor the decimal text of one.
   * @throws {RangeError} When there is no tunable of this name, or the value is out of its range.
   */
  set(name: string, value: number | string): void {
    const tunable = tunableName(name);
    if (tunable === 'est_cpulist') {
      this.present.est_cpulist = checkedCpus(value);
      return;
    }
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

function defaults(): TunableValues {
  const entries = Object.entries(ranges).map(([name, [, , value]]) => [name, value] as const);
  return { ...(Object.fromEntries(entries) as Record<NumericTunable, number>), est_cpulist: '' };
}

function tunableName(name: string): TunableName {
  const short = name.replace(PREFIX, '');
  if (short === 'est_cpulist' || Object.hasOwn(ranges, short)) return short as TunableName;
  throw new RangeError(
    `Invalid tunable: expected one of ${TUNABLE_NAMES.join(', ')}, got ${show(name)}`,
  );
}

function checked(name: NumericTunable, value: unknown): number {
  const [low, high] = ranges[name];
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  return requireInteger(name, number, low, high);
}

/** A list of CPUs as the caller wrote it; a single number may be given as a number. */
function checkedCpus(value: unknown): string {
  if (typeof value !== 'number' && typeof value !== 'string') {
    throw new TypeError(`Invalid est_cpulist: expected text such as '0-3,5', got ${show(value)}`);
  }
  const text = String(value).trim();
  if (CPU_LIST.test(text)) return text;
  throw new RangeError(`Invalid est_cpulist: expected CPUs such as 0-3,5, got ${show(value)}`);
}
