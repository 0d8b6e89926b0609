/**
 * What every scheduling algorithm is: something that picks a real server for a flow.
 *
 * A factory ties an algorithm to one list; the scheduler then observes the list, so that its index
 * or table is right at the next pick. Picking changes no server: the caller that opens a connection says so
 * on the server it got.
 */
import type { Flow } from '../model/flow.js';
import type { RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';

/** The short names of the algorithms, as ipvsadm's `--scheduler` takes them. */
export type SchedulerName =
  | 'rr'
  | 'wrr'
  | 'lc'
  | 'wlc'
  | 'lblc'
  | 'lblcr'
  | 'dh'
  | 'sh'
  | 'sed'
  | 'nq'
  | 'mh'
  | 'fo'
  | 'ovf'
  | 'twos';

/** The options of the source-hashing algorithms (`sh`, `mh`), ipvsadm's `--sched-flags`. */
export interface SchedulerFlags {
  /** Whether an unusable server's clients go to another one instead of nowhere; default `false`. */
  readonly fallback?: boolean;
  /** Whether the client's port takes part in the hash; default `false`. */
  readonly port?: boolean;
}

/** Picks real servers of one list. */
export interface Scheduler {
  /** The algorithm's short name. */
  readonly name: SchedulerName;

  /**
   * Picks a server for a new connection.
   *
   * @param flow - The packet that opens the connection.
   * @returns A server of the list, or `undefined` when none can take the connection.
   */
  schedule(flow: Flow): RealServer | undefined;

  /**
   * Picks another server for one connection, while those that it must not get are suspended; default: as
   * {@link Scheduler.schedule} does.
   *
   * Algorithms have this method whose `schedule` would give nothing (`dh`, `sh` and `mh` go on as with
   * `fallback`) or would remember the answer for other connections (`lblc`, `lblcr`).
   *
   * @param flow - The packet that opens the connection.
   * @returns A usable server of the list, or `undefined` when there is none.
   */
  reschedule?(flow: Flow): RealServer | undefined;

  /**
   * Writes out what the algorithm remembers between picks, such as a cursor.
   *
   * @returns Plain JSON for {@link Scheduler.restore}, with the number of its `format`; `null` when it remembers nothing.
   */
  toJSON(): unknown;

  /**
   * Reads back what {@link Scheduler.toJSON} gave, for a list with the same servers.
   *
   * @param state - The value that was written.
   * @throws {TypeError} When the value is no such state; an algorithm that remembers nothing takes any value.
   * @throws {RangeError} When the state is of another format.
   */
  restore(state: unknown): void;

  /**
   * Changes the flags from the next pick on; only algorithms that have flags have this method.
   *
   * @param flags - The new flags; what is not given is off.
   */
  setFlags?(flags: SchedulerFlags): void;

  /** Stops observing the list; the scheduler must not be used any more. */
  close(): void;
}

/**
 * Ties an algorithm to a list of servers.
 *
 * @param servers - The list to pick from.
 * @returns A scheduler with fresh state.
 */
export type SchedulerFactory = (servers: ServerList) => Scheduler;
