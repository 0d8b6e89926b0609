/**
 * Drawing a server by weight in constant time, while nothing changes.
 *
 * The servers stand in list order, each with the sum of the weights up to it. A guide has for each of several equal
 * ranges of numbers the server at which the search begins; on average it ends one or two servers later. The table gives
 * the same server for a number as {@link WeightSums} does. Where weights are small, there is a place for each number
 * instead, and nothing is searched. Cost: O(1) per number on average, O(servers) to build.
 * Source: Chen and Asau, "On generating random variates from an empirical distribution", AIIE Transactions 6 (1974).
 */
import type { RealServer } from '../model/real-server.js';

/** How many ranges there are per server: of more than fit into the nearest cache only {@link FEWER}. */
const RANGES_PER_SERVER = 8;
const FEWER = 2;
/** Up to this many servers are few. */
const FEW = 256;
/** Up to so many numbers per server, and so many in all, each has a place. */
const PLACES_PER_SERVER = 64;
const MOST_PLACES = 0x1_0000;

/** The usable servers of a list, by number. */
export class DrawTable {
  /** The servers that can be drawn, in list order. */
  servers: readonly RealServer[] = [];
  /** Above the greatest number to look for. */
  bound = 0;
  /** The sum of the weights up to each server. */
  private sums = new Float64Array(0);
  /** The place of the first server that a range may end at. */
  private guide = new Int32Array(0);
  private rangesPerNumber = 0;
  /** The place of each number; empty while they are too many. */
  private places = new Uint16Array(0);

  /**
   * Builds the table.
   *
   * @param servers - The usable servers, in list order; at least one.
   * @param bound - Above the greatest number to look for; at most one more than the sum of the weights.
   */
  build(servers: readonly RealServer[], bound: number): void {
    this.servers = servers;
    this.bound = bound;
    const { length } = servers;
    this.sums = new Float64Array(length);
    let sum = 0;
    for (let place = 0; place < length; place++) {
      sum += servers[place].usableWeight;
      this.sums[place] = sum;
    }
    if (bound <= Math.min(length * PLACES_PER_SERVER, MOST_PLACES)) return this.fillPlaces(bound);
    this.places = new Uint16Array(0);
    this.fillGuide(length * (length <= FEW ? RANGES_PER_SERVER : FEWER), Math.max(bound, 2));
  }

  /**
   * The place of the server at which the sum of the weights reaches a number.
   *
   * @param number - 1 or more, below the bound.
   * @returns An index of {@link DrawTable.servers}.
   */
  at(number: number): number {
    const { places } = this;
    return number < places.length ? places[number] : this.search(number);
  }

  /** As {@link DrawTable.at}, by the guide. */
  private search(number: number): number {
    const { sums } = this;
    let place = this.guide[(number * this.rangesPerNumber) | 0];
    while (sums[place] < number) place++;
    return place;
  }

  private fillPlaces(bound: number): void {
    const { sums } = this;
    this.places = new Uint16Array(bound);
    let place = 0;
    for (let number = 0; number < bound; number++) {
      while (sums[place] < number) place++;
      this.places[number] = place;
    }
  }

  private fillGuide(ranges: number, bound: number): void {
    const { sums } = this;
    this.rangesPerNumber = ranges / bound;
    this.guide = new Int32Array(ranges);
    let place = 0;
    for (let range = 0; range < ranges; range++) {
      // One less than the first number of the range, since the quotient is rounded.
      const first = Math.floor((range * bound) / ranges) - 1;
      while (sums[place] < first) place++;
      this.guide[range] = place;
    }
  }
}
