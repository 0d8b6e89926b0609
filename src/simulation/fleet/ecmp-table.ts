/**
 * How a router turns the hash of a flow into one of several next hops, and what moves when these change.
 *
 * With n next hops, and one that fails:
 *
 * - `modulo`: hash mod n. Moves (n−1)/n of all flows. Simple switches and routers.
 * - `threshold`: n equal regions of the hash space (RFC 2992). Moves between 1/4 and 1/2 of all flows. Linux
 *   multipath routes and nexthop groups without a type.
 * - `resilient`: a fixed number of buckets, hash mod buckets. Only the buckets of the failed one move, 1/n of all
 *   flows. Linux nexthop groups of `type resilient`, and resilient hashing in switches.
 *
 * A next hop that comes to a resilient table takes its fair share of the buckets at once, as in switches, and in
 * Linux when `unbalanced_timer` is over. While it is not, Linux moves idle buckets only.
 * Sources: RFC 2992, ip-nexthop(8).
 */

/** How hashes become next hops. */
export type EcmpTableKind = (typeof ECMP_TABLES)[number];

/** Every {@link EcmpTableKind}. */
export const ECMP_TABLES = ['modulo', 'threshold', 'resilient'] as const;

/** The next hops of one router. */
export interface EcmpTable {
  /**
   * The next hop of a flow.
   *
   * @param hash - The flow's hash, an unsigned 32-bit number.
   * @returns Its number; −1 when there is no next hop.
   */
  nextHop(hash: number): number;
  /**
   * Changes which next hops there are.
   *
   * @param nextHops - Their numbers, ascending.
   */
  change(nextHops: readonly number[]): void;
}

const NO_NEXT_HOP = -1;

/**
 * Makes a table.
 *
 * @param kind - How hashes become next hops.
 * @param nextHops - The numbers of the next hops, ascending.
 * @param buckets - How many buckets a resilient table has, 1 or more.
 * @returns The table.
 */
export function createEcmpTable(
  kind: EcmpTableKind,
  nextHops: readonly number[],
  buckets: number,
): EcmpTable {
  if (kind === 'resilient') return new ResilientTable(nextHops, buckets);
  return new PlainTable(nextHops, kind);
}

/** A table without memory: next hops are computed from their number. */
class PlainTable implements EcmpTable {
  private readonly kind: Exclude<EcmpTableKind, 'resilient'>;
  private nextHops: readonly number[];

  constructor(nextHops: readonly number[], kind: Exclude<EcmpTableKind, 'resilient'>) {
    this.nextHops = nextHops;
    this.kind = kind;
  }

  nextHop(hash: number): number {
    const { nextHops, kind } = this;
    const { length } = nextHops;
    if (length === 0) return NO_NEXT_HOP;
    return nextHops[
      kind === 'modulo' ? hash % length : Math.floor((hash / 0x1_0000_0000) * length)
    ];
  }

  change(nextHops: readonly number[]): void {
    this.nextHops = nextHops;
  }
}

/** A table whose buckets keep their next hop for as long as it is there. */
class ResilientTable implements EcmpTable {
  private readonly buckets: Int32Array;

  constructor(nextHops: readonly number[], buckets: number) {
    this.buckets = Int32Array.from({ length: buckets }, (_, index) =>
      nextHops.length === 0
        ? NO_NEXT_HOP
        : nextHops[Math.floor((index * nextHops.length) / buckets)],
    );
  }

  nextHop(hash: number): number {
    return this.buckets[hash % this.buckets.length];
  }

  change(nextHops: readonly number[]): void {
    const owned = new Map(nextHops.map((nextHop) => [nextHop, 0]));
    const free: number[] = [];
    for (const [bucket, owner] of this.buckets.entries()) {
      const count = owned.get(owner);
      if (count === undefined) free.push(bucket);
      else owned.set(owner, count + 1);
    }
    for (const bucket of free) this.give(bucket, leastOf(owned), owned);
    this.shareOut(owned);
  }

  /** Takes buckets from those that have most until all have as many, give or take one. */
  private shareOut(owned: Map<number, number>): void {
    for (;;) {
      const from = mostOf(owned);
      const to = leastOf(owned);
      if ((owned.get(from) ?? 0) - (owned.get(to) ?? 0) <= 1) return;
      owned.set(from, (owned.get(from) as number) - 1);
      this.give(this.buckets.indexOf(from), to, owned);
    }
  }

  private give(bucket: number, nextHop: number, owned: Map<number, number>): void {
    this.buckets[bucket] = nextHop;
    if (nextHop !== NO_NEXT_HOP) owned.set(nextHop, (owned.get(nextHop) as number) + 1);
  }
}

function leastOf(owned: ReadonlyMap<number, number>): number {
  return extremeOf(owned, (count, best) => count < best);
}

function mostOf(owned: ReadonlyMap<number, number>): number {
  return extremeOf(owned, (count, best) => count > best);
}

/** The first next hop of which none is better; −1 of none. */
function extremeOf(
  owned: ReadonlyMap<number, number>,
  isBetter: (count: number, best: number) => boolean,
): number {
  let found = NO_NEXT_HOP;
  let best = 0;
  for (const [nextHop, count] of owned) {
    if (found === NO_NEXT_HOP || isBetter(count, best)) {
      found = nextHop;
      best = count;
    }
  }
  return found;
}
