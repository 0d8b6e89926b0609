/**
 * Passive health checking, which the field calls outlier detection: servers that fail clients are taken out for a
 * time, for every client.
 *
 * Rule: n failures within a window suspend a server; after a time it returns, gradually. Each time it is taken
 * out again soon after, it stays out longer. At most a share of the servers with weight is out at a time, and
 * never all of them. Cost: O(1) per failure, O(servers) when one is taken out.
 */
import { type OptionNames, requireInteger, requireKnownOptions, requireNumber } from '../errors.js';
import type { RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import type { ServerListObserver } from '../model/server-list-observer.js';
import { type CancelTimer, MAX_DELAY_MS, type Timers } from '../timers.js';
import { MOST_EJECTIONS, type OutlierState, readOutliers } from './passing-over-state.js';

/** When a server that fails clients is taken out, and for how long. */
export interface OutlierDetectionOptions {
  /** Failures within the window that take a server out, 1–1000; default 3. */
  readonly failures?: number;
  /** The window, 1–86400 s; default 10. */
  readonly windowSeconds?: number;
  /** For how long a server is out the first time, 1–86400 s; the n-th time in a row n times as long; default 10. */
  readonly ejectionSeconds?: number;
  /** Over how long a server that returns gets its full share again, 0–86400 s; default 10. */
  readonly recoverySeconds?: number;
  /** The greatest share of the servers with weight that may be out at a time, 0–1; default 0.5. */
  readonly maxEjectedShare?: number;
}

const OPTION_NAMES: OptionNames<OutlierDetectionOptions> = {
  failures: true,
  windowSeconds: true,
  ejectionSeconds: true,
  recoverySeconds: true,
  maxEjectedShare: true,
};
const DAY_SECONDS = 86_400;

type Settings = Required<OutlierDetectionOptions>;

/** What an {@link OutlierDetection} notifies. */
export interface OutlierListener {
  /** A server was taken out for some milliseconds. */
  ejected(server: RealServer, forMs: number): void;
  /** A server is back, and shall get its full share over some milliseconds. */
  returned(server: RealServer, recoveryMs: number): void;
}

interface History {
  /** When the last failures were, oldest first; as many as the rule needs at most. */
  readonly failures: number[];
  /** How many times in a row it was taken out. */
  ejections: number;
  /** Until when a further ejection counts as one in a row. */
  watchedUntilMs: number;
  /** When it returns; `null` while it is in. */
  returnsMs: number | null;
  /** Brings it back; `undefined` while it is in. */
  cancel: CancelTimer | undefined;
}

/** Takes out servers that fail clients. */
export class OutlierDetection implements ServerListObserver {
  private readonly servers: ServerList;
  private readonly timers: Timers;
  private readonly settings: Settings;
  private readonly listener: OutlierListener;
  private readonly histories = new Map<RealServer, History>();
  private readonly out = new Set<RealServer>();

  /**
   * @param servers - The list.
   * @param timers - What measures time.
   * @param options - When servers are taken out.
   * @param listener - Notified when one is taken out or returns.
   * @throws {TypeError} When an option has an unknown name or the wrong type.
   * @throws {RangeError} When an option is out of range.
   */
  constructor(
    servers: ServerList,
    timers: Timers,
    options: OutlierDetectionOptions,
    listener: OutlierListener,
  ) {
    this.servers = servers;
    this.timers = timers;
    this.settings = complete(options);
    this.listener = listener;
    servers.subscribe(this);
  }

  /** Whether any server is out. */
  get active(): boolean {
    return this.out.size > 0;
  }

  /** Whether a server is out. */
  has(server: RealServer): boolean {
    return this.out.has(server);
  }

  /** Counts a failure, and takes the server out when it is one too many. */
  fail(server: RealServer): void {
    if (!server.available || this.out.has(server)) return;
    const now = this.timers.now();
    const history = this.historyOf(server);
    const { failures } = history;
    failures.push(now);
    if (failures.length > this.settings.failures) failures.shift();
    const since = now - this.settings.windowSeconds * 1000;
    const isFull = failures.length === this.settings.failures;
    if (isFull && failures[0] >= since && this.mayEject(server)) {
      this.eject(server, history, now);
    }
  }

  /** Forgets the failures of a server that has answered. */
  succeed(server: RealServer): void {
    const history = this.histories.get(server);
    if (history !== undefined) history.failures.length = 0;
  }

  serverRemoved(server: RealServer): void {
    this.histories.get(server)?.cancel?.();
    this.histories.delete(server);
    if (this.out.delete(server)) server.resume();
  }

  /**
   * Lets the servers that are out be picked for a moment.
   *
   * @param pick - Picks.
   * @returns What it gave.
   */
  without<Result>(pick: () => Result): Result {
    const held = [...this.out];
    for (const server of held) server.resume();
    try {
      return pick();
    } finally {
      for (const server of held) server.suspend();
    }
  }

  /**
   * Writes out what is known of the servers.
   *
   * @returns Plain JSON for {@link OutlierDetection.restore}; servers without failures are left out.
   */
  toJSON(): OutlierState[] {
    return [...this.histories].map(([server, history]) => {
      const { failures, ejections, watchedUntilMs, returnsMs } = history;
      return {
        server: `${server}`,
        failuresMs: [...failures],
        ejections,
        watchedUntilMs,
        returnsMs,
      };
    });
  }

  /**
   * Takes over what was written, before anything else happens: servers that were out stay out for the time left.
   *
   * @param states - What {@link OutlierDetection.toJSON} gave.
   * @param shiftMs - How far the present clock is ahead of the one at writing.
   * @throws {TypeError} When the state is damaged.
   * @throws {RangeError} When the state is damaged.
   */
  restore(states: readonly OutlierState[], shiftMs: number): void {
    const now = this.timers.now();
    for (const [server, state] of readOutliers(states, this.servers, shiftMs)) {
      const { failuresMs, ejections, watchedUntilMs, returnsMs } = state;
      const history = this.historyOf(server);
      history.failures.push(...failuresMs.slice(-this.settings.failures));
      history.ejections = ejections;
      history.watchedUntilMs = watchedUntilMs;
      if (returnsMs === null) continue;
      this.takeOut(server, history, now, Math.min(Math.max(0, returnsMs - now), MAX_DELAY_MS));
    }
  }

  /** Brings all servers back and stops watching the list. */
  close(): void {
    this.servers.unsubscribe(this);
    for (const server of this.histories.keys()) this.serverRemoved(server);
  }

  private historyOf(server: RealServer): History {
    const known = this.histories.get(server);
    if (known !== undefined) return known;
    const history: History = {
      failures: [],
      ejections: 0,
      watchedUntilMs: 0,
      returnsMs: null,
      cancel: undefined,
    };
    this.histories.set(server, history);
    return history;
  }

  /** Whether enough servers stay when one more is out. */
  private mayEject(server: RealServer): boolean {
    let serving = 0;
    let out = 1;
    for (const each of this.servers) {
      if (each.quiesced) continue;
      serving += 1;
      if (each !== server && this.out.has(each)) out += 1;
    }
    return out < serving && out <= serving * this.settings.maxEjectedShare;
  }

  private eject(server: RealServer, history: History, now: number): void {
    const inARow = now <= history.watchedUntilMs ? history.ejections + 1 : 1;
    history.ejections = Math.min(inARow, MOST_EJECTIONS);
    const forMs = Math.min(this.settings.ejectionSeconds * 1000 * history.ejections, MAX_DELAY_MS);
    // As long as it was out, it has to prove itself.
    history.watchedUntilMs = now + 2 * forMs;
    history.failures.length = 0;
    this.takeOut(server, history, now, forMs);
    this.listener.ejected(server, forMs);
  }

  private takeOut(server: RealServer, history: History, now: number, forMs: number): void {
    history.returnsMs = now + forMs;
    history.cancel = this.timers.after(forMs, () => this.return(server, history));
    this.out.add(server);
    server.suspend();
  }

  private return(server: RealServer, history: History): void {
    history.cancel = undefined;
    history.returnsMs = null;
    this.out.delete(server);
    this.listener.returned(server, this.settings.recoverySeconds * 1000);
    server.resume();
  }
}

function complete(options: OutlierDetectionOptions): Settings {
  requireKnownOptions('detect outliers', options, OPTION_NAMES);
  const { failures = 3, windowSeconds = 10, ejectionSeconds = 10 } = options;
  const { recoverySeconds = 10, maxEjectedShare = 0.5 } = options;
  return {
    failures: requireInteger('failures', failures, 1, 1000),
    windowSeconds: requireInteger('window', windowSeconds, 1, DAY_SECONDS),
    ejectionSeconds: requireInteger('ejection time', ejectionSeconds, 1, DAY_SECONDS),
    recoverySeconds: requireInteger('recovery time', recoverySeconds, 0, DAY_SECONDS),
    maxEjectedShare: requireNumber('ejected share', maxEjectedShare, 0, 1),
  };
}
