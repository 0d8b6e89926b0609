/** lblc and lblcr: caches of destination addresses, in buckets, with their periodic cleaning. */
import { fold, hash32, wordsOf } from './address.js';
import type { Rule, RuleMaker } from './algorithm.js';
import { heavier, weightedLeast } from './least.js';
import type { ReferenceServer } from './server.js';

const BUCKETS = 1024;
const MAX = 16384;
const DAY_MS = 86_400_000;
const SIX_MINUTES_MS = 360_000;

interface Entry {
  lastUse: number;
}

/** Entries by destination address, in buckets that matter for the cleaning alone. */
class Cache<E extends Entry> {
  size = 0;
  private readonly buckets: Map<string, E>[] = Array.from({ length: BUCKETS }, () => new Map());
  private rover = 0;
  private counter = 1;

  get(destination: string): E | undefined {
    return this.bucketOf(destination).get(keyOf(destination));
  }

  /** Remembers an entry unless the cache is full. */
  set(destination: string, entry: E): void {
    if (this.size >= (MAX * 3) / 2) return;
    this.bucketOf(destination).set(keyOf(destination), entry);
    this.size += 1;
  }

  delete(destination: string): void {
    this.bucketOf(destination).delete(keyOf(destination));
    this.size -= 1;
  }

  /** One minute has passed. */
  tick(now: number, expirationMs: number): void {
    if (this.counter % 30 === 0) {
      for (const bucket of this.buckets) this.clean(bucket, now - expirationMs);
      this.counter = 1;
      return;
    }
    if (this.size <= MAX) {
      this.counter += 1;
      return;
    }
    let goal = Math.min(Math.floor(((this.size - MAX) * 4) / 3), MAX / 2);
    for (let visited = 0; visited < BUCKETS; visited++) {
      this.rover = (this.rover + 1) % BUCKETS;
      goal -= this.clean(this.buckets[this.rover], now - SIX_MINUTES_MS);
      if (goal <= 0) break;
    }
  }

  private clean(bucket: Map<string, E>, lastKept: number): number {
    let deleted = 0;
    for (const [destination, entry] of bucket) {
      if (entry.lastUse > lastKept) continue;
      bucket.delete(destination);
      deleted += 1;
    }
    this.size -= deleted;
    return deleted;
  }

  private bucketOf(destination: string): Map<string, E> {
    return this.buckets[hash32(fold(destination), 10)];
  }
}

/** The same for all texts of an address. */
function keyOf(destination: string): string {
  return String(wordsOf(destination));
}

/** More active connections than weight, while somebody in the list is below half load. */
function loaded(server: ReferenceServer, list: readonly ReferenceServer[]): boolean {
  return (
    server.active > server.weight &&
    list.some((other) => Number(BigInt.asIntN(32, BigInt(other.active) * 2n)) < other.weight)
  );
}

/** lblc: one server for each destination, changed when it is overloaded by the rule above. */
export const localityBasedLeastConnection: RuleMaker = (
  { list, now },
  { expirationMs = DAY_MS },
): Rule => {
  const cache = new Cache<Entry & { readonly server: ReferenceServer }>();
  return {
    tick: () => cache.tick(now(), expirationMs),
    pick([, , destination]) {
      const entry = cache.get(destination);
      if (entry !== undefined) {
        entry.lastUse = now();
        const { server } = entry;
        if (server.available && server.weight > 0 && !loaded(server, list)) return server;
      }
      const best = weightedLeast(list, (server) => server.cost);
      if (best === undefined || entry?.server === best) return best;
      if (entry !== undefined) cache.delete(destination);
      cache.set(destination, { server: best, lastUse: now() });
      return best;
    },
  };
};

interface Replicas extends Entry {
  /** Newest member first. */
  set: ReferenceServer[];
  lastChange: number;
}

/** The member to use: the least cost per weight. */
function leastOf(set: readonly ReferenceServer[]): ReferenceServer | undefined {
  const first = set.findIndex((server) => server.usable && server.available);
  if (first < 0) return undefined;
  let best = set[first];
  for (const server of set.slice(first + 1)) {
    if (server.overloaded || !server.available) continue;
    if (heavier(best.cost, best.weight, server.cost, server.weight)) best = server;
  }
  return best;
}

/** The member to drop: the greatest cost per weight, whether it can be used or not. */
function mostOf(set: readonly ReferenceServer[]): ReferenceServer | undefined {
  let most: ReferenceServer | undefined;
  for (const server of set.filter((each) => each.weight > 0)) {
    if (most === undefined || heavier(server.cost, server.weight, most.cost, most.weight))
      most = server;
  }
  return most;
}

/** lblcr: a set of servers for each destination, which grows under load and shrinks with time. */
export const localityBasedLeastConnectionWithReplication: RuleMaker = (
  { list, now },
  { expirationMs = DAY_MS },
): Rule => {
  const cache = new Cache<Replicas>();
  const pickCached = (entry: Replicas): ReferenceServer | undefined => {
    entry.lastUse = now();
    const member = leastOf(entry.set);
    if (entry.set.length > 1 && now() > entry.lastChange + expirationMs) {
      const dropped = mostOf(entry.set);
      if (dropped !== undefined) {
        entry.set = entry.set.filter((server) => server !== dropped);
        entry.lastChange = now();
      }
    }
    if (member !== undefined && !loaded(member, list)) return member;
    const best = weightedLeast(list, (server) => server.cost);
    if (best !== undefined && !entry.set.includes(best)) {
      entry.set.unshift(best);
      entry.lastChange = now();
    }
    return best;
  };
  return {
    tick: () => cache.tick(now(), expirationMs),
    pick([, , destination]) {
      const entry = cache.get(destination);
      if (entry !== undefined) return pickCached(entry);
      const best = weightedLeast(list, (server) => server.cost);
      if (best !== undefined) {
        cache.set(destination, { set: [best], lastUse: now(), lastChange: now() });
      }
      return best;
    },
  };
};
