/**
 * The least key over the positions of a list, the greatest position (the newest server) on a tie.
 *
 * A knock-out tournament: each inner node of a binary tree over the positions holds the winner of its
 * two halves, so the champion stands at the root. A changed key is replayed up its path until the outcome
 * cannot change any more: O(log positions). A position that changes several times before the next
 * question, as a server does that gets a connection, is replayed once. For a few positions a scan of
 * the keys is faster, and does without the tree.
 */

/** Up to this many positions the keys are scanned; a power of two. */
const LONGEST_SCAN = 16;

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
   * children 2i and 2i + 1; while keys are scanned only the second half counts.
   */
  private keys: Float64Array = new Float64Array(2 * LONGEST_SCAN).fill(Infinity);
  /** The position that each node's key belongs to. */
  private winners: Int32Array = winnersOfLeaves(LONGEST_SCAN);
  /** How many positions there is room for; a power of two. */
  private capacity = LONGEST_SCAN;
  /** One more than the greatest position that ever had a key. */
  private length = 0;
  /** The position that is not yet replayed, or −1. */
  private stale = -1;

  /**
   * Writes the key of a position.
   *
   * @param position - An integer, 0 or more.
   * @param key - Any number, `Infinity` for a position that cannot win.
   */
  set(position: number, key: number): void {
    if (position !== this.stale) {
      this.settle();
      this.stale = position;
      if (position >= this.length) this.extend(position + 1);
    }
    this.keys[this.capacity + position] = key;
  }

  /** Takes all keys out. */
  clear(): void {
    this.keys = new Float64Array(2 * LONGEST_SCAN).fill(Infinity);
    this.winners = winnersOfLeaves(LONGEST_SCAN);
    this.capacity = LONGEST_SCAN;
    this.length = 0;
    this.stale = -1;
  }

  /**
   * Finds the winner.
   *
   * @returns The position with the least key, or −1 when every key is `Infinity`.
   */
  winner(): number {
    if (this.capacity === LONGEST_SCAN) return this.scan();
    this.settle();
    return this.keys[1] === Infinity ? -1 : (this.winners[1] as number);
  }

  private scan(): number {
    const keys = this.keys;
    let best = -1;
    let least = Infinity;
    for (let node = LONGEST_SCAN + this.length - 1; node >= LONGEST_SCAN; node--) {
      const key = keys[node] as number;
      if (
        key < least ||
        (key === least && this.ties !== undefined && this.isReallyLess(node, best))
      ) {
        best = node;
        least = key;
      }
    }
    return best < 0 ? -1 : best - LONGEST_SCAN;
  }

  /** Replays the matches of the stale position. */
  private settle(): void {
    const position = this.stale;
    this.stale = -1;
    if (position < 0 || this.capacity === LONGEST_SCAN) return;
    const { keys, winners } = this;
    let node = this.capacity + position;
    let key = keys[node] as number;
    let winner = position;
    while (node > 1) {
      const sibling = node ^ 1;
      const other = keys[sibling] as number;
      if (other < key || (other === key && this.yields(node, sibling))) {
        key = other;
        winner = winners[sibling] as number;
      }
      node >>>= 1;
      // Where the position neither was nor is the winner, nothing changes above.
      if (winners[node] === winner && winner !== position) return;
      keys[node] = key;
      winners[node] = winner;
    }
  }

  /** Whether a node loses to its sibling, which has an equal key. */
  private yields(node: number, sibling: number): boolean {
    if (this.ties === undefined) return sibling > node;
    return sibling > node ? !this.isReallyLess(node, sibling) : this.isReallyLess(sibling, node);
  }

  private isReallyLess(node: number, other: number): boolean {
    return (
      other >= 0 &&
      this.ties?.isLess(this.winners[node] as number, this.winners[other] as number) === true
    );
  }

  private extend(length: number): void {
    this.length = length;
    if (length <= this.capacity) return;
    const leaves = this.keys.subarray(this.capacity);
    this.capacity = 2 ** Math.ceil(Math.log2(length));
    this.keys = new Float64Array(2 * this.capacity).fill(Infinity);
    this.keys.set(leaves, this.capacity);
    this.winners = winnersOfLeaves(this.capacity);
    for (let node = this.capacity - 1; node >= 1; node--) this.replay(node);
  }

  /** Lets the two children of a node play. */
  private replay(node: number): void {
    const left = 2 * node;
    const right = left + 1;
    const a = this.keys[left] as number;
    const b = this.keys[right] as number;
    const winner = b < a || (b === a && this.yields(left, right)) ? right : left;
    this.keys[node] = this.keys[winner] as number;
    this.winners[node] = this.winners[winner] as number;
  }
}

/** The winners of a tree in which nobody has played: each leaf has itself. */
function winnersOfLeaves(capacity: number): Int32Array {
  return Int32Array.from({ length: 2 * capacity }, (_, node) => Math.max(0, node - capacity));
}
