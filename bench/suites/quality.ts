/**
 * What speed hides: how evenly, how smoothly and how faithfully servers are picked. Seeded; nothing is timed.
 *
 * Sixteen servers with weights 1–20 and ten connections each in the mean, which end in random order. The
 * *share error* is the part of all picks that went to another server than the weights ask for. The
 * *longest run* is the most picks in a row for one server. *Moved* is the part of the clients of the other
 * servers that get another one when a server leaves or joins; only algorithms that keep clients have it.
 * The *peak* is the greatest number of connections per unit of weight, over that of all servers together.
 */
import {
  createScheduler,
  IpAddress,
  ManualClock,
  randomBelow,
  type RandomSource,
  type RealServer,
  type Scheduler,
  SCHEDULERS,
  seededRandom,
  ServerList,
} from 'ipvs';
import { FLOWS, flowsOf, type Countable, type Picker } from '../published/pick-suite.js';
import { OURS } from '../harness/suite.js';
import { BALANCERS, NamedServer, type BalancerRival } from '../rivals/balancers.js';
import { isInstalled } from '../rivals/packages.js';

/** The quality of one implementation of an algorithm. */
export interface QualityRow {
  /** Always `quality`. */
  readonly suite: 'quality';
  /** The algorithm. */
  readonly job: string;
  /** The implementation. */
  readonly impl: string;
  /** How many servers there are. */
  readonly n: number;
  /** The part of the picks that is on the wrong server, 0–1. */
  readonly shareError: number;
  /** The most picks in a row for one server. */
  readonly longestRun: number;
  /** The part of the other servers' clients that moves when a server leaves, 0–1; `null` without client memory. */
  readonly movedByLeaving: number | null;
  /** The part of the clients that moves when a server joins, 0–1; `null` without client memory. */
  readonly movedByJoining: number | null;
  /** The greatest load per weight over the mean one. */
  readonly relativePeak: number;
  /** Each server's share of the picks over the one its weight asks for, heaviest server first. */
  readonly relativeShares: readonly number[];
}

const SERVERS = 16;
const PICKS = 100_000;
const CONNECTIONS = 10 * SERVERS;
const SEED = 11;

/** Algorithms that send a client where it was before; dh and lblc by destination, here one for each client. */
const KEEPING_CLIENTS = new Set(['dh', 'sh', 'mh', 'lblc', 'lblcr']);

/** A balancer whose servers come and go. */
interface Subject extends Picker {
  /** The servers in the order of their weights' list. */
  readonly servers: readonly unknown[];
  /** The same balancer without one of its servers. */
  without(index: number): Picker;
  /** The same balancer with one more server. */
  with(weight: number): Picker;
}

/**
 * Measures everything.
 *
 * @returns A row per algorithm and implementation.
 */
export function measureQuality(): QualityRow[] {
  const weights = weightsOf(seededRandom(SEED));
  return Object.keys(SCHEDULERS).flatMap((name) => {
    const rivals = BALANCERS.filter(
      (each) => each.subjects.includes(name) && isInstalled(each.package),
    );
    return [
      rowOf(name, OURS, weights, () => ourSubject(name, weights)),
      ...rivals.map((rival) =>
        rowOf(name, rival.impl, weights, () => rivalSubject(rival, weights)),
      ),
    ];
  });
}

function rowOf(
  job: string,
  impl: string,
  weights: readonly number[],
  create: () => Subject,
): QualityRow {
  const picks = pickMany(create(), weights);
  const keeps = KEEPING_CLIENTS.has(job);
  return {
    suite: 'quality',
    job,
    impl,
    n: SERVERS,
    ...picks,
    movedByLeaving: keeps ? movedByLeaving(create()) : null,
    movedByJoining: keeps ? movedByJoining(create()) : null,
  };
}

type Picks = Pick<QualityRow, 'shareError' | 'longestRun' | 'relativePeak' | 'relativeShares'>;

