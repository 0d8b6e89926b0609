/**
 * The destinations that no entry uses at the moment, up to a fixed number of them.
 *
 * A server whose last connection has just ended mostly gets another one soon: its destination is kept, so that
 * neither end costs a change of the map. When more are idle than fit, the one that is idle for the longest time
 * leaves. Cost: O(1), no allocation.
 */
const CAPACITY = 64;
const NONE = -1;

/** A queue of idle destinations; one that is used again is skipped when its turn comes. */
export class IdleDestinations {
  private readonly numbers: number[] = Array.from({ length: CAPACITY }, () => NONE);
  /** At which turn each destination became idle for the last time; −1 = it is not in the queue. */
  private readonly turns: number[] = [];
  private turn = 0;

  /**
   * Takes in a destination that has become idle.
   *
   * @param number - The destination.
   * @returns The destination that leaves the queue, which may be in use again; −1 when none does.
   */
  add(number: number): number {
    const leaves = this.leave(this.turn % CAPACITY, this.turn - CAPACITY);
    this.numbers[this.turn % CAPACITY] = number;
    this.turns[number] = this.turn;
    this.turn += 1;
    return leaves;
  }

  /**
   * Gives up any of them.
   *
   * @returns A destination that leaves the queue, which may be in use again; −1 when the queue is empty.
   */
  take(): number {
    for (let age = CAPACITY; age > 0; age--) {
      const turn = this.turn - age;
      if (turn < 0) continue;
      const leaves = this.leave(turn % CAPACITY, turn);
      if (leaves !== NONE) return leaves;
    }
    return NONE;
  }

  private leave(place: number, turn: number): number {
    const number = this.numbers[place];
    if (number === NONE || this.turns[number] !== turn) return NONE;
    this.numbers[place] = NONE;
    this.turns[number] = NONE;
    return number;
  }
}
