/**
 * Connections of clients that had had one before: which of them met another server.
 *
 * A client that comes ten times makes ten visits, nine of which count here.
 */
import type { Tally } from './tally.js';
import { stateOf } from './row.js';

/** What became of later visits since the last change. */
export interface Visits {
  /** Connections of clients that had had one before. */
  returned: number;
  /** Those of them that went to another server than the last time. */
  moved: number;
  /** Those of them that no server took. */
  refused: number;
  /** Those of the moved whose last server takes no new connections. */
  unavoidable: number;
}

/** Follows clients from one server to the next. */
export class VisitBook {
  /** Since the last change. */
  visits: Visits = noVisits();
  private readonly last = new Map<number, Tally>();

  /** How many clients have had a connection. */
  get clients(): number {
    return this.last.size;
  }

  /**
   * Counts a connection.
   *
   * @param client - Whose.
   * @param taken - Which server took it, if one did.
   */
  count(client: number, taken: Tally | undefined): void {
    const last = this.last.get(client);
    if (last !== undefined) this.countReturn(last, taken);
    if (taken !== undefined) this.last.set(client, taken);
  }

  /** Starts to count again, as after a change. */
  restart(): void {
    this.visits = noVisits();
  }

  private countReturn(last: Tally, taken: Tally | undefined): void {
    const { visits } = this;
    visits.returned += 1;
    if (taken === undefined) visits.refused += 1;
    else if (taken !== last) {
      visits.moved += 1;
      if (stateOf(last) !== 'in use') visits.unavoidable += 1;
    }
  }
}

function noVisits(): Visits {
  return { returned: 0, moved: 0, refused: 0, unavoidable: 0 };
}
