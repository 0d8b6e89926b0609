/**
 * What the life of a table asks of an implementation. All of them keep the same facts of a connection: protocol, client
 * and virtual endpoint, server, state, whether it is active, timeout, expiry and the number of packets. Servers count
 * their active and inactive connections.
 */

/** How long a connection lives after its last use. */
export const LIFE_MS = 60_000;

/** The number of TCP in the IP header. */
export const TCP = 6;
/** The virtual address, signed. */
export const VIRTUAL_ADDRESS: number = 0xc0a8650a | 0;
/** The virtual port. */
export const VIRTUAL_PORT = 80;
/** How many servers there are. */
export const SERVERS = 16;
/** The state of each connection. */
export const STATE = 3;

/** A table of connections of one virtual service. Times are whole milliseconds. */
export interface FactsTable {
  /** How many connections there are. */
  readonly size: number;
  /** What the table takes by its own account, in bytes; `undefined` when it does not know. */
  readonly bytes?: number;
  /** Adds a connection, bound to a server by its number. */
  insert(address: number, port: number, server: number, now: number): void;
  /** Finds a connection and reads the port of its server; 0 when there is none. */
  hit(address: number, port: number): number;
  /** Finds a connection, counts a packet and restarts its timer. */
  use(address: number, port: number, now: number): void;
  /** Finds a connection and removes it. */
  remove(address: number, port: number): void;
  /** Ends the connections whose time is up. */
  advance(now: number): void;
}
