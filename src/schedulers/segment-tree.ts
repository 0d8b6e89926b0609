/**
 * A number per position, and what all of them (or those of one half, quarter, ...) combine to:
 * their maximum, their greatest common divisor. Changing one number and searching by a
 * combined value cost O(log positions).
 */

/** Combines two numbers; associative, and with 0 the other one comes out. */
export type Combine = (a: number, b: number) => number;

/** A complete binary tree over the positions 0, 1, 2, ...; positions without a value have 0. */
export class SegmentTree {
  /** Node 1 is the root, the children of i are 2i and 2i + 1, the second half are the leaves. */
  private nodes: Float64Array = new Float64Array(16);
  private readonly combine: Combine;

  /** @param combine - How two values become one. */
  constructor(combine: Combine) {
    this.combine = combine;
  }

  /** The combination of all values; 0 when there is none. */
  get root(): number {
    return this.nodes[1];
  }

  /**
   * Writes the value of a position.
   *
   * @param position - An integer, 0 or more.
   * @param value - A number, 0 or more.
   */
  set(position: number, value: number): void {
    while (position >= this.nodes.length >>> 1) this.grow();
    const nodes = this.nodes;
    let node = position + (nodes.length >>> 1);
    let combined = value;
    while (nodes[node] !== combined) {
      nodes[node] = combined;
      if (node === 1) return;
      combined = this.combine(nodes[node & ~1], nodes[node | 1]);
      node >>>= 1;
    }
  }

  /** Sets every value to 0. */
  clear(): void {
    this.nodes.fill(0);
  }

  /**
   * The greatest position below a bound whose value reaches a level; for a tree of maxima.
   *
   * @param bound - Any integer, 0 or more.
   * @param level - A number above 0.
   * @returns The position, or −1 when there is none.
   */
  lastReaching(bound: number, level: number): number {
    const nodes = this.nodes;
    const leaves = nodes.length >>> 1;
    if (bound >= leaves) return nodes[1] >= level ? this.lastWithin(1, level) : -1;
    // Climb from the bound; to the left of each right child stands a half that lies wholly below it.
    for (let node = bound + leaves; node > 1; node >>>= 1) {
      if ((node & 1) === 1 && nodes[node - 1] >= level) {
        return this.lastWithin(node - 1, level);
      }
    }
    return -1;
  }

  private lastWithin(subtree: number, level: number): number {
    const nodes = this.nodes;
    const leaves = nodes.length >>> 1;
    let node = subtree;
    while (node < leaves) node = nodes[2 * node + 1] >= level ? 2 * node + 1 : 2 * node;
    return node - leaves;
  }

  private grow(): void {
    const before = this.nodes;
    const leaves = before.length >>> 1;
    this.nodes = new Float64Array(before.length * 2);
    for (let position = 0; position < leaves; position++) {
      this.set(position, before[position + leaves]);
    }
  }
}
