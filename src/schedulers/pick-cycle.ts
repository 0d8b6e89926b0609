/**
 * The picks of an algorithm that repeat: where nothing but the last pick decides on the next one, and a state comes
 * back, everything after it comes back.
 *
 * States are noted pick by pick, so that a cycle costs nothing to find. One that is longer than `MOST` is not kept.
 */
import type { RealServer } from '../model/real-server.js';

/** So many picks are noted at most. */
const MOST = 1024;
/** The first states after a change may never come back: then it is tried once more from a later one. */
const ATTEMPTS = 2;

/** Notes picks until they repeat, and repeats them then. */
export class PickCycle {
  /** Whether the cycle is known, and the last pick was one of it. */
  isKnown = false;
  private servers: RealServer[] = [];
  private numbers: number[] = [];
  /** The place of the last pick. */
  private last = 0;
  private attempts = 0;

  /** The last pick. */
  get server(): RealServer {
    return this.servers[this.last];
  }

  /** The number that belongs to the last pick. */
  get number(): number {
    return this.numbers[this.last];
  }

  /** The next pick, once the cycle is known. */
  next(): RealServer {
    const { servers } = this;
    const next = this.last + 1;
    this.last = next === servers.length ? 0 : next;
    return servers[this.last];
  }

  /**
   * Notes a pick.
   *
   * @param server - The server.
   * @param number - What decides on the next pick besides the server.
   * @returns `false` when the cycle is too long to be kept: nothing should be noted any more until it is cleared.
   */
  note(server: RealServer, number: number): boolean {
    const { servers, numbers } = this;
    if (servers.length > 0 && servers[0] === server && numbers[0] === number) {
      this.isKnown = true;
      this.last = 0;
    } else if (servers.length === MOST) {
      this.forgetPicks();
      this.attempts += 1;
    } else {
      servers.push(server);
      numbers.push(number);
    }
    return this.attempts < ATTEMPTS;
  }

  /** Forgets everything, since something else may be picked from now on. */
  clear(): void {
    this.isKnown = false;
    this.attempts = 0;
    this.forgetPicks();
  }

  private forgetPicks(): void {
    if (this.servers.length === 0) return;
    this.servers = [];
    this.numbers = [];
  }
}
