/**
 * A connection as an object: a view of one table entry that becomes invalid when the entry leaves the table, even
 * if its slot is used again.
 */
import type { IpAddress } from '../ip-address.js';
import type { RealServer } from '../model/real-server.js';
import type { Entries } from './entries/entries.js';
import type { Lifecycle } from './lifecycle.js';

/** A lasting view of an entry of a connection table. */
export class Connection {
  /** The entry's slot number; it identifies this entry only while {@link Connection.open} is true. */
  readonly slot: number;
  private readonly entries: Entries;
  private readonly lifecycle: Lifecycle;
  private readonly generation: number;

  /** Made by `ConnectionTable.connection`. @internal */
  constructor(entries: Entries, lifecycle: Lifecycle, slot: number) {
    this.entries = entries;
    this.lifecycle = lifecycle;
    this.slot = slot;
    this.generation = entries.store.generationOf(slot);
  }

  /** Whether the entry is still in the table. */
  get open(): boolean {
    const { entries, slot } = this;
    return entries.isLive(slot) && entries.store.generationOf(slot) === this.generation;
  }

  /** The client's address; like all that follow, `undefined` once the entry has left. */
  get clientAddress(): IpAddress | undefined {
    return this.open ? this.entries.clientAddress(this.slot) : undefined;
  }

  /** The client's port. */
  get clientPort(): number | undefined {
    return this.open ? this.entries.clientPort(this.slot) : undefined;
  }

  /** The virtual address. */
  get virtualAddress(): IpAddress | undefined {
    return this.open ? this.entries.virtualAddress(this.slot) : undefined;
  }

  /** The virtual port. */
  get virtualPort(): number | undefined {
    return this.open ? this.entries.virtualPort(this.slot) : undefined;
  }

  /** The server of the entry; `undefined` also when it is bound to an address only. */
  get server(): RealServer | undefined {
    return this.open ? this.entries.server(this.slot) : undefined;
  }

  /** The server-side port of this entry. */
  get serverPort(): number | undefined {
    return this.open ? this.entries.serverPort(this.slot) : undefined;
  }

  /** The number of the state. */
  get state(): number | undefined {
    return this.open ? this.entries.state(this.slot) : undefined;
  }

  /** When the timer is due, in milliseconds of the table's clock. */
  get expiryMs(): number | undefined {
    return this.open ? this.lifecycle.expiryMs(this.slot) : undefined;
  }

  /** What the timer restarts with at each use, in milliseconds; 0 once the entry is being dropped. */
  get timeoutMs(): number | undefined {
    return this.open ? this.entries.timeoutMs(this.slot) : undefined;
  }

  /** Whether its timer was cut short, so that it expires as soon as time moves on. */
  get expiring(): boolean | undefined {
    return this.open ? this.entries.isExpiring(this.slot) : undefined;
  }
}
