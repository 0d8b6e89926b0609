/**
 * One scheduler trace in the course of its replay: the service, its clock and its draws.
 *
 * `conn` steps move `total` by one connection at a time through the threshold rules, as opening and
 * closing with a count do; what only changes between active and inactive leaves `total` alone.
 */
import { ManualClock, type Clock } from '../../clock.js';
import { IpAddress } from '../../ip-address.js';
import { createFlow, type Flow } from '../../model/flow.js';
import type { RealServer } from '../../model/real-server.js';
import { ServerList } from '../../model/server-list.js';
import type { RandomSource } from '../../random.js';
import type { Scheduler } from '../../schedulers/scheduler.js';
import { InputError } from '../command.js';
import { soundly } from './json-lines.js';
import { RecordedDraws, type Draw } from './recorded-draws.js';
import type { Tally } from './tally.js';

/** A server as recorded. */
interface RecordedServer {
  readonly addr: string;
  readonly port: number;
  readonly weight: number;
  readonly u: number;
  readonly l: number;
}

/** A server's name within a trace, or `null` for "no server". */
type ServerId = number | string | null;

/** A recorded pick; the draws only where the scheduler draws. */
type PickStep = readonly [
  kind: 'pick',
  source: string,
  sourcePort: number,
  destination: string,
  destinationPort: number,
  expected: ServerId,
  draws?: readonly Draw[],
];

/** Recorded picks for consecutive destinations, with the results run-length coded. */
type FillStep = readonly [
  kind: 'fill',
  source: string,
  sourcePort: number,
  firstDestination: string,
  count: number,
  destinationPort: number,
  expected: readonly (readonly [ServerId, number])[],
];

/** A recorded change of the service, its connections or the time. */
type ChangeStep =
  | readonly [kind: 'add', id: ServerId, server: RecordedServer]
  | readonly [kind: 'edit', id: ServerId, settings: Omit<RecordedServer, 'addr' | 'port'>]
  | readonly [kind: 'remove', id: ServerId]
  | readonly [kind: 'conn', id: ServerId, active: number, inactive: number]
  | readonly [kind: 'time', milliseconds: number];

/** One recorded operation. */
export type TraceStep = PickStep | FillStep | ChangeStep;

/** A recorded sequence of operations on one service. */
export interface SchedulerTrace {
  /** What it is called. */
  readonly name: string;
  /** The operations. */
  readonly steps: readonly TraceStep[];
}

/** Makes the scheduler under test. */
export type MakeScheduler = (servers: ServerList, clock: Clock, random: RandomSource) => Scheduler;

/** Replays the steps of one trace. */
export class SchedulerTraceRun {
  private readonly clock = new ManualClock();
  private readonly draws = new RecordedDraws();
  private readonly list = new ServerList();
  private readonly servers = new Map<ServerId, RealServer>();
  private readonly ids = new Map<RealServer, ServerId>();
  private readonly scheduler: Scheduler;
  private readonly trace: SchedulerTrace;
  private readonly tally: Tally;

  /**
   * @param trace - What was recorded.
   * @param tally - Where checks are counted.
   * @param make - Makes the scheduler.
   */
  constructor(trace: SchedulerTrace, tally: Tally, make: MakeScheduler) {
    this.trace = trace;
    this.tally = tally;
    this.scheduler = make(this.list, this.clock, this.draws.source);
  }

  /**
   * Does one step, and counts what it checks.
   *
   * @param step - The step.
   * @param index - Its place in the trace, from 0.
   * @throws {InputError} When the step makes no sense.
   */
  perform(step: TraceStep, index: number): void {
    const label = `${this.trace.name} step ${index} ${step[0]}`;
    if (step[0] === 'pick') this.pick(step, label);
    else if (step[0] === 'fill') this.fill(step, label);
    else soundly(label, () => this.change(step));
  }

  private change(step: ChangeStep): void {
    switch (step[0]) {
      case 'add':
        this.add(step[1], step[2]);
        break;
      case 'edit':
        this.list.edit(this.server(step[1]), settingsOf(step[2]));
        break;
      case 'remove':
        this.list.remove(this.server(step[1]));
        break;
      case 'conn':
        changeConnections(this.server(step[1]), step[2], step[3]);
        break;
      case 'time':
        this.clock.advance(step[1]);
        break;
      default:
        throw new InputError('no such kind of step');
    }
  }

  private add(id: ServerId, server: RecordedServer): void {
    const { addr: address, port } = server;
    const record = this.list.add({ address, port, ...settingsOf(server) });
    this.servers.set(id, record);
    this.ids.set(record, id);
  }

  private pick(step: PickStep, label: string): void {
    const [, source, sourcePort, destination, destinationPort, expected, draws = []] = step;
    const flow = soundly(label, () =>
      createFlow({ source, sourcePort, destination, destinationPort }),
    );
    this.draws.expect(draws);
    const got = this.choose(flow);
    const where = `${label} ${source} ${sourcePort} > ${destination} ${destinationPort}`;
    this.tally.compare(where, this.name(expected), this.name(got) + this.draws.remark());
  }

  private fill(step: FillStep, label: string): void {
    const [, source, sourcePort, first, , destinationPort, runs] = step;
    const flow = soundly(label, () =>
      createFlow({ source, sourcePort, destination: first, destinationPort }),
    );
    let destination = flow.destination;
    for (const [expected, count] of runs) {
      for (let i = 0; i < count; i++) {
        const got = this.choose({ ...flow, destination });
        // There are many of these: texts are made for the different ones only.
        if (got === expected) this.tally.same();
        else {
          const where = `${label} ${source} ${sourcePort} > ${destination} ${destinationPort}`;
          this.tally.different(where, this.name(expected), this.name(got));
        }
        destination = nextAddress(destination);
      }
    }
  }

  private choose(flow: Flow): ServerId {
    const server = this.scheduler.schedule(flow);
    if (server === undefined) return null;
    // A scheduler must answer with a server of the list; anything else is named in full.
    return this.ids.get(server) ?? server.toString();
  }

  private server(id: ServerId): RealServer {
    const server = this.servers.get(id);
    if (server === undefined) throw new InputError(`there is no server ${id}`);
    return server;
  }

  private name(id: ServerId): string {
    if (id === null) return 'none';
    const server = this.servers.get(id);
    return server === undefined ? `${id}` : `${id} (${server})`;
  }
}

function settingsOf(server: Omit<RecordedServer, 'addr' | 'port'>): {
  weight: number;
  upperThreshold: number;
  lowerThreshold: number;
} {
  return { weight: server.weight, upperThreshold: server.u, lowerThreshold: server.l };
}

/** Moves the counters of a server: first what changes between active and inactive, then the rest. */
function changeConnections(server: RealServer, active: number, inactive: number): void {
  const moved = active * inactive < 0 ? Math.min(Math.abs(active), Math.abs(inactive)) : 0;
  if (active > 0) server.activate(moved);
  else server.deactivate(moved);
  openOrClose(server, true, active - moved * Math.sign(active));
  openOrClose(server, false, inactive - moved * Math.sign(inactive));
}

function openOrClose(server: RealServer, active: boolean, change: number): void {
  if (change > 0) server.open(active, change);
  if (change < 0) server.close(active, -change);
}

/** The next destination of a `fill`: its lowest 32 bits count up and wrap. */
function nextAddress(address: IpAddress): IpAddress {
  const { family, word0, word1, word2, word3 } = address;
  if (family === 4) return IpAddress.fromIpv4(word3 + 1);
  return IpAddress.fromIpv6(word0, word1, word2, word3 + 1);
}
