/**
 * Reads the statistics of a director in parts, each between two frames: a whole reading of many services would keep
 * frames waiting. What is read is what it was when its part was asked for.
 */
import type { Director } from '../../director/director.js';
import type { Service } from '../../services/service.js';
import type { StatisticsPart } from './messages.js';

/** Services and servers of a part, but for a service that has more servers: some tenths of a millisecond. */
const PART = 64;

/** Reads the statistics of one director. */
export class StatisticsReader {
  private readonly director: Director;
  private services: readonly Service[] = [];
  private at = 0;

  /** @param director - The director. */
  constructor(director: Director) {
    this.director = director;
  }

  /**
   * Reads a part.
   *
   * @param which - The first part, of the services that there are now, or the next one of these.
   * @returns The part.
   */
  read(which: 'first' | 'next'): StatisticsPart {
    if (which === 'first') {
      this.services = [...this.director.services];
      this.at = 0;
    }
    const from = this.at;
    let subjects = 0;
    while (this.at < this.services.length && subjects < PART) {
      subjects += 1 + this.services[this.at++].servers.size;
    }
    const state = this.director.statistics.stateOf(this.services.slice(from, this.at));
    return { state, isLast: this.at === this.services.length };
  }
}
