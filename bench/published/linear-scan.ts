/**
 * The rules of the schedulers as anyone would write them down first: a walk over all servers for each pick.
 *
 * The rival that needs no package. Servers are plain objects in an array, newest first, with no listener on their
 * counters. Like the library's they have connections that are active or not, thresholds that make them overloaded, and
 * a weight that may change. Adding and removing servers would cost a pick nothing, so it is left out.
 * Algorithms that look up a table have no walk to avoid and are not here.
 */
import { type Flow, type IpAddress, ManualClock, randomBelow, type RandomSource } from 'ipvs';

/** A server that is two counters, a weight and two thresholds. */
export class PlainServer {
  weight: number;
  /** Connections at which it becomes overloaded; 0 = never. */
  upperThreshold: number;
  /** Connections below which it recovers. */
  lowerThreshold: number;
  overloaded = false;
  /** Whether it was taken out of the array. */
  removed = false;
  active = 0;
  total = 0;

  constructor(weight: number, upperThreshold = 0, lowerThreshold = 0) {
    this.weight = weight;
    this.upperThreshold = upperThreshold;
    this.lowerThreshold = lowerThreshold;
  }

  open(active = true): void {
    this.total += 1;
    if (active) this.active += 1;
    if (this.upperThreshold !== 0 && this.total >= this.upperThreshold) this.overloaded = true;
  }

  close(active = true): void {
    this.total -= 1;
    if (active) this.active -= 1;
    if (this.overloaded && this.total < this.lowerThreshold) this.overloaded = false;
  }
}

/** Picks from an array of servers. */
export type Scan = (servers: readonly PlainServer[], flow: Flow) => PlainServer | undefined;

/**
 * Makes the walk of an algorithm.
 *
 * @param random - Where chance comes from, for `twos`.
 * @returns The walks by the algorithms' short names, each with fresh state.
 */
export function linearScans(random: RandomSource): Readonly<Record<string, () => Scan>> {
  return {
    rr: roundRobin,
    wrr: weightedRoundRobin,
    lc: () => leastConnection,
    wlc: () => weightedLeast(costOf),
    lblc: localityBased,
    sed: () => weightedLeast((server) => server.active + 1),
    nq: () => neverQueue,
    fo: () => (servers) => heaviest(servers, isUsable),
    ovf: () => (servers) =>
      heaviest(servers, (server) => isUsable(server) && server.active <= server.weight),
    twos: () => powerOfTwoChoices(random),
  };
}

function isUsable(server: PlainServer): boolean {
  return server.weight > 0 && !server.overloaded;
}

function costOf(server: PlainServer): number {
  return server.active * 256 + server.total;
}

function roundRobin(): Scan {
  let cursor = -1;
  return (servers) => {
    for (let step = 1; step <= servers.length; step++) {
      const index = (cursor + step) % servers.length;
      const server = servers[index];
      if (!isUsable(server)) continue;
      cursor = index;
      return server;
    }
    return undefined;
  };
}

function weightedRoundRobin(): Scan {
  let cursor = -1;
  let required = 0;
  let measured: { greatest: number; step: number } | undefined;
  return (servers) => {
    const { greatest, step } = (measured ??= measureWeights(servers));
    if (required === 0) required = greatest;
    for (let looked = 0; looked <= servers.length * (greatest + 1); looked++) {
      cursor += 1;
      if (cursor === servers.length) {
        cursor = 0;
        required = required > step ? required - step : greatest;
      }
      const server = servers[cursor];
      if (!server.overloaded && server.weight >= required) return server;
    }
    return undefined;
  };
}

