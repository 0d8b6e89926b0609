/**
 * Weighted round robin (wrr).
 *
 * Rule: in rounds at a required weight that steps down from the greatest weight by the greatest common divisor, each
 * round picks, in list order, the usable servers whose weight reaches it. Every change of the list puts the cursor
 * before the first server and fits the required weight in again. Cost: O(log servers) per pick and per change: trees of
 * maxima find the next server of a round, and the next round that has one. Picks that repeat are noted, while nothing
 * changes, and take O(1). Source: ipvsadm(8), and recorded decisions.
 */
import { requireInteger } from '../errors.js';
import { isUsable, type RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import type { ServerListObserver } from '../model/server-list-observer.js';
import { MAX_WEIGHT } from '../model/thresholds.js';
import { STATE_FORMAT } from '../state-format.js';
import { readCursor, writeCursor } from './cursor-state.js';
import { greatestCommonDivisor } from './greatest-common-divisor.js';
import type { Scheduler, SchedulerFactory } from './scheduler.js';
import { PickCycle } from './pick-cycle.js';
import { SegmentTree } from './segment-tree.js';

/** So many servers behind the last picked one are looked at before the tree is asked. */
const NEAR = 8;

/**
 * Weighted round robin (`wrr`): picks the real servers in turn, each as often as its weight says.
 *
 * The turns are interleaved: heavy servers first alone, then with the lighter ones. Servers of weight 0 or
 * overloaded are passed over.
 * Cost: O(log servers) per pick and per change. Source of the rule: ipvsadm(8), and recorded decisions.
 *
 * @returns A factory of schedulers; `schedule` gives `undefined` when no server is usable, and sometimes once
 *   at the end of a round in which the server picked before has become unusable.
 * @example
 * {@includeCode ../../docs/examples/weighted-round-robin.ts}
 */
export function weightedRoundRobin(): SchedulerFactory {
  return (servers) => new WeightedRoundRobin(servers);
}

class WeightedRoundRobin implements Scheduler, ServerListObserver {
  readonly name = 'wrr';
  private readonly servers: ServerList;
  private readonly divisors: SegmentTree;
  private readonly weights: SegmentTree;
  private readonly usableWeights: SegmentTree;
  /** The position of the last picked server; that behind the newest one = before the first. */
  private place = 0;
  /** The weight that a server needs in the present round. */
  private required = 0;
  /** The required weight of the first round. */
  private greatest = 0;
  /** By how much the required weight goes down from round to round. */
  private step = 1;
  /** The picks of a whole cycle, once they are known; forgotten with each change of the list. */
  private readonly cycle = new PickCycle();
  /** Whether picks may repeat in a cycle that is short enough to be kept. */
  private isCyclic = true;

  constructor(servers: ServerList) {
    this.servers = servers;
    const weightAt = (position: number): number => servers.at(position)?.weight ?? 0;
    this.divisors = new SegmentTree(greatestCommonDivisor, weightAt);
    this.weights = new SegmentTree(Math.max, weightAt);
    this.usableWeights = new SegmentTree(Math.max, (position) => usable(servers.at(position)));
    for (const server of servers) this.write(server);
    this.measure();
    this.required = this.greatest;
    this.place = servers.positions;
    servers.subscribe(this);
  }

  schedule(): RealServer | undefined {
    return this.isCyclic ? this.followCycle() : this.search();
  }

  serverAdded(server: RealServer): void {
    this.leaveCycle();
    this.write(server);
    this.recompute();
  }

  serverEdited(server: RealServer): void {
    this.serverAdded(server);
  }

  serverRemoved(server: RealServer): void {
    this.leaveCycle();
    this.divisors.set(server.position, 0);
    this.weights.set(server.position, 0);
    this.usableWeights.set(server.position, 0);
    this.recompute();
  }

  overloadedChanged(server: RealServer): void {
    this.leaveCycle();
    this.usableWeights.set(server.position, usable(server));
  }

  renumbered(): void {
    this.leaveCycle();
    this.divisors.clear();
    this.weights.clear();
    this.usableWeights.clear();
    for (const server of this.servers) this.write(server);
    this.place = this.servers.positions;
  }

  toJSON(): unknown {
    const { cycle } = this;
    const server = cycle.isKnown ? cycle.server : this.servers.at(this.place);
    const required = cycle.isKnown ? cycle.number : this.required;
    return { format: STATE_FORMAT, cursor: writeCursor(server), required };
  }

  restore(state: unknown): void {
    const { servers } = this;
    this.leaveCycle();
    this.place = readCursor('wrr', servers, state)?.position ?? servers.positions;
    const { required } = state as { required?: unknown };
    this.required = requireInteger('required weight of wrr', required, 0, MAX_WEIGHT);
  }

  close(): void {
    this.servers.unsubscribe(this);
  }

  /** The next server of the cycle, or the one that is searched and noted while it is not known. */
  private followCycle(): RealServer | undefined {
    const { cycle } = this;
    if (cycle.isKnown) return cycle.next();
    const server = this.search();
    if (server === undefined) cycle.clear();
    else this.isCyclic = cycle.note(server, this.required);
    return server;
  }

  /** The next server of the present round, or of a later one. */
  private search(): RealServer | undefined {
    const { servers, place, required } = this;
    if (required === 0) return undefined;
    const end = Math.max(place - NEAR, 0);
    for (let next = place - 1; next >= end; next--) {
      const server = servers.at(next);
      if (server !== undefined && server.usableWeight >= required) {
        this.place = next;
        return server;
      }
    }
    const found = end === 0 ? -1 : this.usableWeights.lastReaching(end, required);
    return found >= 0 ? this.pick(found) : this.nextRound();
  }

  /** Takes the cursor back from the cycle, and forgets that. */
  private leaveCycle(): void {
    const { cycle } = this;
    if (cycle.isKnown) {
      this.place = cycle.server.position;
      this.required = cycle.number;
    }
    cycle.clear();
    this.isCyclic = true;
  }

  private write(server: RealServer): void {
    this.divisors.set(server.position, server.weight);
    this.weights.set(server.position, server.weight);
    this.overloadedChanged(server);
  }

  private measure(): void {
    this.step = this.divisors.root || 1;
    this.greatest = Math.max(0, this.weights.root - (this.step - 1));
  }

  private recompute(): void {
    this.place = this.servers.positions;
    this.measure();
    this.required = Math.min(this.required || this.greatest, this.greatest);
    if (this.step > 1) this.required += 1 - (this.required % this.step);
  }

  /** Begins the next round, in which mostly a server near the front is picked, or further ones. */
  private nextRound(): RealServer | undefined {
    const { servers, greatest } = this;
    const lowered = this.required - this.step;
    const required = lowered > 0 ? lowered : greatest;
    const end = Math.max(servers.positions - NEAR, 0);
    for (let next = servers.positions - 1; next >= end; next--) {
      const server = servers.at(next);
      if (server !== undefined && server.usableWeight >= required) {
        this.required = required;
        this.place = next;
        return server;
      }
    }
    return this.nextRounds();
  }

  /**
   * Goes through further rounds, each from the front. Having begun at a server, the search ends after one
   * complete cycle, at that server in the last round; having begun before the first, when the cycle is over.
   */
  private nextRounds(): RealServer | undefined {
    const { servers, usableWeights, place: start } = this;
    const front = servers.positions;
    let last = false;
    let restarted = false;
    for (;;) {
      this.lower();
      if (this.required <= 0) {
        this.required = this.greatest;
        if (last || start === front) return this.pick(front);
        restarted = true;
      }
      last = this.required <= this.step;
      const found = usableWeights.lastReaching(front, this.required);
      if (last && restarted && found < start) return undefined;
      if (found >= 0) return this.pick(found);
    }
  }

  /** Steps down to the next round, over those in which no server is usable and that are not the last. */
  private lower(): void {
    const { required, step } = this;
    const goal = Math.max(this.usableWeights.root, step);
    this.required -= required - step <= goal ? step : Math.ceil((required - goal) / step) * step;
  }

  private pick(place: number): RealServer | undefined {
    this.place = place;
    return this.servers.at(place);
  }
}

function usable(server: RealServer | undefined): number {
  return server !== undefined && isUsable(server) ? server.weight : 0;
}
