/**
 * The timers that are due at the present millisecond, in the order in which they run; see {@link DueRows}.
 *
 * They mostly come in that order already: such stand in a queue, at no cost but their rows. What comes out of order
 * goes to a heap, and of the first ones of both the earlier runs next.
 */
import { DueHeap } from './due-heap.js';
import { DueRows } from './due-rows.js';

/** Due timers, each with a ticket. */
export class DueTimers {
  private readonly queue = new DueRows();
  /** Where the queue begins, and the place behind its end. */
  private first = 0;
  private end = 0;
  private readonly heap = new DueHeap();
  private lastTicket = 0;
  /** The ticket of the slot that was taken out last. */
  ticket = 0;

  /** How many timers wait. */
  get size(): number {
    return this.end - this.first + this.heap.size;
  }

  /** Bytes of the timers. */
  get bytes(): number {
    return this.queue.bytes + this.heap.rows.bytes;
  }

  /** Puts a timer in, and gives a ticket to tell it from others that the slot had, or will have. */
  push(slot: number, timeout: number, armed: number): number {
    const { queue } = this;
    this.lastTicket = (this.lastTicket + 1) | 0;
    if (this.first === this.end) this.first = this.end = 0;
    else if (queue.isAfter(this.end - 1, timeout, armed)) {
      this.heap.push(slot, this.lastTicket, timeout, armed);
      return this.lastTicket;
    }
    queue.put(this.end++, slot, this.lastTicket, timeout, armed);
    return this.lastTicket;
  }

  /** Takes the timer out that runs next, when there is one: gives its slot, and leaves its ticket at hand. */
  pop(): number {
    if (!this.isQueueNext) return this.popHeap();
    const { queue } = this;
    const place = this.first++;
    this.ticket = queue.tickets[place];
    return queue.slots[place];
  }

  private popHeap(): number {
    const { rows } = this.heap;
    this.ticket = rows.tickets[0];
    const slot = rows.slots[0];
    this.heap.pop();
    return slot;
  }

  /** Whether the queue has the timer that runs next. */
  private get isQueueNext(): boolean {
    if (this.heap.size === 0) return true;
    return this.first !== this.end && this.queue.isBefore(this.first, this.heap.rows, 0);
  }
}
