/**
 * A whole director under load: all services at once, in one order of time.
 *
 * Each connection of a load is held as a conversation with the director, so that choices, persistence,
 * thresholds, states and timeouts are the director's own. While a connection is in use it sends
 * something at least once a minute. With one-packet scheduling, where every datagram is a connection of
 * its own, a connection of the load is one datagram. Cost: O(log connections) per event.
 */
import type { ManualClock } from '../clock.js';
import type { Director } from '../director/director.js';
import { Conversations } from './conversation.js';
import { EventQueue } from './event-queue.js';
import { type LoadedService, ServiceRun } from './service-run.js';

/** The longest time for which a connection in use sends nothing, in milliseconds. */
const LONGEST_SILENCE_MS = 60_000;
/** How far time moves at once when nothing is left to happen but the director's forgetting. */
const DRAINING_STEP_MS = 60_000;

/** What happens to a connection; an event is one of these, plus four times its number. */
const BEGIN = 0;
const STAY = 1;
const END = 2;
const KINDS = 4;
/** More services than a run has; a connection and its service are one number. */
const SERVICES = 2 ** 22;

/** A run in progress, connection by connection. */
export class DirectorRun {
  /** What became of each load, in the order in which they were given. */
  get services(): readonly ServiceRun[] {
    return this.runs;
  }

  private readonly runs: ServiceRun[] = [];
  private readonly conversations: Conversations;
  private readonly director: Director;
  private readonly clock: ManualClock;
  private readonly events = new EventQueue();
  private total = 0;
  private endMs: number;
  private begun = 0;

  /**
   * @param director - The director, configured.
   * @param clock - Its clock, which the run moves on.
   * @param loads - Services of the director and what they are put under; times count from now.
   */
  constructor(director: Director, clock: ManualClock, loads: readonly LoadedService[]) {
    this.conversations = new Conversations(director);
    this.director = director;
    this.clock = clock;
    this.endMs = clock.now();
    for (const load of loads) this.join(load);
  }

  /**
   * Puts another service under load.
   *
   * @param load - A service of the director and what it is put under; times count from now.
   * @returns What becomes of the load.
   */
  join({ service, workload }: LoadedService): ServiceRun {
    const { director, conversations } = this;
    const startMs = this.clock.now();
    const run = new ServiceRun({ director, service, workload, conversations, startMs });
    const index = this.runs.push(run) - 1;
    this.endMs = Math.max(this.endMs, startMs + workload.endMs);
    this.total += workload.connections;
    if (workload.connections > 0) this.plan(run.beginOf(0), BEGIN, index, 0);
    return run;
  }

  /** How many connections have begun, refused ones included. */
  get connections(): number {
    return this.begun;
  }

  /**
   * Lets some more connections begin, and do whatever is due by then; with the last one, whatever is due
   * until the loads are over.
   *
   * @param count - How many at most; default all that are left.
   * @returns Whether any are left.
   */
  advance(count: number = this.total): boolean {
    const goal = Math.min(this.begun + count, this.total);
    while (this.begun < goal) this.next();
    if (goal === this.total) this.advanceTo(Math.max(this.endMs, this.clock.now()));
    return goal < this.total;
  }

  /**
   * Lets time pass, and whatever happens meanwhile.
   *
   * @param timeMs - Until when, by the director's clock; not before now.
   * @throws {RangeError} When that is in the past.
   */
  advanceTo(timeMs: number): void {
    while (this.events.nextTime <= timeMs) this.next();
    this.clock.set(timeMs);
    this.director.advance();
  }

  /** Lets time pass until every connection has ended, and the director has forgotten it. */
  drain(): void {
    while (this.events.size > 0) this.next();
    const { director, clock } = this;
    for (director.advance(); director.table.size > 0; director.advance()) {
      clock.advance(DRAINING_STEP_MS);
    }
  }

  private next(): void {
    const timeMs = this.events.nextTime;
    const event = this.events.pop();
    const kind = event % KINDS;
    const numbered = (event - kind) / KINDS;
    const index = numbered % SERVICES;
    const connection = (numbered - index) / SERVICES;
    this.clock.set(timeMs);
    if (kind === BEGIN) this.begin(index, connection, timeMs);
    else this.goOn(index, connection, timeMs, kind);
  }

  private begin(index: number, connection: number, timeMs: number): void {
    const service = this.runs[index];
    this.begun += 1;
    if (connection + 1 < service.workload.connections) {
      this.plan(service.beginOf(connection + 1), BEGIN, index, connection + 1);
    }
    if (service.begin(connection)) this.planNext(index, connection, timeMs);
  }

  private goOn(index: number, connection: number, timeMs: number, kind: number): void {
    const service = this.runs[index];
    if (kind === END) service.end(connection);
    else {
      service.stay(connection);
      this.planNext(index, connection, timeMs);
    }
  }

  /** The end, or a sign of life before it. */
  private planNext(index: number, connection: number, timeMs: number): void {
    const endMs = this.runs[index].endOf(connection);
    const silentUntil = timeMs + LONGEST_SILENCE_MS;
    if (endMs <= silentUntil) this.plan(endMs, END, index, connection);
    else this.plan(silentUntil, STAY, index, connection);
  }

  private plan(timeMs: number, kind: number, index: number, connection: number): void {
    this.events.push(timeMs, (connection * SERVICES + index) * KINDS + kind);
  }
}
