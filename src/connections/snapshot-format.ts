/**
 * Table entries as plain JSON: what a snapshot of a connection table holds.
 */
import { requireInteger } from '../errors.js';
import { IpAddress } from '../ip-address.js';
import { requirePort } from '../model/flow.js';
import { ConnectionKey } from './connection-key.js';
import type { EntryReader } from './entries/entry-reader.js';
import { FLAG_BITS, FLAG_HASHED } from './entries/flags.js';

/** The timer of an entry, as plain JSON. */
export interface TimerState {
  /** What the timer is set to at each use, in milliseconds. */
  readonly timeoutMs: number;
  /** When the timer is due, in milliseconds of the table's clock. */
  readonly expiryMs: number;
  /** Whether it was told to expire. */
  readonly expiring: boolean;
  /** Whether it is being dropped. */
  readonly dropped: boolean;
  /** A running number: of two timers that are due together, the one with the greater number runs first. */
  readonly armed: number;
}

/** One entry of a connection table, as plain JSON. */
export interface ConnectionState extends TimerState {
  /** The protocol's number; 0 in the templates of firewall marks. */
  readonly protocol: number;
  /** The client's address. */
  readonly client: string;
  /** The client's port. */
  readonly clientPort: number;
  /** The virtual address, or the mark of a template as an address. */
  readonly virtual: string;
  /** The virtual port. */
  readonly virtualPort: number;
  /** The server-side address. */
  readonly server: string;
  /** The server-side port of this entry. */
  readonly serverPort: number;
  /** The port of the server it is bound to; −1 when it is bound to none. */
  readonly boundPort: number;
  /** The firewall mark by which the service was found; 0 = none. */
  readonly mark: number;
  /** Flags and forwarding method. */
  readonly flags: number;
  /** The number of the state. */
  readonly state: number;
  /** Packets seen. */
  readonly packets: number;
  /** Whose server it is, when the owner of the table gives its servers names. */
  readonly owner?: string;
  /** Where in the snapshot its template stands; −1 when it has none. */
  readonly controller: number;
}

/** The state of a connection table, as plain JSON. */
export interface ConnectionTableState {
  /** The moment up to which timers have run, in milliseconds of the table's clock. */
  readonly timeMs: number;
  /** All entries; those of one client in the order of their birth. */
  readonly connections: readonly ConnectionState[];
}

/**
 * Carries a table over to a clock with another origin, such as that of a new process.
 *
 * @param state - The table's state.
 * @param shiftMs - What the new clock shows more than the old one at the same moment, in milliseconds.
 * @returns The same state, with all moments on the new clock.
 */
export function shiftConnectionTable(
  state: ConnectionTableState,
  shiftMs: number,
): ConnectionTableState {
  const connections = state.connections.map((connection) => ({
    ...connection,
    expiryMs: connection.expiryMs + shiftMs,
  }));
  return { timeMs: state.timeMs + shiftMs, connections };
}

/**
 * An entry as plain JSON.
 *
 * @param table - The table.
 * @param slot - The entry.
 * @param timer - How its timer is set.
 * @param controller - Where in the snapshot its template stands.
 * @returns Its state.
 */
export function stateOfEntry(
  table: EntryReader,
  slot: number,
  timer: TimerState,
  controller: number,
): ConnectionState {
  return {
    protocol: table.protocol(slot),
    client: table.clientAddress(slot).toString(),
    clientPort: table.clientPort(slot),
    virtual: table.virtualAddress(slot).toString(),
    virtualPort: table.virtualPort(slot),
    server: table.serverAddress(slot).toString(),
    serverPort: table.serverPort(slot),
    boundPort: table.server(slot)?.port ?? -1,
    mark: table.mark(slot),
    flags: table.flags(slot) & ~FLAG_HASHED,
    state: table.state(slot),
    packets: table.packets(slot),
    ...timer,
    controller,
  };
}

/**
 * Checks the state of an entry and fills a key with its endpoints.
 *
 * @param state - What a snapshot holds.
 * @param longestMs - The greatest timeout.
 * @returns The key.
 * @throws {TypeError} When a value has the wrong type.
 * @throws {RangeError} When one is out of range.
 */
export function keyOfState(state: ConnectionState, longestMs: number): ConnectionKey {
  const key = new ConnectionKey();
  key.protocol = requireInteger('protocol', state.protocol, 0, 255);
  key.setClient(IpAddress.parse(state.client), requirePort('client port', state.clientPort));
  key.setVirtual(IpAddress.parse(state.virtual), requirePort('virtual port', state.virtualPort));
  requirePort('server port', state.serverPort);
  requireInteger('mark', state.mark, 0, 0xffffffff);
  requireInteger('flags', state.flags, 0, FLAG_BITS);
  requireInteger('state', state.state, 0, 15);
  requireInteger('packets', state.packets, 0, 0xffffffff);
  requireInteger('timeout', state.timeoutMs, 0, longestMs);
  requireInteger('expiry', state.expiryMs, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  return key;
}
