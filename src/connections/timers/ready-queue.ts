/**
 * The ready queue: timers that are due at the current millisecond, in the order in which they run. Of two timers the
 * one armed last runs first.
 *
 * All are due at the same moment, so the one with the shorter timeout was armed later; with equal timeouts the serial
 * number of the arming decides. Timers mostly arrive in this order: a list takes these at no cost but their record.
 * The others go to a binary heap, O(log ready) each, and the earlier of both first ones runs next.
 */

const FEWEST = 64;
/** Words of a timer: its slot, its ticket, the timeout (unsigned), and the serial number of the arming. */
const WORDS = 4;
const TICKET = 1;
const TIMEOUT = 2;
const ARMED = 3;

/** Ready timers, each with a ticket. */
export class ReadyQueue {
  /** The ticket of the slot that was taken out last. */
  ticket = 0;
  private readonly list = new TimerRecords();
  /** The first timer of the list, and the position after its last one. */
  private first = 0;
  private end = 0;
  private readonly heap = new TimerHeap();
  private lastTicket = 0;

  /** How many timers are ready. */
  get size(): number {
    return this.end - this.first + this.heap.size;
  }

  /** Bytes of the timers. */
  get bytes(): number {
    return this.list.bytes + this.heap.records.bytes;
  }

  /** Adds a timer. Returns a ticket that distinguishes it from other timers of the same slot. */
  push(slot: number, timeout: number, armed: number): number {
    const { list } = this;
    this.lastTicket = (this.lastTicket + 1) | 0;
    if (this.first === this.end) this.first = this.end = 0;
    else if (list.isAfter(this.end - 1, timeout, armed)) {
      this.heap.push(slot, this.lastTicket, timeout, armed);
      return this.lastTicket;
    }
    list.put(this.end++, slot, this.lastTicket, timeout, armed);
    return this.lastTicket;
  }

  /** Takes out the timer that runs next, if there is one: returns its slot, and sets {@link ReadyQueue.ticket}. */
  pop(): number {
    const { list, heap } = this;
    if (!this.isListNext) {
      this.ticket = heap.records.ticketAt(0);
      const slot = heap.records.slotAt(0);
      heap.pop();
      return slot;
    }
    const position = this.first++;
    this.ticket = list.ticketAt(position);
    return list.slotAt(position);
  }

  /** Whether the list has the timer that runs next. */
  private get isListNext(): boolean {
    // A timer in the heap runs before the one that was last in the list when it came, so the list has some as well.
    return this.heap.size === 0 || this.list.isBefore(this.first, this.heap.records, 0);
  }
}

/** Timers out of order: a binary heap. */
class TimerHeap {
  /** How many there are. */
  size = 0;
  /** The timers; the one that runs next is at position 0. */
  readonly records: TimerRecords = new TimerRecords();

  push(slot: number, ticket: number, timeout: number, armed: number): void {
    const { records } = this;
    let position = this.size++;
    records.put(position, slot, ticket, timeout, armed);
    while (position > 0) {
      const parent = (position - 1) >> 1;
      if (!records.isAfter(parent, timeout, armed)) break;
      records.move(parent, position);
      position = parent;
    }
    records.put(position, slot, ticket, timeout, armed);
  }

  /** Removes the timer that runs next. */
  pop(): void {
    const { records } = this;
    const last = --this.size;
    let position = 0;
    for (let child = 1; child < last; child = 2 * position + 1) {
      if (child + 1 < last && records.isBefore(child + 1, records, child)) child++;
      if (records.isBefore(last, records, child)) break;
      records.move(child, position);
      position = child;
    }
    records.move(last, position);
  }
}

/** Timers by position: four words each, so that one array is looked up, and not four. */
class TimerRecords {
  private words = new Int32Array(FEWEST * WORDS);

  /** Bytes of the records. */
  get bytes(): number {
    return this.words.byteLength;
  }

  /** The entry at a position. */
  slotAt(position: number): number {
    return this.words[position * WORDS];
  }

  /** The ticket at a position. */
  ticketAt(position: number): number {
    return this.words[position * WORDS + TICKET];
  }

  /** Whether the timer at a position runs before one of these or other records. */
  isBefore(position: number, other: TimerRecords, otherPosition: number): boolean {
    const { words } = this;
    const at = position * WORDS;
    return other.isAfter(otherPosition, words[at + TIMEOUT] >>> 0, words[at + ARMED]);
  }

  /** Whether the timer at a position runs after one with these values. */
  isAfter(position: number, timeout: number, armed: number): boolean {
    const at = position * WORDS;
    const own = this.words[at + TIMEOUT] >>> 0;
    return timeout === own ? ((armed - this.words[at + ARMED]) | 0) > 0 : timeout < own;
  }

  /** Writes a record, at most one position behind the last. */
  put(position: number, slot: number, ticket: number, timeout: number, armed: number): void {
    const at = position * WORDS;
    if (at === this.words.length) this.enlarge();
    const { words } = this;
    words[at] = slot;
    words[at + TICKET] = ticket;
    words[at + TIMEOUT] = timeout;
    words[at + ARMED] = armed;
  }

  /** Copies a record to another position. */
  move(from: number, to: number): void {
    const { words } = this;
    const at = from * WORDS;
    this.put(to, words[at], words[at + TICKET], words[at + TIMEOUT], words[at + ARMED]);
  }

  private enlarge(): void {
    const { words } = this;
    this.words = new Int32Array(words.length * 2);
    this.words.set(words);
  }
}
