/**
 * What becomes of the connections of removed servers when `expire_nodest_conn` is on: a moment after any
 * removal, every entry of a removed server that controls nothing goes, and with it its template once that
 * controls nothing either. Cost: one pass over the table per removal, done in slices.
 */
import type { ConnectionTable } from '../connections/connection-table.js';
import { removeOrphans } from '../connections/server-removal.js';

/** How long after a removal the entries go, in milliseconds. */
const DELAY_MS = 10;
/** How many entries are looked at in one go. */
const SLICE = 65_536;
const NONE = -1;

/** Removes the entries of removed servers. */
export class ExpireNodestConn {
  private readonly table: ConnectionTable;
  /** When there is something to do, in milliseconds; `Infinity` when there is nothing. */
  dueMs: number = Infinity;
  private last = NONE;

  /** @param table - The connections. */
  constructor(table: ConnectionTable) {
    this.table = table;
  }

  /**
   * Notes that a server was removed while `expire_nodest_conn` was on.
   *
   * @param now - The present time in milliseconds.
   */
  removed(now: number): void {
    this.dueMs = now + DELAY_MS;
    this.last = NONE;
  }

  /** Looks at the next slice of the table, to be called once the time has come. */
  sweep(): void {
    this.last = removeOrphans(this.table, this.last, SLICE);
    if (this.last === NONE) this.dueMs = Infinity;
  }
}
