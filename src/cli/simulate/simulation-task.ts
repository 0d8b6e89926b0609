/**
 * What a simulation is asked for, and how it is divided.
 *
 * Services do not influence each other, so each group of them gets a director of its own. How they are
 * grouped depends on the task alone, never on the number of threads: so the result does not depend on that either.
 */
import type { Director } from '../../director/director.js';
import type { KernelRelease } from '../../model/kernel-profile.js';
import type { SchedulerName } from '../../schedulers/scheduler.js';
import type { Service } from '../../services/service.js';
import type { RulesFile } from '../rules-file.js';
import type { RuleSections } from './rule-sections.js';

/** How a service's results are shown. */
export type ReportFormat =
  | { readonly json: true }
  | { readonly json: false; readonly columns: number; readonly isColored: boolean };

/** A simulation: plain data, but for the reader of its rules. */
export interface SimulationTask {
  /** The rules. */
  readonly rules: RulesFile;
  /** What of the rules each group needs; absent when that is all of them. */
  readonly sections?: RuleSections;
  /** How many connections begin, in all. */
  readonly connections: number;
  /** How many clients each service has at most. */
  readonly clients: number;
  /** All random numbers depend on it. */
  readonly seed: number;
  /** The kernel whose decisions are made; default the newest. */
  readonly kernel?: KernelRelease;
  /** Further addresses of the director's host. */
  readonly addresses: readonly string[];
  /** `all`, or one algorithm for every service; default each its own. */
  readonly scheduler: SchedulerName | 'all' | undefined;
  /** The server that leaves; default the busiest of each service. */
  readonly leave: string | undefined;
  /** How results are shown. */
  readonly format: ReportFormat;
}

/** Fewer connections are not worth loading the rules again. */
const GROUP_CONNECTIONS = 10_000;
/** Packets of a connection: with answers that pass the director, without, and one by one. */
const PACKETS = { answered: 9, unanswered: 6, single: 1 } as const;

/**
 * Divides the services.
 *
 * @param director - A director with the rules.
 * @param connections - How many connections begin, in all.
 * @returns Groups of services by index, the ones with most work first.
 */
export function groupsOf(director: Director, connections: number): number[][] {
  const services = [...director.services];
  const most = influenceEachOther(director) ? 1 : Math.floor(connections / GROUP_CONNECTIONS);
  const count = Math.max(1, Math.min(services.length, most));
  const groups = Array.from({ length: count }, (): number[] => []);
  for (const index of services.keys()) groups[index % count].push(index);
  const work = groups.map((group) =>
    group.reduce((sum, index) => sum + packetsOf(services[index]), 0),
  );
  const order = [...groups.keys()].toSorted((one, other) => work[other] - work[one]);
  return order.map((index) => groups[index]);
}

/** What one service's packets do to another's: a defense counts them all, and connection tracking has one table. */
function influenceEachOther({ tunables: { values } }: Director): boolean {
  return values.drop_entry !== 0 || values.drop_packet !== 0 || values.conntrack !== 0;
}

function packetsOf(service: Service): number {
  if (service.onePacket) return PACKETS.single;
  const isAnswered = [...service.servers].some(
    ({ forwardingMethod }) => forwardingMethod === 'masquerading',
  );
  return isAnswered ? PACKETS.answered : PACKETS.unanswered;
}
