/**
 * The least key over the positions of a list, the greatest position (the newest server) on a tie.
 *
 * A knock-out tournament: each inner node of a binary tree over the positions holds the winner of its
 * two halves, so the champion stands at the root. A changed key is replayed up its path until the outcome
 * cannot change any more: O(log positions). One position at a time may wait for that, and mostly never needs
 * it: as long as it is not the champion that got worse, one comparison with the champion decides the winner, and a
 * server that loses a connection and gets the next one has its old key again.
 */
import { NONE } from '../none.js';

/** Decides between two positions whose keys are equal as numbers but may differ exactly. */
export interface TieBreak {
  /**
   * Whether the exact key of one position is less than that of another.
   *
   * @param a - A position.
   * @param b - Another position with an equal key.
   * @returns `true` when `a` is really less.
   */
  isLess(a: number, b: number): boolean;
}

/** Finds the position with the least key. */
export class Tournament {
  /** Decides between equal keys; while it is `undefined` the greater position wins. */
  ties: TieBreak | undefined;
  /**
   * Keys by node: the second half are the positions, before it each node has the lesser key of its
   * children 2i and 2i + 1.
   */
  private keys: Float64Array = new Float64Array(2).fill(Infinity);
  /** The position that each node's key belongs to. */
  private winners: Int32Array = new Int32Array(2);
  /** How many positions there is room for; a power of two. */
  private capacity = 1;
  /** The position whose matches are not replayed yet, or {@link NONE}. */
  private waiting = NONE;
  /** The key with which the matches of the waiting position were played. */
  private playedKey = Infinity;

  /**
   * Writes the key of a position.
   *
   * @param position - An integer, 0 or more.
   * @param key - Any number, `Infinity` for a position that cannot win.
   */
  set(position: number, key: number): void {
    if (position >= this.capacity) this.extend(position + 1);
    const leaf = this.capacity + position;
    const before = this.keys[leaf];
    if (before === key && this.ties === undefined) return;
    // Another position that waits is replayed first, against the key that its matches were played with.
    if (position !== this.waiting) this.await(position, before);
    else if (key === this.playedKey && this.ties === undefined) this.waiting = NONE;
    this.keys[leaf] = key;
  }

  /**
   * The key of a position, as it was written last.
   *
   * @param position - An integer, 0 or more.
   * @returns The key; `Infinity` when there is none.
   */
  keyOf(position: number): number {
    return position < this.capacity ? this.keys[this.capacity + position] : Infinity;
  }

  /** Takes all keys out. */
  clear(): void {
    this.keys = new Float64Array(2).fill(Infinity);
    this.winners = new Int32Array(2);
    this.capacity = 1;
    this.waiting = NONE;
  }

  /**
   * Finds the winner.
   *
   * @returns The position with the least key, or −1 when every key is `Infinity`.
   */
  winner(): number {
    const { waiting, keys } = this;
    // The champion itself may have lost its place to any position, another position can only take it.
    if (waiting === this.winners[1]) this.replay();
    else if (waiting !== NONE) {
      // Most keys are unequal: comparing them here spares a call.
      const key = keys[this.capacity + waiting];
      if (key < keys[1]) return waiting;
      if (key === keys[1] && this.beats(this.capacity + waiting, 1)) return this.finite(waiting);
    }
    return this.finite(this.winners[1]);
  }

  /** A position that has won, or −1 when it has won among such that cannot win. */
  private finite(position: number): number {
    return this.keys[1] === Infinity ? NONE : position;
  }

  /** Lets a position wait, and no other one any more. */
  private await(position: number, playedKey: number): void {
    if (this.waiting !== NONE) this.replay();
    this.waiting = position;
    this.playedKey = playedKey;
  }

  /** Replays the matches of the waiting position. */
  private replay(): void {
    const { keys, winners, waiting } = this;
    this.waiting = NONE;
    let node = this.capacity + waiting;
    let winner = node;
    while (node !== 1) {
      if (this.beats(node ^ 1, winner)) winner = node ^ 1;
      node >>>= 1;
      const position = winners[winner];
      // Where the position neither was nor is the winner, nothing changes above.
      if (winners[node] === position && position !== waiting) return;
      winners[node] = position;
      keys[node] = keys[winner];
      winner = node;
    }
  }

  /** Whether the position of one node wins against that of another. */
  private beats(node: number, other: number): boolean {
    const a = this.keys[node];
    const b = this.keys[other];
    if (a !== b) return a < b;
    const position = this.winners[node];
    const rival = this.winners[other];
    if (this.ties?.isLess(position, rival) === true) return true;
    return position > rival && this.ties?.isLess(rival, position) !== true;
  }

  private extend(length: number): void {
    // All matches are played again below.
    this.waiting = NONE;
    const leaves = this.keys.subarray(this.capacity);
    this.capacity = 2 ** Math.ceil(Math.log2(length));
    this.keys = new Float64Array(2 * this.capacity).fill(Infinity);
    this.keys.set(leaves, this.capacity);
    this.winners = Int32Array.from(this.keys, (_, node) => Math.max(0, node - this.capacity));
    for (let node = this.capacity - 1; node >= 1; node--) {
      const winner = this.beats(2 * node, 2 * node + 1) ? 2 * node : 2 * node + 1;
      this.keys[node] = this.keys[winner];
      this.winners[node] = this.winners[winner];
    }
  }
}
