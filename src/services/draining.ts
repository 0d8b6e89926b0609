/**
 * Waiting for the last connection of a server: what makes a server leave without a client noticing.
 */
import { type OptionNames, requireInteger, requireKnownOptions } from '../errors.js';
import type { RealServer } from '../model/real-server.js';
import type { Timers } from '../timers.js';

/** The part of an `AbortSignal` that is used here, for platforms whose types do not have it. */
export interface DrainSignal {
  /** Whether it was aborted. */
  readonly aborted: boolean;
  /**
   * Starts to notify a listener.
   *
   * @param type - `'abort'`.
   * @param listener - Called once, when the signal is aborted.
   */
  addEventListener(type: 'abort', listener: () => void): void;
  /**
   * Stops notifying a listener.
   *
   * @param type - `'abort'`.
   * @param listener - The same function.
   */
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** For how long a server's last connection is waited for. */
export interface DrainOptions {
  /** The deadline, 0–86400 s from now; default none. */
  readonly timeoutSeconds?: number;
  /** Gives the waiting up when it is aborted; default never. */
  readonly signal?: DrainSignal;
}

const OPTION_NAMES: OptionNames<DrainOptions> = { timeoutSeconds: true, signal: true };
const LONGEST_SECONDS = 86_400;

type Finish = (empty: boolean) => void;

/** The servers whose last connection a caller waits for. */
export class Draining {
  private readonly waiting = new Map<RealServer, Set<Finish>>();
  private readonly timers: Timers;

  /** @param timers - What measures deadlines. */
  constructor(timers: Timers) {
    this.timers = timers;
  }

  /**
   * Checks options, before anything is changed.
   *
   * @param options - The options.
   * @throws {TypeError} When an option has an unknown name or the wrong type.
   * @throws {RangeError} When the deadline is out of range.
   */
  check(options: DrainOptions): void {
    requireKnownOptions('drain a server', options, OPTION_NAMES);
    const { timeoutSeconds } = options;
    if (timeoutSeconds !== undefined) {
      requireInteger('drain timeout', timeoutSeconds, 0, LONGEST_SECONDS);
    }
  }

  /**
   * Waits until a server has no connection.
   *
   * @param server - The server.
   * @param options - The deadline and the signal, checked.
   * @returns `true` once it is empty, `false` when the waiting was given up before.
   */
  async wait(server: RealServer, options: DrainOptions): Promise<boolean> {
    const { timeoutSeconds, signal } = options;
    if (server.total === 0) return true;
    if (signal?.aborted === true) return false;
    return new Promise((resolve) => {
      const giveUp = (): void => finish(false);
      const cancel =
        timeoutSeconds === undefined ? undefined : this.timers.after(timeoutSeconds * 1000, giveUp);
      const finish: Finish = (empty) => {
        cancel?.();
        signal?.removeEventListener('abort', giveUp);
        this.waiting.get(server)?.delete(finish);
        resolve(empty);
      };
      signal?.addEventListener('abort', giveUp);
      this.add(server, finish);
    });
  }

  /**
   * Notes that a connection of a server is about to end.
   *
   * @param server - The server, whose counters still have the connection.
   */
  connectionEnds(server: RealServer | undefined): void {
    if (server?.total === 1 && this.waiting.size > 0) this.finish(server, true);
  }

  /**
   * Notes that connections of a server have ended that are counted elsewhere.
   *
   * @param server - The server, whose counters no longer have them.
   */
  serverEmptied(server: RealServer): void {
    if (server.total === 0) this.finish(server, true);
  }

  /**
   * Gives the waiting for a server up.
   *
   * @param server - The server.
   */
  giveUp(server: RealServer): void {
    this.finish(server, false);
  }

  /** Gives all waiting up. */
  giveUpAll(): void {
    for (const server of this.waiting.keys()) this.finish(server, false);
  }

  private add(server: RealServer, finish: Finish): void {
    const present = this.waiting.get(server);
    if (present === undefined) this.waiting.set(server, new Set([finish]));
    else present.add(finish);
  }

  private finish(server: RealServer, empty: boolean): void {
    const waiting = this.waiting.get(server);
    if (waiting === undefined) return;
    this.waiting.delete(server);
    for (const finish of waiting) finish(empty);
  }
}
