/**
 * The library as a subject: a server list, a scheduler by name, a manual clock, and random values
 * from the run.
 */
import { ManualClock } from '../../src/clock.js';
import { createFlow } from '../../src/model/flow.js';
import { ServerList } from '../../src/model/server-list.js';
import { createScheduler } from '../../src/schedulers/index.js';
import type { Scheduler } from '../../src/schedulers/scheduler.js';
import { ListSubject } from './list-subject.js';
import type { RuleOptions } from './reference/algorithm.js';
import type { Choice, Draw, Endpoints } from '../replay/scheduler-trace-steps.js';

/** A virtual service of the library, as far as scheduling goes. */
export class LibraryService extends ListSubject {
  scheduler: Scheduler;
  private readonly clock = new ManualClock();
  private draws: Draw[] = [];
  private options: RuleOptions;

  constructor(scheduler: string, options: RuleOptions = {}) {
    super();
    this.options = options;
    this.scheduler = this.make(scheduler);
  }

  /** Drops the scheduler and puts another one over the living list. */
  change(scheduler: string, options: RuleOptions = {}): void {
    this.scheduler.close();
    this.options = options;
    this.scheduler = this.make(scheduler);
  }

  override reload(): void {
    const state = JSON.stringify(this.scheduler);
    super.reload();
    this.scheduler = this.make(this.scheduler.name);
    this.scheduler.restore(JSON.parse(state));
  }

  /** As {@link LibraryService.reload}, but with the new scheduler there before the servers. */
  reloadUnderScheduler(): void {
    const list = this.servers.toJSON();
    const state = this.scheduler.toJSON();
    this.servers = new ServerList();
    this.scheduler = this.make(this.scheduler.name);
    this.servers.restore(list);
    this.know(this.servers);
    this.scheduler.restore(state);
  }

  override advance(ms: number): void {
    this.clock.advance(ms);
  }

  override pick([saddr, sport, daddr, dport]: Endpoints, draws: readonly Draw[] = []): Choice {
    this.draws = [...draws];
    this.drawn = [];
    const flow = createFlow({
      source: saddr,
      sourcePort: sport,
      destination: daddr,
      destinationPort: dport,
    });
    return this.idOf(this.scheduler.schedule(flow));
  }

  private make(scheduler: string): Scheduler {
    const random = (): number => {
      const [value, bound] = this.draws.shift() ?? [0, 1];
      this.drawn.push(bound);
      return (value + 0.5) / bound;
    };
    const { flags = [], ...rest } = this.options;
    const switches = Object.fromEntries(flags.map((flag) => [flag, true]));
    const options = { ...switches, clock: this.clock, random, ...rest };
    return createScheduler(scheduler, this.servers, options);
  }
}
