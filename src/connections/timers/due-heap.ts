/**
 * A priority queue of due timers: a binary heap, O(log due) each.
 */
import { DueRows } from './due-rows.js';

/** Due timers in any order. */
export class DueHeap {
  /** How many timers wait. */
  size = 0;
  /** The timers; the one that runs next stands at place 0. */
  readonly rows: DueRows = new DueRows();

  /** Puts a timer in. */
  push(slot: number, ticket: number, timeout: number, armed: number): void {
    const { rows } = this;
    let place = this.size++;
    rows.put(place, slot, ticket, timeout, armed);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!rows.isAfter(parent, timeout, armed)) break;
      rows.move(parent, place);
      place = parent;
    }
    rows.put(place, slot, ticket, timeout, armed);
  }

  /** Takes the timer out that runs next. */
  pop(): void {
    const { rows } = this;
    const last = --this.size;
    let place = 0;
    for (let child = 1; child < last; child = 2 * place + 1) {
      if (child + 1 < last && rows.isBefore(child + 1, rows, child)) child++;
      if (rows.isBefore(last, rows, child)) break;
      rows.move(child, place);
      place = child;
    }
    rows.move(last, place);
  }
}
