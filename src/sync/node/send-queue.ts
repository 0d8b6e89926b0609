/**
 * Messages of a master that wait for their turn on the network.
 *
 * A datagram for which a receiver has no room is lost, and no network reports that in time. So messages leave at a steady
 * rate, which their receiver can follow: a bucket fills with bytes at that rate, up to a burst that fits into a usual
 * receive buffer, and each message takes its length out of it. Besides, the system is given no more messages than it
 * takes. While the bucket has bytes messages leave at once; a timer runs only while some wait, and beyond a limit further
 * ones are refused.
 */
import { performance } from 'node:perf_hooks';

/** What the bucket holds: some 65 messages of usual length, a third of what Linux has room for by default. */
const BURST_BYTES = 96_000;
/** A short datagram takes as much room at its receiver as one of this length. */
const LEAST_BYTES = 500;
/** How many messages the system may have that it has not confirmed. */
const MOST_UNCONFIRMED = 64;
const TURN_MS = 1;
/** How long the end waits for a system that confirms nothing. */
const PATIENCE_MS = 1000;

/** Time, and calling back later. */
export interface SendClock {
  /** The time in milliseconds. */
  now(): number;
  /** Calls back after some milliseconds. */
  after(delayMs: number, callback: () => void): void;
}

/** How much may wait and leave. */
export interface SendLimits {
  /** How many messages may wait. */
  readonly messages: number;
  /** How many bytes leave in a second. */
  readonly bytesPerSecond: number;
}

/** Gives a message to the system, and calls back once that has taken it. */
export type SendMessage = (message: Uint8Array, portIndex: number, confirmed: () => void) => void;

interface WaitingMessage {
  readonly bytes: Uint8Array;
  readonly portIndex: number;
}

const NODE_CLOCK: SendClock = {
  now: () => performance.now(),
  after: (delayMs, callback) => void setTimeout(callback, delayMs),
};

/** The messages of one master. */
export class SendQueue {
  private readonly send: SendMessage;
  private readonly limits: SendLimits;
  private readonly clock: SendClock;
  private waiting: WaitingMessage[] = [];
  /** The first one that waits. */
  private next = 0;
  private unconfirmed = 0;
  private creditBytes = BURST_BYTES;
  private creditedMs: number;
  /** When the system has confirmed a message last. */
  private confirmedMs = 0;
  private isPlanned = false;
  private onEnd: ((unsent: number) => void) | undefined;

  /**
   * @param send - Gives a message to the system.
   * @param limits - How much may wait and leave.
   * @param clock - Time.
   */
  constructor(send: SendMessage, limits: SendLimits, clock: SendClock = NODE_CLOCK) {
    this.send = send;
    this.limits = limits;
    this.clock = clock;
    this.creditedMs = clock.now();
  }

  /** How many wait. */
  get size(): number {
    return this.waiting.length - this.next;
  }

  /**
   * Sends a message, at once or when its turn has come.
   *
   * @param bytes - A buffer; its message is copied.
   * @param length - Bytes of the message.
   * @param portIndex - Where it goes.
   * @returns Whether there was room for it.
   */
  push(bytes: Uint8Array, length: number, portIndex: number): boolean {
    if (this.size >= this.limits.messages) return false;
    this.waiting.push({ bytes: bytes.slice(0, length), portIndex });
    if (!this.isPlanned) this.proceed();
    return true;
  }

  /**
   * Ends the queue when all that waits has left, at its rate, or when the system takes nothing any more.
   *
   * @param onEnd - Called then, with the number of messages that have not left.
   */
  end(onEnd: (unsent: number) => void): void {
    this.onEnd = onEnd;
    this.confirmedMs = this.clock.now();
    if (!this.isPlanned) this.proceed();
  }

  private proceed(): void {
    const now = this.clock.now();
    this.sendDue(now);
    if (this.onEnd !== undefined && this.isOver(now)) this.onEnd(this.size);
    else if (this.size > 0 || this.onEnd !== undefined) this.plan();
  }

  private sendDue(now: number): void {
    const earned = ((now - this.creditedMs) * this.limits.bytesPerSecond) / 1000;
    this.creditBytes = Math.min(BURST_BYTES, this.creditBytes + earned);
    this.creditedMs = now;
    while (this.size > 0 && this.creditBytes > 0 && this.unconfirmed < MOST_UNCONFIRMED) {
      const { bytes, portIndex } = this.waiting[this.next++];
      this.creditBytes -= Math.max(bytes.length, LEAST_BYTES);
      this.unconfirmed++;
      this.send(bytes, portIndex, this.confirmed);
    }
    this.compact();
  }

  private readonly confirmed = (): void => {
    this.unconfirmed--;
    this.confirmedMs = this.clock.now();
  };

  private isOver(now: number): boolean {
    return this.size + this.unconfirmed === 0 || now - this.confirmedMs > PATIENCE_MS;
  }

  private plan(): void {
    this.isPlanned = true;
    this.clock.after(TURN_MS, () => {
      this.isPlanned = false;
      this.proceed();
    });
  }

  /** Lets go of what was sent, once that is at least as much as what waits. */
  private compact(): void {
    if (this.next < this.size) return;
    this.waiting = this.waiting.slice(this.next);
    this.next = 0;
  }
}