function measureWeights(servers: readonly PlainServer[]): { greatest: number; step: number } {
  const weights = servers.map((server) => server.weight).filter((weight) => weight > 0);
  return {
    greatest: weights.reduce((a, b) => Math.max(a, b), 0),
    step: weights.reduce(divisor, 0),
  };
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

function leastConnection(servers: readonly PlainServer[]): PlainServer | undefined {
  let best: PlainServer | undefined;
  for (const server of servers) {
    if (isUsable(server) && (best === undefined || costOf(server) < costOf(best))) best = server;
  }
  return best;
}

function weightedLeast(cost: (server: PlainServer) => number): Scan {
  return (servers) => {
    let best: PlainServer | undefined;
    for (const server of servers) {
      if (!isUsable(server)) continue;
      if (best === undefined || cost(best) * server.weight > cost(server) * best.weight) {
        best = server;
      }
    }
    return best;
  };
}

/** A destination that was not used for this time is forgotten, at a check once a minute. */
const DESTINATION_LIFE_MS = 24 * 3_600_000;
const CHECK_MS = 60_000;

/** What was chosen for a destination, and when it was last used; others whose addresses have the same fold follow. */
interface Destination {
  readonly address: IpAddress;
  server: PlainServer;
  lastUse: number;
  next: Destination | undefined;
}

function localityBased(): Scan {
  const clock = new ManualClock();
  const chosen = new Map<number, Destination>();
  const least = weightedLeast(costOf);
  let nextCheck = clock.now() + CHECK_MS;
  return (servers, flow) => {
    const now = clock.now();
    if (now >= nextCheck) {
      forgetUnused(chosen, now - DESTINATION_LIFE_MS);
      nextCheck = now + CHECK_MS;
    }
    const address = flow.destination;
    const key = address.word0 ^ address.word1 ^ address.word2 ^ address.word3;
    const first = chosen.get(key);
    let known = first;
    while (known !== undefined && !address.equals(known.address)) known = known.next;
    if (known !== undefined) {
      known.lastUse = now;
      const { server } = known;
      if (server.weight > 0 && !server.removed && !isLoaded(server, servers)) return server;
    }
    const best = least(servers, flow);
    if (best === undefined) return undefined;
    if (known === undefined) chosen.set(key, { address, server: best, lastUse: now, next: first });
    else known.server = best;
    return best;
  };
}

function forgetUnused(chosen: Map<number, Destination>, since: number): void {
  for (const [key, first] of chosen) {
    const used = usedSince(first, since);
    if (used === undefined) chosen.delete(key);
    else if (used !== first) chosen.set(key, used);
  }
}

function usedSince(first: Destination | undefined, since: number): Destination | undefined {
  if (first === undefined) return undefined;
  first.next = usedSince(first.next, since);
  return first.lastUse > since ? first : first.next;
}

function isLoaded(server: PlainServer, servers: readonly PlainServer[]): boolean {
  return server.active > server.weight && servers.some((other) => other.active * 2 < other.weight);
}

function neverQueue(servers: readonly PlainServer[]): PlainServer | undefined {
  let best: PlainServer | undefined;
  for (const server of servers) {
    if (!isUsable(server)) continue;
    if (server.active === 0) return server;
    if (best === undefined || (best.active + 1) * server.weight > (server.active + 1) * best.weight)
      best = server;
  }
  return best;
}

function heaviest(
  servers: readonly PlainServer[],
  isEligible: (server: PlainServer) => boolean,
): PlainServer | undefined {
  let best: PlainServer | undefined;
  for (const server of servers) {
    if (isEligible(server) && (best === undefined || server.weight > best.weight)) best = server;
  }
  return best;
}

function powerOfTwoChoices(random: RandomSource): Scan {
  return (servers) => {
    let sum = 1;
    for (const server of servers) if (isUsable(server)) sum += server.weight;
    if (sum === 1) return undefined;
    const a = drawn(servers, randomBelow(random, sum));
    const b = drawn(servers, randomBelow(random, sum));
    return b.weight * costOf(a) > a.weight * costOf(b) ? b : a;
  };
}

function drawn(servers: readonly PlainServer[], number: number): PlainServer {
  let rest = number;
  let last: PlainServer | undefined;
  for (const server of servers) {
    if (!isUsable(server)) continue;
    last = server;
    rest -= server.weight;
    if (rest <= 0) break;
  }
  return last as PlainServer;
}
