/**
 * The memory of the locality-based schedulers: what was chosen for a destination address, and when it
 * was last asked for.
 *
 * Rule: 1024 buckets by address hash and at most 24576 entries; every 60 s a check, of which every
 * thirtieth drops what was not used for the expiry time, and the others, while there are more than 16384
 * entries, drop what was not used for 6 minutes from as many buckets as it takes, going on where the last
 * one ended. Checks that fell due since the last look are made up for first, each at its own moment.
 * Cost: O(1) per look-up. Source: recorded decisions.
 */
import { type AddressWords, foldWords } from '../address-words.js';
import type { IpAddress } from '../ip-address.js';
import type { KernelRules } from '../model/kernel-profile.js';
import { multiplicativeHash } from './multiplicative-hash.js';

/** From this many entries on, seldom used ones are dropped. */
const FULL = 16384;
/** More entries than this are never made. */
const MOST_ENTRIES = (FULL * 3) / 2;
const BUCKET_BITS = 10;
const BUCKETS = 2 ** BUCKET_BITS;
/** With many entries each bucket is split into chains; the upper bits of a chain's number are its bucket. */
const MOST_CHAIN_BITS = 15;
const CHECK_INTERVAL_MS = 60_000;
const CHECKS_PER_FULL_CHECK = 30;
const SELDOM_USED_MS = 6 * 60_000;

/** One remembered destination, with the bits of its address. */
export interface CacheEntry<Choice> extends AddressWords {
  /** What was chosen for it. */
  choice: Choice;
  /** When it was last asked for, in milliseconds. */
  lastUse: number;
  /** The next entry of the chain. */
  next: CacheEntry<Choice> | undefined;
}

/** What a {@link DestinationCache} remembers besides its entries, as plain JSON. */
export interface CheckState {
  /** The moment of the next check, in milliseconds. */
  readonly nextCheck: number;
  /** Which check in the cycle of full checks it is, 1–30. */
  readonly checks: number;
  /** The bucket that the last partial check ended with. */
  readonly lastBucket: number;
  /** By how much more entries are counted than there are; only by older kernels. */
  readonly drift?: number;
}

/** Destination addresses and what was chosen for them. */
export class DestinationCache<Choice> {
  private readonly expiryMs: () => number;
  private readonly dropped: (choice: Choice) => void;
  private chains: (CacheEntry<Choice> | undefined)[] = emptyChains(BUCKET_BITS);
  /** There are 2 to the power of this many chains. */
  private chainBits = BUCKET_BITS;
  private entries = 0;
  /** By how much older kernels count more entries than there are. */
  private drift = 0;
  private readonly rules: KernelRules;
  private nextCheck: number;
  private checks = 1;
  private lastBucket = 0;

  /**
   * @param now - The present time in milliseconds; checks fall due 60 s, 120 s, ... later.
   * @param expiryMs - Gives the time after which an unused entry is dropped by a full check.
   * @param dropped - Called with the choice of each entry that is dropped.
   * @param rules - The kernel that says how many there may be, and how they are counted.
   */
  constructor(
    now: number,
    expiryMs: () => number,
    dropped: (choice: Choice) => void,
    rules: KernelRules,
  ) {
    this.rules = rules;
    this.expiryMs = expiryMs;
    this.dropped = dropped;
    this.nextCheck = now + CHECK_INTERVAL_MS;
  }

  /**
   * Finds a destination, and notes that it was asked for.
   *
   * @param address - The destination.
   * @param now - The present time in milliseconds.
   * @returns Its entry, or `undefined`.
   */
  use(address: IpAddress, now: number): CacheEntry<Choice> | undefined {
    if (now >= this.nextCheck) this.catchUp(now);
    let entry = this.chains[this.chainOf(address)];
    while (entry !== undefined && !address.equals(entry)) entry = entry.next;
    if (entry !== undefined) entry.lastUse = now;
    return entry;
  }

  /**
   * Remembers a destination that is not yet remembered, if there is room.
   *
   * @param address - The destination.
   * @param choice - What was chosen for it.
   * @param now - The present time in milliseconds.
   * @returns `false` when there is no room.
   */
  add(address: AddressWords, choice: Choice, now: number): boolean {
    if (this.entries >= MOST_ENTRIES && this.rules.boundsDestinations) return false;
    if (this.entries * 2 >= this.chains.length && this.chainBits < MOST_CHAIN_BITS) this.split();
    const chain = this.chainOf(address);
    const { family, word0, word1, word2, word3 } = address;
    const next = this.chains[chain];
    this.chains[chain] = { family, word0, word1, word2, word3, choice, lastUse: now, next };
    this.entries += 1;
    return true;
  }

  /**
   * Remembers a destination with another choice.
   *
   * @param entry - Its entry.
   * @param choice - What was chosen for it now.
   * @param now - The present time in milliseconds.
   */
  move(entry: CacheEntry<Choice>, choice: Choice, now: number): void {
    this.dropped(entry.choice);
    entry.choice = choice;
    entry.lastUse = now;
    if (!this.rules.countsMovedDestinationOnce) this.drift += 1;
  }

  /** Forgets everything. */
  clear(): void {
    for (let chain = 0; chain < this.chains.length; chain++) this.filter(chain, () => false);
  }

