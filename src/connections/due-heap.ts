/**
 * The timers that are due at the present millisecond, in the order in which they run: of two, the one
 * armed last goes first.
 *
 * When all are due at the same moment, the one with the shorter timeout was armed later; with equal
 * timeouts the running number of the arming decides. A binary heap in typed arrays: O(log due) each.
 */

const FEWEST = 64;

/** A priority queue of slots. */
export class DueHeap {
  /** How many timers wait. */
  size = 0;
  private slots = new Int32Array(FEWEST);
  private tickets = new Int32Array(FEWEST);
  private timeouts = new Uint32Array(FEWEST);
  private armed = new Int32Array(FEWEST);
  private lastTicket = 0;

  /** The slot that runs next; only when there is one. */
  get slot(): number {
    return this.slots[0];
  }

  /** The ticket which that slot was given. */
  get ticket(): number {
    return this.tickets[0];
  }

  /** Bytes of the arrays. */
  get bytes(): number {
    return this.slots.length * 16;
  }

  /** Puts a timer in, and gives a ticket to tell it from others that the slot had, or will have. */
  push(slot: number, timeout: number, armed: number): number {
    if (this.size === this.slots.length) this.grow();
    let place = this.size++;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.earlier(timeout, armed, parent)) break;
      this.move(parent, place);
      place = parent;
    }
    this.lastTicket = (this.lastTicket + 1) | 0;
    this.put(place, slot, this.lastTicket, timeout, armed);
    return this.lastTicket;
  }

  /** Takes the timer out that runs next. */
  pop(): void {
    const last = --this.size;
    const timeout = this.timeouts[last];
    const armed = this.armed[last];
    let place = 0;
    for (let child = 1; child < last; child = 2 * place + 1) {
      if (child + 1 < last && this.before(child + 1, child)) child++;
      if (this.earlier(timeout, armed, child)) break;
      this.move(child, place);
      place = child;
    }
    this.move(last, place);
  }

  /** Forgets all timers. */
  clear(): void {
    this.size = 0;
  }

  private before(a: number, b: number): boolean {
    return this.earlier(this.timeouts[a], this.armed[a], b);
  }

  private earlier(timeout: number, armed: number, place: number): boolean {
    const other = this.timeouts[place];
    return timeout === other ? ((armed - this.armed[place]) | 0) > 0 : timeout < other;
  }

  private move(from: number, to: number): void {
    this.put(to, this.slots[from], this.tickets[from], this.timeouts[from], this.armed[from]);
  }

  private put(place: number, slot: number, ticket: number, timeout: number, armed: number): void {
    this.slots[place] = slot;
    this.tickets[place] = ticket;
    this.timeouts[place] = timeout;
    this.armed[place] = armed;
  }

  private grow(): void {
    const length = this.slots.length * 2;
    this.slots = copyOf(this.slots, new Int32Array(length));
    this.tickets = copyOf(this.tickets, new Int32Array(length));
    this.timeouts = copyOf(this.timeouts, new Uint32Array(length));
    this.armed = copyOf(this.armed, new Int32Array(length));
  }
}

function copyOf<T extends Int32Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
