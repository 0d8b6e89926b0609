/**
 * The tunable `expire_nodest_conn`: what happens to connections whose server is gone.
 *
 * | event                                               | 0 (default)          | 1                        |
 * | --------------------------------------------------- | -------------------- | ------------------------ |
 * | a client's packet of a connection whose server left | dropped, entry kept  | entry expires, packet is |
 * |                                                     |                      | scheduled again          |
 * | an opening packet of a quiesced server (weight 0)   | uses its connection  | the same                 |
 * | 10 ms after a server was removed                    | nothing              | entries of removed       |
 * |                                                     |                      | servers go               |
 *
 * Packets of a server that was removed are translated as before. Of the last row: every entry of a removed server that
 * controls nothing goes, and its template once that controls nothing either (`connections/eviction.ts`). Cost: one pass
 * over the table per removal, done in slices. Source: recorded decisions.
 */
import type { ConnectionTable } from '../connections/connection-table.js';
import { removeOrphans } from '../connections/eviction.js';
import type { TunableValues } from './tunables.js';

/** How long after a removal the entries go, in milliseconds. */
const DELAY_MS = 10;
/** How many entries are visited per call. */
const SLICE = 65_536;
const NONE = -1;

/** Ends connections without a server. */
export class ExpireNodestConn {
  private readonly table: ConnectionTable;
  private readonly tunables: TunableValues;
  /** When the next slice is due, in milliseconds; `Infinity` when nothing is due. */
  dueMs: number = Infinity;
  private last = NONE;

  /**
   * @param table - The connections.
   * @param tunables - The tunables, live.
   */
  constructor(table: ConnectionTable, tunables: TunableValues) {
    this.table = table;
    this.tunables = tunables;
  }

  /**
   * Whether an opening packet leaves its connection because the server is quiesced.
   *
   * @param slot - The entry that the packet matched.
   * @returns `true` when it is to be scheduled again.
   */
  quits(slot: number): boolean {
    return this.tunables.expire_nodest_conn !== 0 && this.table.server(slot)?.weight === 0;
  }

  /**
   * Decides about a packet whose server was removed; with the tunable on, the entry expires.
   *
   * @param slot - The entry.
   * @param now - The present time in milliseconds.
   * @returns What to do with the packet.
   */
  withoutServer(slot: number, now: number): 'reschedule' | 'drop' {
    if (this.tunables.expire_nodest_conn === 0) return 'drop';
    this.table.expireNow(slot, now);
    return 'reschedule';
  }

  /**
   * Arranges for the entries of removed servers to go; does nothing while the tunable is off.
   *
   * @param now - The moment of the removal in milliseconds.
   */
  serverRemoved(now: number): void {
    if (this.tunables.expire_nodest_conn === 0) return;
    this.dueMs = now + DELAY_MS;
    this.last = NONE;
  }

  /** Visits the next slice of the table; called by the housekeeping at {@link ExpireNodestConn.dueMs}. */
  sweep(): void {
    this.last = removeOrphans(this.table, this.last, SLICE);
    if (this.last === NONE) this.dueMs = Infinity;
  }
}