  /**
   * Goes through the entries in no particular order.
   *
   * @returns An iterator.
   */
  *[Symbol.iterator](): IterableIterator<CacheEntry<Choice>> {
    for (const first of this.chains) {
      for (let entry = first; entry !== undefined; entry = entry.next) yield entry;
    }
  }

  /** When and how the next check is made. */
  get checkState(): CheckState {
    const { nextCheck, checks, lastBucket, drift } = this;
    return { nextCheck, checks, lastBucket, ...(drift > 0 && { drift }) };
  }

  /**
   * Reads back when and how the next check is made.
   *
   * @param state - What `checkState` gave.
   * @param shiftMs - By how much the clock has moved its origin since, in milliseconds.
   */
  restoreChecks(state: CheckState, shiftMs: number): void {
    this.nextCheck = state.nextCheck + shiftMs;
    this.checks = state.checks;
    this.lastBucket = state.lastBucket;
    this.drift = state.drift ?? 0;
  }

  private get counted(): number {
    return this.entries + this.drift;
  }

  private chainOf(address: AddressWords): number {
    return multiplicativeHash(foldWords(address), this.chainBits);
  }

  /** Splits each chain in two: the numbers of both begin with that of the old one, so that buckets stay. */
  private split(): void {
    const entries = [...this];
    this.chainBits += 1;
    this.chains = emptyChains(this.chainBits);
    for (const entry of entries) {
      const chain = this.chainOf(entry);
      entry.next = this.chains[chain];
      this.chains[chain] = entry;
    }
  }

  /** Makes all checks that have fallen due. Checks that drop nothing are skipped, so that a long time costs nothing. */
  private catchUp(now: number): void {
    for (; now >= this.nextCheck; this.nextCheck += CHECK_INTERVAL_MS) {
      const due = Math.floor((now - this.nextCheck) / CHECK_INTERVAL_MS);
      if (this.entries === 0) this.skipChecks(due);
      // Few checks are made faster than the oldest entry is found.
      else if (due > CHECKS_PER_FULL_CHECK && this.counted <= FULL) {
        this.skipChecks(Math.min(due, this.checksWithoutEffect()));
      }
      this.check(this.nextCheck);
    }
  }

  /** How many checks there are before the first full one that drops an entry; not for a cache that is too full. */
  private checksWithoutEffect(): number {
    let oldest = Infinity;
    for (const { lastUse } of this) oldest = Math.min(oldest, lastUse);
    const beforeFull = CHECKS_PER_FULL_CHECK - this.checks;
    const fullCheck = this.nextCheck + beforeFull * CHECK_INTERVAL_MS;
    const left = oldest + this.expiryMs() - fullCheck;
    const cycles = Math.max(0, Math.ceil(left / (CHECK_INTERVAL_MS * CHECKS_PER_FULL_CHECK)));
    return beforeFull + cycles * CHECKS_PER_FULL_CHECK;
  }

  /** Leaves out checks that have no effect, but counts them unless they are partial ones. */
  private skipChecks(count: number): void {
    this.nextCheck += count * CHECK_INTERVAL_MS;
    if (this.counted > FULL) return;
    this.checks = ((this.checks - 1 + count) % CHECKS_PER_FULL_CHECK) + 1;
  }

  private check(now: number): void {
    if (this.checks === CHECKS_PER_FULL_CHECK) {
      const expiry = this.expiryMs();
      for (let bucket = 0; bucket < BUCKETS; bucket++) this.dropUnused(bucket, now - expiry);
      this.checks = 1;
    } else if (this.counted <= FULL) {
      this.checks += 1;
    } else {
      this.makeRoom(now - SELDOM_USED_MS);
    }
  }

  private makeRoom(unusedSince: number): void {
    const goal = Math.min(Math.trunc(((this.counted - FULL) * 4) / 3), FULL / 2);
    const enough = this.entries - goal;
    for (let visited = 0; visited < BUCKETS; visited++) {
      this.lastBucket = (this.lastBucket + 1) % BUCKETS;
      this.dropUnused(this.lastBucket, unusedSince);
      if (this.entries <= enough) return;
    }
  }

  private dropUnused(bucket: number, unusedSince: number): void {
    const chains = this.chains.length / BUCKETS;
    for (let chain = bucket * chains; chain < (bucket + 1) * chains; chain++) {
      this.filter(chain, (entry) => entry.lastUse > unusedSince);
    }
  }

  /** Keeps the entries of a chain that satisfy a condition. */
  private filter(chain: number, keep: (entry: CacheEntry<Choice>) => boolean): void {
    let kept: CacheEntry<Choice> | undefined;
    let entry = this.chains[chain];
    while (entry !== undefined) {
      const next: CacheEntry<Choice> | undefined = entry.next;
      if (keep(entry)) {
        entry.next = kept;
        kept = entry;
      } else {
        this.entries -= 1;
        this.dropped(entry.choice);
      }
      entry = next;
    }
    this.chains[chain] = kept;
  }
}

function emptyChains<Entry>(bits: number): (Entry | undefined)[] {
  return Array<Entry | undefined>(2 ** bits).fill(undefined);
}
