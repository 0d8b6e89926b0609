/**
 * Datagrams that have arrived and are yet to be applied.
 *
 * Taking a datagram from the system is quick, applying its entries is not. So datagrams are taken as fast as they come,
 * before the system has to drop any, and are applied in portions between which the event loop is free: short ones while
 * more datagrams arrive, longer ones afterwards. Beyond a limit they are dropped and counted.
 */
import { performance } from 'node:perf_hooks';

/** How long a portion takes while datagrams arrive, in milliseconds; the last datagram is always finished. */
const BUSY_MS = 0.25;
/** How long it takes when none has arrived since the portion before. */
const QUIET_MS = 2;

/** Time, and calling back once the event loop has looked for datagrams. */
export interface PortionLoop {
  /** The time in milliseconds. */
  now(): number;
  /** Calls back later. */
  later(callback: () => void): void;
}

const NODE_LOOP: PortionLoop = {
  now: () => performance.now(),
  later: (callback) => void setImmediate(callback),
};

/** The datagrams of one backup. */
export class ReceiveQueue {
  private readonly apply: (bytes: Uint8Array) => void;
  private readonly limit: number;
  private readonly loop: PortionLoop;
  private waiting: Uint8Array[] = [];
  /** The first one that waits. */
  private next = 0;
  private hasArrived = false;
  private isPlanned = false;

  /**
   * @param apply - Applies a datagram.
   * @param limit - How many may wait.
   * @param loop - The event loop.
   */
  constructor(apply: (bytes: Uint8Array) => void, limit: number, loop: PortionLoop = NODE_LOOP) {
    this.apply = apply;
    this.limit = limit;
    this.loop = loop;
  }

  /** How many wait. */
  get size(): number {
    return this.waiting.length - this.next;
  }

  /**
   * Takes a datagram.
   *
   * @param bytes - The datagram; kept until it was applied.
   * @returns Whether there was room for it.
   */
  push(bytes: Uint8Array): boolean {
    this.hasArrived = true;
    if (this.size >= this.limit) return false;
    this.waiting.push(bytes);
    this.plan();
    return true;
  }

  /** Forgets what waits. */
  clear(): void {
    this.waiting = [];
    this.next = 0;
  }

  private plan(): void {
    if (this.isPlanned) return;
    this.isPlanned = true;
    this.loop.later(() => {
      this.isPlanned = false;
      this.applyPortion();
      if (this.size > 0) this.plan();
    });
  }

  private applyPortion(): void {
    const end = this.loop.now() + (this.hasArrived ? BUSY_MS : QUIET_MS);
    this.hasArrived = false;
    while (this.size > 0) {
      this.apply(this.waiting[this.next++]);
      if (this.loop.now() >= end) break;
    }
    this.compact();
  }

  /** Lets go of what was applied, once that is at least as much as what waits. */
  private compact(): void {
    if (this.next < this.size) return;
    this.waiting = this.waiting.slice(this.next);
    this.next = 0;
  }
}
