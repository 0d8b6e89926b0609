/**
 * The service of the reference: one list of servers, newest first, one rule, one clock. Removed
 * servers are remembered for ever.
 */
import type { Subject } from '../subject.js';
import type {
  Choice,
  Draw,
  Endpoints,
  TraceServer,
  TraceSettings,
} from '../../replay/scheduler-trace-steps.js';
import type { Rule, RuleOptions } from './algorithm.js';
import { rules } from './rules.js';
import { ReferenceServer } from './server.js';

const MINUTE_MS = 60_000;

/** A virtual service that does everything in the plainest way. */
export class ReferenceService implements Subject {
  drawn: number[] = [];
  readonly list: ReferenceServer[] = [];
  private readonly known = new Map<number, ReferenceServer>();
  private time = 0;
  private nextTick = MINUTE_MS;
  private draws: Draw[] = [];
  private rule: Rule;

  constructor(scheduler: string, options: RuleOptions = {}) {
    this.rule = this.make(scheduler, options);
  }

  /** Drops the rule's state and starts another rule on the present list. */
  change(scheduler: string, options: RuleOptions = {}): void {
    this.nextTick = this.time + MINUTE_MS;
    this.rule = this.make(scheduler, options);
  }

  add(id: number, { addr, port, weight, u, l }: TraceServer): void {
    const server = this.known.get(id) ?? new ReferenceServer(id, addr, port);
    this.known.set(id, server);
    server.weight = weight;
    server.lastWeight = weight;
    server.available = true;
    server.applyThresholds(u, l);
    this.list.unshift(server);
    this.rule.added?.();
  }

  edit(id: number, { weight, u, l }: TraceSettings): void {
    const server = this.server(id);
    server.weight = weight;
    if (weight !== 0) server.lastWeight = weight;
    server.applyThresholds(u, l);
    this.rule.edited?.();
  }

  remove(id: number): void {
    const server = this.server(id);
    const place = this.list.indexOf(server);
    server.available = false;
    this.list.splice(place, 1);
    this.rule.removed?.(server, this.list[place - 1]);
  }

  connections(id: number, active: number, inactive: number): void {
    this.server(id).move(active, inactive);
  }

  advance(ms: number): void {
    const end = this.time + ms;
    for (; this.nextTick <= end; this.nextTick += MINUTE_MS) {
      this.time = this.nextTick;
      this.rule.tick?.();
    }
    this.time = end;
  }

  pick(endpoints: Endpoints, draws: readonly Draw[] = []): Choice {
    this.draws = [...draws];
    this.drawn = [];
    return this.rule.pick(endpoints)?.id ?? null;
  }

  /** A server that is or was in the list. */
  server(id: number): ReferenceServer {
    return this.known.get(id) as ReferenceServer;
  }

  private make(scheduler: string, options: RuleOptions): Rule {
    const draw = (bound: number): number => {
      this.drawn.push(bound);
      // A value recorded for another bound stands for the same fraction of this one.
      const [value, below] = this.draws.shift() ?? [0, 1];
      return below === bound ? value : Math.floor(((value + 0.5) / below) * bound);
    };
    return rules[scheduler]({ list: this.list, now: () => this.time, draw }, options);
  }
}
