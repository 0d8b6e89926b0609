/**
 * What is to happen later, soonest first: a binary heap over two typed arrays.
 *
 * Of events at the same moment the one added first comes first. Cost: O(log events) per operation.
 */

/** A queue of numbered events. */
export class EventQueue {
  private times = new Float64Array(1024);
  private events = new Float64Array(1024);
  /** When each was added, to order events of the same moment. */
  private ages = new Float64Array(1024);
  private count = 0;
  private added = 0;

  /** How many events there are. */
  get size(): number {
    return this.count;
  }

  /** When the next event is due; `Infinity` when there is none. */
  get nextTime(): number {
    return this.count === 0 ? Infinity : this.times[0];
  }

  /**
   * Adds an event.
   *
   * @param time - When it is due; any number.
   * @param event - What it is; any number.
   */
  push(time: number, event: number): void {
    if (this.count === this.times.length) this.grow();
    let at = this.count;
    this.count += 1;
    const age = this.added++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.isBefore(time, age, parent)) break;
      this.move(parent, at);
      at = parent;
    }
    this.set(at, time, event, age);
  }

  /**
   * Takes the next event out.
   *
   * @returns What it is.
   * @throws {RangeError} When there is none.
   */
  pop(): number {
    if (this.count === 0) throw new RangeError('Cannot take an event: the queue is empty');
    const event = this.events[0];
    this.count -= 1;
    if (this.count > 0) this.sink(this.count);
    return event;
  }

  /** Lets an entry from the end find its place from the top. */
  private sink(last: number): void {
    const time = this.times[last];
    const age = this.ages[last];
    const event = this.events[last];
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.count) break;
      const right = child + 1;
      if (right < this.count && this.isBefore(this.times[right], this.ages[right], child)) {
        child = right;
      }
      if (this.isBefore(time, age, child)) break;
      this.move(child, at);
      at = child;
    }
    this.set(at, time, event, age);
  }

  private isBefore(time: number, age: number, other: number): boolean {
    const otherTime = this.times[other];
    return time < otherTime || (time === otherTime && age < this.ages[other]);
  }

  private move(from: number, to: number): void {
    this.set(to, this.times[from], this.events[from], this.ages[from]);
  }

  private set(at: number, time: number, event: number, age: number): void {
    this.times[at] = time;
    this.events[at] = event;
    this.ages[at] = age;
  }

  private grow(): void {
    this.times = doubled(this.times);
    this.events = doubled(this.events);
    this.ages = doubled(this.ages);
  }
}

function doubled(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const result = new Float64Array(values.length * 2);
  result.set(values);
  return result;
}
