/**
 * A number per position, and what all of them (or those of one half, quarter, ...) combine to:
 * their maximum, their greatest common divisor. Changing one number and searching by a
 * combined value cost O(log positions).
 *
 * Nodes are made when they are needed: as long as positions are only added, one number is enough.
 */

/** Combines two numbers; associative, and with 0 the other one comes out. */
export type Combine = (a: number, b: number) => number;

const FEWEST_LEAVES = 8;

/** A complete binary tree over the positions 0, 1, 2, ...; positions without a value have 0. */
export class SegmentTree {
  /** Node 1 is the root, the children of i are 2i and 2i + 1, the second half are the leaves. */
  private nodes: Int32Array | undefined;
  /** The combination of the positions below `count`, while there are no nodes. */
  private added = 0;
  private count = 0;
  private readonly combine: Combine;
  private readonly valueAt: (position: number) => number;

  /**
   * @param combine - How two values become one.
   * @param valueAt - Gives the present value of a position, the same that was last written to it.
   */
  constructor(combine: Combine, valueAt: (position: number) => number) {
    this.combine = combine;
    this.valueAt = valueAt;
  }

  /** The combination of all values; 0 when there is none. */
  get root(): number {
    return this.nodes === undefined ? this.added : this.nodes[1];
  }

  /**
   * Writes the value of a position.
   *
   * @param position - An integer, 0 or more.
   * @param value - An integer, 0–2147483647.
   */
  set(position: number, value: number): void {
    if (this.nodes === undefined && position >= this.count) {
      this.count = position + 1;
      this.added = this.combine(this.added, value);
      return;
    }
    let nodes = this.nodes ?? this.build();
    while (position >= nodes.length >>> 1) nodes = this.grow(nodes);
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
    this.nodes = undefined;
    this.added = 0;
    this.count = 0;
  }

  /**
   * The greatest position below a bound whose value reaches a level; for a tree of maxima.
   *
   * @param bound - Any integer, 0 or more.
   * @param level - A number above 0.
   * @returns The position, or −1 when there is none.
   */
  lastReaching(bound: number, level: number): number {
    const nodes = this.nodes ?? this.build();
    const leaves = nodes.length >>> 1;
    if (bound >= leaves) return nodes[1] >= level ? lastWithin(nodes, 1, level) : -1;
    // Climb from the bound; to the left of each right child stands a half that lies wholly below it.
    for (let node = bound + leaves; node !== 1; node >>>= 1) {
      if ((node & 1) === 1 && nodes[node - 1] >= level) {
        return lastWithin(nodes, node - 1, level);
      }
    }
    return -1;
  }

  private build(): Int32Array {
    const leaves = Math.max(FEWEST_LEAVES, 2 ** Math.ceil(Math.log2(this.count)));
    const nodes = new Int32Array(leaves * 2);
    for (let at = 0; at < this.count; at++) nodes[leaves + at] = this.valueAt(at);
    return this.combineAll(nodes);
  }

  private grow(before: Int32Array): Int32Array {
    const nodes = new Int32Array(before.length * 2);
    nodes.set(before.subarray(before.length >>> 1), before.length);
    return this.combineAll(nodes);
  }

  /** Writes all nodes above the leaves. */
  private combineAll(nodes: Int32Array): Int32Array {
    for (let node = (nodes.length >>> 1) - 1; node > 0; node--) {
      nodes[node] = this.combine(nodes[2 * node], nodes[2 * node + 1]);
    }
    this.nodes = nodes;
    return nodes;
  }
}

function lastWithin(nodes: Int32Array, subtree: number, level: number): number {
  const leaves = nodes.length >>> 1;
  let node = subtree;
  while (node < leaves) node = nodes[2 * node + 1] >= level ? 2 * node + 1 : 2 * node;
  return node - leaves;
}
