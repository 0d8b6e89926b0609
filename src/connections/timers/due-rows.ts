/**
 * Timers that are due at the present millisecond, as rows of columns, and the order in which they run: of two, the one
 * armed last goes first.
 *
 * When all are due at the same moment, the one with the shorter timeout was armed later; with equal timeouts the
 * running number of the arming decides.
 */

const FEWEST = 64;

/** Rows by their places. */
export class DueRows {
  /** Whose timers they are. */
  slots: Int32Array = new Int32Array(FEWEST);
  /** What tells them from other timers of the same slots. */
  tickets: Int32Array = new Int32Array(FEWEST);
  private timeouts = new Uint32Array(FEWEST);
  private armed = new Int32Array(FEWEST);

  /** Bytes of the columns. */
  get bytes(): number {
    return this.slots.length * 16;
  }

  /** Whether the timer at a place runs before the one at another place of other rows, or of these. */
  isBefore(place: number, other: DueRows, otherPlace: number): boolean {
    return other.isAfter(otherPlace, this.timeouts[place], this.armed[place]);
  }

  /** Whether the timer at a place runs after one with these values. */
  isAfter(place: number, timeout: number, armed: number): boolean {
    const own = this.timeouts[place];
    return timeout === own ? ((armed - this.armed[place]) | 0) > 0 : timeout < own;
  }

  /** Writes a row. */
  put(place: number, slot: number, ticket: number, timeout: number, armed: number): void {
    if (place === this.slots.length) this.enlarge();
    this.slots[place] = slot;
    this.tickets[place] = ticket;
    this.timeouts[place] = timeout;
    this.armed[place] = armed;
  }

  /** Copies a row to another place. */
  move(from: number, to: number): void {
    this.put(to, this.slots[from], this.tickets[from], this.timeouts[from], this.armed[from]);
  }

  private enlarge(): void {
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