function pickMany(subject: Subject, weights: readonly number[]): Picks {
  const random = seededRandom(SEED);
  const flows = flowsOf(FLOWS);
  const numbers = numbersOf(subject);
  const counts = weights.map(() => 0);
  const loads = weights.map(() => 0);
  const open: { server: Countable; number: number }[] = [];
  const sum = weights.reduce((a, b) => a + b, 0);
  let [picked, longestRun, run, previous, relativePeak] = [0, 0, 0, -1, 0];
  for (let i = 0; i < PICKS; i++) {
    if (open.length === CONNECTIONS) end(open, loads, random);
    const server = subject.schedule(flows[randomBelow(random, FLOWS)]);
    if (server === undefined) continue;
    server.open();
    const number = numbers.get(server) as number;
    open.push({ server, number });
    counts[number] = counts[number] + 1;
    const load = (loads[number] = loads[number] + 1);
    picked += 1;
    run = number === previous ? run + 1 : 1;
    previous = number;
    longestRun = Math.max(longestRun, run);
    // Until there are enough connections, one of them is a load of many times the mean.
    if (open.length < CONNECTIONS) continue;
    relativePeak = Math.max(relativePeak, (load / weights[number] / CONNECTIONS) * sum);
  }
  const relativeShares = counts.map((count, i) => ((count / picked) * sum) / weights[i]);
  const deviations = counts.map((count, i) => Math.abs(count / picked - weights[i] / sum));
  const shareError = deviations.reduce((a, b) => a + b, 0) / 2;
  return {
    shareError,
    longestRun,
    relativePeak,
    relativeShares: byWeight(relativeShares, weights),
  };
}

/** Ends a connection that is drawn by lot. */
function end(
  open: { server: Countable; number: number }[],
  loads: number[],
  random: RandomSource,
): void {
  const index = randomBelow(random, open.length);
  const ended = open[index];
  open[index] = open[open.length - 1];
  open.pop();
  ended.server.close();
  loads[ended.number] = loads[ended.number] - 1;
}

function movedByLeaving(subject: Subject): number {
  const before = homes(subject, subject);
  const leaving = before[0] as number;
  const after = homes(subject.without(leaving), subject);
  const others = before.map((home, client) => [home, after[client]] as const);
  const stayers = others.filter(([home]) => home !== leaving);
  return stayers.filter(([home, now]) => home !== now).length / stayers.length;
}

function movedByJoining(subject: Subject): number {
  const before = homes(subject, subject);
  const after = homes(subject.with(10), subject);
  return before.filter((home, client) => home !== after[client]).length / before.length;
}

/** Which server each client gets, by its number, when all come and stay. */
function homes(picker: Picker, subject: Subject): (number | undefined)[] {
  const numbers = numbersOf(subject);
  return flowsOf(FLOWS).map((flow) => {
    const server = picker.schedule(flow);
    server?.open();
    return numbers.get(server);
  });
}

function numbersOf(subject: Subject): Map<unknown, number> {
  return new Map(subject.servers.map((server, number) => [server, number]));
}

function ourSubject(name: string, weights: readonly number[]): Subject {
  const list = new ServerList();
  const servers = weights.map((weight, i) => list.add({ address: addressOf(i), port: 80, weight }));
  const scheduler: Scheduler = createScheduler(name, list, {
    clock: new ManualClock(),
    random: seededRandom(SEED),
  });
  return {
    servers,
    schedule: (flow) => scheduler.schedule(flow),
    without(index) {
      list.remove(servers[index] as RealServer);
      return scheduler;
    },
    with(weight) {
      list.add({ address: addressOf(servers.length), port: 80, weight });
      return scheduler;
    },
  };
}

/** A package's balancer that cannot change is set up anew, with the same server objects. */
function rivalSubject(rival: BalancerRival, weights: readonly number[]): Subject {
  const servers = weights.map((weight, i) => new NamedServer(`${addressOf(i)}:80`, weight));
  const picker = rival.create([...servers]);
  return {
    servers,
    schedule: (flow) => picker.schedule(flow),
    without(index) {
      if (picker.remove === undefined) return rival.create(servers.toSpliced(index, 1));
      picker.remove(servers[index]);
      return picker;
    },
    with(weight) {
      const server = new NamedServer(`${addressOf(servers.length)}:80`, weight);
      if (picker.add === undefined) return rival.create([...servers, server]);
      picker.add(server);
      return picker;
    },
  };
}

function addressOf(index: number): IpAddress {
  return IpAddress.fromIpv4(0x0a000001 + index);
}

function weightsOf(random: RandomSource): number[] {
  return Array.from({ length: SERVERS }, () => 1 + randomBelow(random, 20));
}

/** Sorts values by the weights of their servers, the greatest first. */
function byWeight(values: readonly number[], weights: readonly number[]): number[] {
  const order = values.map((value, i) => ({ value, weight: weights[i] }));
  return order.toSorted((a, b) => b.weight - a.weight).map(({ value }) => value);
}
