/**
 * The door of the connection table for helpers: which connections have one, what the helper remembers of them, and the
 * data connections that it announces.
 *
 * A data connection may wait for its client's port: it has port 0 until the client's first packet fills it in. As long
 * as it waits, the client's packets to its virtual endpoint find it whatever their port is.
 */
import type { IpAddress } from '../../ip-address.js';
import type { RealServer } from '../../model/real-server.js';
import type { ConnectionKey } from '../entries/connection-key.js';
import type { Entries } from '../entries/entries.js';
import {
  FLAG_HELPED,
  FLAG_NO_CLIENT_PORT,
  FLAG_OUT_SEQ,
  FLAG_TEMPLATE,
  METHOD_BITS,
  PROTOCOL_TCP,
} from '../entries/flags.js';
import { HelperSession } from '../entries/helper-session.js';
import type { InitialState } from '../entries/initial-state.js';
import type { Eviction } from '../eviction.js';
import type { Lifecycle } from '../lifecycle.js';

const NONE = -1;

/** A data connection that a helper announces. */
export interface DataConnection {
  /** Client and virtual endpoint; a client port of 0 is filled in by the client's first packet. */
  readonly key: ConnectionKey;
  /** The server-side address, which may be another one than that of the server. */
  readonly address: IpAddress;
  /** The server-side port. */
  readonly port: number;
}

/** Access to the entries with a helper of one table. */
export class HelpedEntries {
  /** The virtual ports of TCP whose masqueraded connections have a helper; set by the director. */
  ports: ReadonlySet<number> = new Set();
  private readonly entries: Entries;
  private readonly lifecycle: Lifecycle;
  private readonly eviction: Eviction;

  /** Made by a table. @internal */
  constructor(entries: Entries, lifecycle: Lifecycle, eviction: Eviction) {
    this.entries = entries;
    this.lifecycle = lifecycle;
    this.eviction = eviction;
  }

  /** How many entries wait for their client's port. */
  get waiting(): number {
    return this.entries.store.withoutClientPort;
  }

  /** Gives a new connection a helper, if its port, protocol and method have one. */
  adopt(slot: number): void {
    const { entries, ports } = this;
    const excluded = METHOD_BITS | FLAG_TEMPLATE | FLAG_NO_CLIENT_PORT;
    if (ports.size === 0 || (entries.flags(slot) & excluded) !== 0) return;
    if (entries.protocol(slot) !== PROTOCOL_TCP || !ports.has(entries.virtualPort(slot))) return;
    entries.setFlags(slot, FLAG_HELPED);
  }

  /** Whether an entry has a helper. */
  has(slot: number): boolean {
    return (this.entries.flags(slot) & FLAG_HELPED) !== 0;
  }

  /** What the helper remembers of an entry; `undefined` until it remembers anything. */
  find(slot: number): HelperSession | undefined {
    return this.entries.store.sessions.get(slot);
  }

  /** What the helper remembers of an entry, made if there is nothing yet. */
  session(slot: number): HelperSession {
    const { sessions } = this.entries.store;
    const known = sessions.get(slot);
    if (known !== undefined) return known;
    const made = new HelperSession();
    sessions.set(slot, made);
    return made;
  }

  /** Notes that the sequence numbers of an entry are shifted; synchronization then announces by how much. */
  noteShift(slot: number): void {
    this.entries.setFlags(slot, FLAG_OUT_SEQ);
  }

  /** The virtual endpoint of an entry, as the key of an entry of the same client. */
  readKey(slot: number, key: ConnectionKey): void {
    const { entries } = this;
    key.protocol = entries.protocol(slot);
    key.setClient(entries.clientAddress(slot), entries.clientPort(slot));
    key.setVirtual(entries.virtualAddress(slot), entries.virtualPort(slot));
  }

  /**
   * Makes the entry of a data connection, bound to the server of its control connection, which controls it.
   *
   * @param data - The data connection.
   * @param control - The entry of the control connection.
   * @param initial - Its initial state.
   * @param now - The present time in milliseconds.
   * @returns The slot, or −1 when the table is full.
   */
  open(data: DataConnection, control: number, initial: InitialState, now: number): number {
    const { entries, eviction } = this;
    if (!eviction.admits(now)) return NONE;
    const slot = this.create(data, entries.server(control), entries.mark(control), initial, now);
    if (slot === NONE) eviction.refused++;
    else entries.setController(slot, control);
    return slot;
  }

  /** Gives an entry that waits for its client's port that port. */
  fillClientPort(slot: number, port: number): void {
    if ((this.entries.flags(slot) & FLAG_NO_CLIENT_PORT) !== 0) {
      this.lifecycle.fillClientPort(slot, port);
    }
  }

  private create(
    { key, address, port }: DataConnection,
    server: RealServer | undefined,
    mark: number,
    initial: InitialState,
    now: number,
  ): number {
    const flags = key.clientPort === 0 ? FLAG_NO_CLIENT_PORT : 0;
    const { lifecycle } = this;
    return server === undefined
      ? lifecycle.openUnbound(key, now, address, port, flags, mark, initial)
      : lifecycle.openElsewhere(key, now, server, address, port, flags, mark, initial);
  }
}
