/**
 * A connection as an object: a light view of one table entry that notices when the entry has gone, even
 * if its slot was used again.
 */
import type { IpAddress } from '../ip-address.js';
import type { RealServer } from '../model/real-server.js';
import type { ConnectionTable } from './connection-table.js';

/** A lasting handle of an entry of a {@link ConnectionTable}. */
export class Connection {
  /** The table. */
  readonly table: ConnectionTable;
  /** The entry's slot number; it names this entry only while {@link Connection.open} holds. */
  readonly slot: number;
  private readonly generation: number;

  /** Made by {@link ConnectionTable.connection}. @internal */
  constructor(table: ConnectionTable, slot: number, generation: number) {
    this.table = table;
    this.slot = slot;
    this.generation = generation;
  }

  /** Whether the entry is still in the table. */
  get open(): boolean {
    return this.table.isLive(this.slot) && this.table.generation(this.slot) === this.generation;
  }

  /** The client's address; `undefined` once the entry has gone, as with all that follow. */
  get clientAddress(): IpAddress | undefined {
    return this.open ? this.table.clientAddress(this.slot) : undefined;
  }

  /** The client's port. */
  get clientPort(): number | undefined {
    return this.open ? this.table.clientPort(this.slot) : undefined;
  }

  /** The virtual address. */
  get virtualAddress(): IpAddress | undefined {
    return this.open ? this.table.virtualAddress(this.slot) : undefined;
  }

  /** The virtual port. */
  get virtualPort(): number | undefined {
    return this.open ? this.table.virtualPort(this.slot) : undefined;
  }

  /** The server the entry is bound to; `undefined` also when it never was. */
  get server(): RealServer | undefined {
    return this.open ? this.table.server(this.slot) : undefined;
  }

  /** The server-side port of this entry. */
  get serverPort(): number | undefined {
    return this.open ? this.table.serverPort(this.slot) : undefined;
  }

  /** The number of the state. */
  get state(): number | undefined {
    return this.open ? this.table.state(this.slot) : undefined;
  }

  /** When the timer is due, in milliseconds of the table's clock. */
  get expiryMs(): number | undefined {
    return this.open ? this.table.expiryMs(this.slot) : undefined;
  }
}
