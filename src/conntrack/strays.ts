/**
 * Tracked connections that are not entries of the director: what it left to the host or to routing, requests that
 * are scheduled one packet at a time, and the outer packets of its tunnels.
 *
 * They are found by the tuple of either direction. Each new one looks at two old ones in turn and forgets those whose
 * time is over, so that memory is bounded by the traffic of the last minutes, and by a limit. Cost: constant per call.
 */
import type { Follower } from './follower.js';
import { EXPIRY, FLAGS, RECORD_WORDS, STATE_BITS } from './record.js';
import { Tuple } from './tuple.js';

/** How many there may be; beyond it new ones are not tracked. */
const LIMIT = 65_536;
/** How many old ones each new one looks at. */
const VISITS = 2;

/** A connection that is not an entry of the director. */
export class Stray {
  /** Its number: negative, so that it is no slot. */
  readonly id: number;
  /** The packets of the end that opened it. */
  readonly original: Tuple = new Tuple();
  /** The packets of the other end. */
  readonly reply: Tuple = new Tuple();
  /** Its record. */
  readonly words: Int32Array = new Int32Array(RECORD_WORDS);
  /** The connection's mark. */
  mark = 0;

  /** @param id - Its number. */
  constructor(id: number) {
    this.id = id;
  }

  /**
   * Whether it is over.
   *
   * @param now - The present time in milliseconds.
   * @returns `true` when its time has run out.
   */
  isOver(now: number): boolean {
    const isClosed = (this.words[FLAGS] & STATE_BITS) === 0;
    return isClosed || ((this.words[EXPIRY] - now) | 0) <= 0;
  }
}

/** All of them. */
export class Strays {
  private readonly all = new Set<Stray>();
  /** Goes on where it was: from the start it would pass all that were deleted there, which costs more the more there are. */
  private visits = this.all.values();
  /** Those with a tuple, by its hash. */
  private readonly byHash = new Map<number, Stray[]>();
  private readonly follower: Follower;
  private lastId = -1;

  /** @param follower - Follows them. */
  constructor(follower: Follower) {
    this.follower = follower;
  }

  /** How many there are, those included whose time is over. */
  get size(): number {
    return this.all.size;
  }

  /** Makes one that is not stored yet. */
  create(): Stray {
    this.lastId -= 1;
    return new Stray(this.lastId);
  }

  /**
   * Finds the one that a packet belongs to.
   *
   * @param tuple - The packet's.
   * @param now - The present time in milliseconds.
   * @returns It, or `undefined`.
   */
  find(tuple: Tuple, now: number): Stray | undefined {
    if (this.all.size === 0) return undefined;
    return this.byHash
      .get(tuple.hash)
      ?.find(
        (stray) =>
          (stray.original.equals(tuple) || stray.reply.equals(tuple)) && !stray.isOver(now),
      );
  }

  /**
   * Stores one, whose tuples and record are complete.
   *
   * @param stray - It.
   * @param now - The present time in milliseconds.
   */
  add(stray: Stray, now: number): void {
    this.forgetSome(now);
    if (this.all.size >= LIMIT) return;
    this.all.add(stray);
    for (const hash of hashesOf(stray)) this.chainOf(hash).push(stray);
  }

  /**
   * Forgets one, and what its follower remembers of it.
   *
   * @param stray - It.
   */
  delete(stray: Stray): void {
    if (!this.all.delete(stray)) return;
    this.follower.tcp.forget(stray.id);
    for (const hash of hashesOf(stray)) {
      const left = this.chainOf(hash).filter((each) => each !== stray);
      if (left.length === 0) this.byHash.delete(hash);
      else this.byHash.set(hash, left);
    }
  }

  /**
   * Visits those whose time is not over.
   *
   * @param now - The present time in milliseconds.
   * @returns Each of them.
   */
  *present(now: number): Iterable<Stray> {
    for (const stray of this.all) if (!stray.isOver(now)) yield stray;
  }

  /** Visits the next ones, in rounds, and forgets those that are over. */
  private forgetSome(now: number): void {
    for (let left = VISITS; left > 0; left--) {
      let visit = this.visits.next();
      if (visit.done === true) {
        this.visits = this.all.values();
        visit = this.visits.next();
        if (visit.done === true) return;
      }
      if (visit.value.isOver(now)) this.delete(visit.value);
    }
  }

  private chainOf(hash: number): Stray[] {
    const known = this.byHash.get(hash);
    if (known !== undefined) return known;
    const chain: Stray[] = [];
    this.byHash.set(hash, chain);
    return chain;
  }
}

function hashesOf({ original, reply }: Stray): readonly number[] {
  const first = original.hash;
  const second = reply.hash;
  return first === second ? [first] : [first, second];
}
