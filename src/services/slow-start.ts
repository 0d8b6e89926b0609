/**
 * Slow start: a server that is new, or has weight again, gets its share of new connections little by little.
 *
 * Rule: t milliseconds into a ramp of d, the server gets at most t/d of the share that its weight gives it among
 * all servers with weight. Each pick adds that part to the server's credit; a credit of 1 allows one connection,
 * and without it the server is suspended, so any scheduler passes it over. Its weight stays as it is configured.
 * When no other server can take a connection, a ramp does not count. Cost: O(ramps) per pick while there are any,
 * and O(servers) for the first pick after a change of the list.
 */
import type { RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import type { ServerListObserver } from '../model/server-list-observer.js';
import type { CancelTimer, Timers } from '../timers.js';
import { MOST_CREDIT, type RampState, readRamps } from './passing-over-state.js';

interface Ramp {
  readonly startMs: number;
  readonly durationMs: number;
  readonly cancel: CancelTimer;
  credit: number;
  suspended: boolean;
}

/** The ramps of a list's servers. */
export class SlowStart implements ServerListObserver {
  private readonly servers: ServerList;
  private readonly timers: Timers;
  /** The ramp of servers that are new or have weight again; 0 = they have none. */
  private readonly durationMs: number;
  private readonly ramps = new Map<RealServer, Ramp>();
  /** Servers of weight 0. */
  private readonly resting = new Set<RealServer>();
  /** The sum of all weights; negative = not known. */
  private totalWeight = -1;

  /**
   * @param servers - The list; servers that are in it already have no ramp.
   * @param timers - What measures time.
   * @param durationMs - The ramp of servers that are new or have weight again; 0 = none.
   */
  constructor(servers: ServerList, timers: Timers, durationMs: number) {
    this.servers = servers;
    this.timers = timers;
    this.durationMs = durationMs;
    for (const server of servers) if (server.quiesced) this.resting.add(server);
    servers.subscribe(this);
  }

  /** Whether any server is in its ramp. */
  get active(): boolean {
    return this.ramps.size > 0;
  }

  serverAdded(server: RealServer): void {
    this.totalWeight = -1;
    if (server.quiesced) this.resting.add(server);
    else this.begin(server, this.durationMs);
  }

  serverEdited(server: RealServer): void {
    this.totalWeight = -1;
    if (server.quiesced) this.rest(server);
    else if (this.resting.delete(server)) this.begin(server, this.durationMs);
  }

  serverRemoved(server: RealServer): void {
    this.totalWeight = -1;
    this.resting.delete(server);
    this.end(server);
  }

  /**
   * Begins a server's ramp, from nothing.
   *
   * @param server - The server.
   * @param durationMs - How long it takes; 0 = no ramp.
   */
  begin(server: RealServer, durationMs: number): void {
    if (durationMs === 0) return;
    this.end(server);
    this.ramp(server, { startMs: this.timers.now(), durationMs, credit: 0 });
  }

  /** Gives each server in its ramp its part of one pick. */
  advance(now: number): void {
    const total = this.total();
    for (const [server, ramp] of this.ramps) {
      const part = Math.min(1, (now - ramp.startMs) / ramp.durationMs);
      ramp.credit = Math.min(MOST_CREDIT, ramp.credit + (part * server.weight) / total);
      if (ramp.credit >= 1) setSuspended(server, ramp, false);
    }
  }

  /** Takes a connection that a server got off its credit. */
  picked(server: RealServer): void {
    const ramp = this.ramps.get(server);
    if (ramp === undefined) return;
    ramp.credit = Math.max(0, ramp.credit - 1);
    if (ramp.credit < 1) setSuspended(server, ramp, true);
  }

  /**
   * Lets all servers be picked for a moment, whatever their credit.
   *
   * @param pick - Picks.
   * @returns What it gave.
   */
  without<Result>(pick: () => Result): Result {
    const held = [...this.ramps].filter(([, { suspended }]) => suspended);
    for (const [server, ramp] of held) setSuspended(server, ramp, false);
    try {
      return pick();
    } finally {
      for (const [server, ramp] of held) setSuspended(server, ramp, true);
    }
  }

  /**
   * Writes out the ramps.
   *
   * @returns Plain JSON for {@link SlowStart.restore}.
   */
  toJSON(): RampState[] {
    return [...this.ramps].map(([server, { startMs, durationMs, credit }]) => {
      return { server: `${server}`, startMs, durationMs, credit };
    });
  }

  /**
   * Goes on with ramps that were written.
   *
   * @param states - What {@link SlowStart.toJSON} gave.
   * @param shiftMs - How far the present clock is ahead of the one at writing.
   * @throws {TypeError} When the state is damaged.
   * @throws {RangeError} When the state is damaged.
   */
  restore(states: readonly RampState[], shiftMs: number): void {
    for (const [server, state] of readRamps(states, this.servers, shiftMs)) {
      this.end(server);
      this.ramp(server, state);
    }
  }

  /** Ends all ramps and stops watching the list. */
  close(): void {
    this.servers.unsubscribe(this);
    for (const server of this.ramps.keys()) this.end(server);
  }

  private ramp(server: RealServer, begun: Omit<RampState, 'server'>): void {
    const { startMs, durationMs, credit } = begun;
    const leftMs = Math.min(Math.max(0, startMs + durationMs - this.timers.now()), durationMs);
    const cancel = this.timers.after(leftMs, () => this.end(server));
    const ramp: Ramp = { startMs, durationMs, cancel, credit, suspended: false };
    this.ramps.set(server, ramp);
    setSuspended(server, ramp, credit < 1);
  }

  private rest(server: RealServer): void {
    this.resting.add(server);
    this.end(server);
  }

  private end(server: RealServer): void {
    const ramp = this.ramps.get(server);
    if (ramp === undefined) return;
    ramp.cancel();
    this.ramps.delete(server);
    setSuspended(server, ramp, false);
  }

  private total(): number {
    if (this.totalWeight < 0) {
      this.totalWeight = [...this.servers].reduce((sum, { weight }) => sum + weight, 0);
    }
    return this.totalWeight;
  }
}

function setSuspended(server: RealServer, ramp: Ramp, suspended: boolean): void {
  if (suspended === ramp.suspended) return;
  ramp.suspended = suspended;
  if (suspended) server.suspend();
  else server.resume();
}
