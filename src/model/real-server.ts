/**
 * A real server of a virtual service, as everybody but its list sees it.
 *
 * The configuration is written by the {@link ServerList} alone, the connection counters by the
 * methods here; both keep the overloaded flag true and notify the observers of the list.
 */
import type { IpAddress } from '../ip-address.js';
import type { ForwardingMethod, Tunnel } from './forwarding-method.js';
import type { ServerState } from './server-list-state.js';

/** One real server of a {@link ServerList}. */
export interface RealServer {
  /** The server's address. */
  readonly address: IpAddress;
  /** The server's port, 0–65535; 0 = the port the client asked for. */
  readonly port: number;
  /** How packets reach it. */
  readonly forwardingMethod: ForwardingMethod;
  /** How they are encapsulated, when `forwardingMethod` is `tunneling`. */
  readonly tunnel: Tunnel;

  /** Its share of new connections, 0–2147483647; 0 = quiesced. */
  readonly weight: number;
  /** The weight it was added with or, since, the last one that was not 0. */
  readonly lastWeight: number;
  /** Connections at which it becomes overloaded; 0 = never. */
  readonly upperThreshold: number;
  /** Connections below which it recovers, as configured; 0 = three quarters of `upperThreshold`. */
  readonly lowerThreshold: number;

  /** Active connections: those whose state machine says so, for TCP mostly the established ones. */
  readonly active: number;
  /** All connections, active and inactive, without persistence templates. */
  readonly total: number;
  /** `total` − `active`, never below 0. */
  readonly inactive: number;
  /** Persistence templates that point here; no scheduler looks at them, and no threshold of newer kernels. */
  readonly persistent: number;

  /** Whether it takes no new connections because of its thresholds. */
  readonly overloaded: boolean;
  /** Whether it takes no new connections because its weight is 0. */
  readonly quiesced: boolean;
  /** Whether it is passed over for a time, with its settings unchanged: see {@link RealServer.suspend}. */
  readonly suspended: boolean;
  /** Its weight as far as new connections are concerned: 0 while it is overloaded or suspended. */
  readonly usableWeight: number;
  /** Whether it is in its service's list; `false` once it was removed. */
  readonly available: boolean;

  /**
   * Its place in the list, for indices: a greater one is newer, that is nearer to the front.
   * Positions have gaps, and change only when the list notifies its observers that it was renumbered.
   */
  readonly position: number;

  /**
   * Counts new connections.
   *
   * @param active - Whether they are active; default `true`.
   * @param count - How many, 0 or more; default 1.
   * @throws {TypeError} When the count is not a number.
   * @throws {RangeError} When the count is negative or no integer.
   */
  open(active?: boolean, count?: number): void;
  /**
   * Counts connections that have ended.
   *
   * @param active - Whether they were active at the end; default `true`.
   * @param count - How many, 0 or more; default 1.
   * @throws {TypeError} When the count is not a number.
   * @throws {RangeError} When the count is negative or no integer, or more would end than there are.
   */
  close(active?: boolean, count?: number): void;
  /**
   * Counts connections that have become active.
   *
   * @param count - How many, 0 or more; default 1.
   * @throws {TypeError} When the count is not a number.
   * @throws {RangeError} When the count is negative or no integer, or there are not so many inactive ones.
   */
  activate(count?: number): void;
  /**
   * Counts connections that have become inactive.
   *
   * @param count - How many, 0 or more; default 1.
   * @throws {TypeError} When the count is not a number.
   * @throws {RangeError} When the count is negative or no integer, or there are not so many active ones.
   */
  deactivate(count?: number): void;
  /** Counts a new persistence template. */
  openTemplate(): void;
  /**
   * Counts a persistence template that has ended.
   *
   * @throws {RangeError} When there is none.
   */
  closeTemplate(): void;

  /**
   * Lets schedulers pass the server over, as if it were overloaded, until each call is taken back by
   * {@link RealServer.resume}. Its weight and thresholds stay as they are configured.
   */
  suspend(): void;
  /**
   * Takes back one {@link RealServer.suspend}.
   *
   * @throws {RangeError} When there is none.
   */
  resume(): void;

  /** Notes that something outside the list, such as a cache, refers to this server: it is not forgotten. */
  retain(): void;
  /** Takes back one {@link RealServer.retain}. */
  release(): void;

  /**
   * Address and port as ipvsadm writes them.
   *
   * @returns For example `10.0.0.1:80` or `[2001:db8::1]:80`.
   */
  toString(): string;

  /**
   * The server in words, for people: what `console.log` shows under Node.
   *
   * @returns For example `RealServer 10.0.0.1:80 (weight 3, 2 active, 1 inactive)`.
   */
  describe(): string;

  /**
   * Writes the server out, for `JSON.stringify`.
   *
   * @returns Its settings and counters as plain JSON.
   */
  toJSON(): ServerState;
}

/**
 * Whether a server may get a new connection: it has weight, and is neither overloaded nor suspended.
 *
 * @param server - The server.
 * @returns `true` when it is usable. A server that was removed may be usable in this sense.
 */
export function isUsable(server: RealServer): boolean {
  return server.usableWeight !== 0;
}
