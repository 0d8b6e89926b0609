/**
 * What a plan does to the clients of a seeded load that is under way when it is carried out.
 *
 * The present director gets half of the load; then every client comes back once, the commands are done, every client
 * comes back again, and the rest of the load follows. The load of services that only the
 * wanted state has begins with the change.
 */
import type { ManualClock } from '../clock.js';
import type { Director } from '../director/director.js';
import { executeCommand } from '../ipvsadm/execute.js';
import { parseCommand } from '../ipvsadm/parse.js';
import { lastConnections } from '../simulation/disruption.js';
import { DirectorRun } from '../simulation/run.js';
import type { Service } from '../services/service.js';
import type { ServiceRun } from '../simulation/service-run.js';
import type { Workload } from '../simulation/workload.js';
import { applyTunables } from './apply-tunables.js';
import type { Step } from './plan.js';

/** The load of a server: connections in use. */
export interface ServerForecast {
  /** The server. */
  readonly server: string;
  /** When the change begins. */
  readonly before: number;
  /** The most from then on. */
  readonly during: number;
  /** When the load is over. */
  readonly after: number;
  /** Whether the plan takes it out of the service. */
  readonly removed: boolean;
}

/** What becomes of a service. */
export interface ServiceForecast {
  /** The service. */
  readonly service: string;
  /** How many connections are in use when the change begins. */
  readonly inUse: number;
  /** How many of them were on a server that is removed: they break. */
  readonly broken: number;
  /** How many clients have come by then. */
  readonly clients: number;
  /** How many of them get another server, or none, when they come back after the change. */
  readonly moved: number;
  /** How many get another one when they come back just before it. */
  readonly movedAnyway: number;
  /** Whether the plan adds it. */
  readonly added: boolean;
  /** How many connections come after the change. */
  readonly arrived: number;
  /** How many of them get no server. */
  readonly refused: number;
  /** Its servers, in the order in which they were added. */
  readonly servers: readonly ServerForecast[];
}

/** How often the load is looked at after the change. */
const LOOKS = 32;

/**
 * Forecasts a plan.
 *
 * @param director - The director in the present state; it is of no use afterwards.
 * @param clock - Its clock.
 * @param steps - The commands.
 * @param workloads - The load of each service, in their order.
 * @param loadsOf - The loads of services that the plan adds; default none.
 * @returns One forecast for each service of the present state, then for each that the plan adds and that has a load.
 */
export function forecastPlan(
  director: Director,
  clock: ManualClock,
  steps: readonly Step[],
  workloads: readonly Workload[],
  loadsOf: (added: readonly Service[]) => readonly Workload[] = () => [],
): ServiceForecast[] {
  const loads = [...director.services].map((service, index) => {
    return { service, workload: workloads[index] };
  });
  const total = workloads.reduce((sum, { connections }) => sum + connections, 0);
  const run = new DirectorRun(director, clock, loads);
  const half = Math.floor(total / 2);
  run.advance(half);
  const watched = run.services.map((each) => new Watched(each, false));
  for (const step of steps) carryOut(step, director);
  for (const each of watched) each.changed();
  const known = new Set(loads.map(({ service }) => service));
  const added = [...director.services].filter((service) => !known.has(service));
  const addedLoads = loadsOf(added);
  for (const [index, workload] of addedLoads.entries()) {
    watched.push(new Watched(run.join({ service: added[index], workload }), true));
  }
  const rest = addedLoads.reduce((sum, { connections }) => sum + connections, total - half);
  const part = Math.max(1, Math.ceil(rest / LOOKS));
  for (let more = true; more;) {
    more = run.advance(part);
    for (const each of watched) each.look();
  }
  return watched.map((each) => each.result());
}

function carryOut(step: Step, director: Director): void {
  if (step.action !== 'set-sysctl') executeCommand(parseCommand(step.rule), director);
  else applyTunables([{ ...step, line: 0 }], director);
}

/** One service while the change is made. */
class Watched {
  private readonly run: ServiceRun;
  private readonly added: boolean;
  private readonly begun: number;
  private readonly refusedBefore: number;
  private readonly before: readonly number[];
  private readonly last: readonly number[];
  private readonly homes: readonly number[];
  private readonly movedAnyway: number;
  private readonly most: number[];
  private moved = 0;

  constructor(run: ServiceRun, added: boolean) {
    this.run = run;
    this.added = added;
    this.begun = run.connections;
    this.refusedBefore = run.refused;
    this.before = run.loads.map(({ inUse }) => inUse);
    this.most = [...this.before];
    this.last = lastConnections(run);
    this.homes = this.last.map((connection) => run.assigned[connection]);
    this.movedAnyway = this.countMoved();
  }

  /** The commands were done. */
  changed(): void {
    this.moved = this.countMoved();
  }

  /** Looks at the load. */
  look(): void {
    for (const [index, { inUse }] of this.run.loads.entries()) {
      this.most[index] = Math.max(this.most[index] ?? 0, inUse);
    }
  }

  result(): ServiceForecast {
    const { run, before, moved, movedAnyway } = this;
    const servers = run.loads.map(({ server, inUse }, index) => ({
      server: server.toString(),
      before: before[index] ?? 0,
      during: this.most[index] ?? 0,
      after: inUse,
      removed: !server.available,
    }));
    const sum = (each: readonly ServerForecast[]): number =>
      each.reduce((total, server) => total + server.before, 0);
    return {
      service: run.service.toString(),
      inUse: sum(servers),
      broken: sum(servers.filter(({ removed }) => removed)),
      clients: this.last.length,
      moved,
      movedAnyway,
      added: this.added,
      arrived: run.connections - this.begun,
      refused: run.refused - this.refusedBefore,
      servers,
    };
  }

  /** How many clients get another server than last time, now. */
  private countMoved(): number {
    const got = this.run.tryAgain(this.last);
    return this.homes.filter((home, place) => got[place] !== home).length;
  }
}
