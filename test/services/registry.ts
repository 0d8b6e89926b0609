/** A registry of one trivial algorithm under any name but one, for tests of what surrounds schedulers. */
import type { RealServer } from '../../src/model/real-server.js';
import type { ServerList } from '../../src/model/server-list.js';
import type {
  Scheduler,
  SchedulerFactory,
  SchedulerFlags,
  SchedulerName,
} from '../../src/schedulers/scheduler.js';
import type {
  SchedulerRegistry,
  SchedulerSettings,
} from '../../src/services/scheduler-registry.js';

export const ALGORITHMS: readonly SchedulerName[] = [
  ...(['rr', 'wrr', 'lc', 'wlc', 'lblc', 'lblcr', 'dh'] as const),
  ...(['sh', 'sed', 'nq', 'mh', 'fo', 'ovf', 'twos'] as const),
];

/** Picks the newest server, and shows what it was made from. */
export class NewestServer implements Scheduler {
  readonly name: SchedulerName;
  readonly settings: SchedulerSettings;
  flags: SchedulerFlags = {};
  closed = false;
  remembered: unknown = null;
  private readonly servers: ServerList;

  constructor(name: SchedulerName, settings: SchedulerSettings, servers: ServerList) {
    this.name = name;
    this.settings = settings;
    this.servers = servers;
  }

  schedule(): RealServer | undefined {
    return this.servers.first;
  }

  setFlags(flags: SchedulerFlags): void {
    this.flags = flags;
  }

  toJSON(): unknown {
    return this.remembered;
  }

  restore(state: unknown): void {
    this.remembered = state;
  }

  close(): void {
    this.closed = true;
  }
}

export const trivialRegistry: SchedulerRegistry = (
  name: string,
  settings: SchedulerSettings,
): SchedulerFactory | undefined => {
  const known = ALGORITHMS.find((algorithm) => algorithm === name);
  if (known === undefined) return undefined;
  return (servers) => new NewestServer(known, settings, servers);
};
