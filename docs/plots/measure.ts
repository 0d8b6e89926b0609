/**
 * What the plots show: every scheduler under the same seeded load, with a server that leaves half-way.
 *
 * Four servers with weights 4, 3, 2 and 1; 60 connections a second for two minutes, some 400 in use at
 * once; after a minute the strongest server leaves. Schedulers that take a weight for a number of
 * connections have fifty times these weights, and those that look at the destination get packets for 400 of
 * them, as a transparent cache does.
 */
import { ManualClock, SCHEDULERS, type SchedulerName, seededRandom } from 'ipvs';
import { Director } from 'ipvs/director';
import { restoreAllRules } from 'ipvs/ipvsadm';
import {
  createWorkload,
  DirectorRun,
  measureDisruption,
  measureFairness,
  type ServiceRun,
} from 'ipvs/simulation';

/** What one scheduler made of the load. */
export interface Measured {
  /** Its short name. */
  readonly name: SchedulerName;
  /** The servers' weights, the strongest first. */
  readonly weights: readonly number[];
  /** Connections in use on each server, second by second; the strongest server first. */
  readonly inUse: readonly (readonly number[])[];
  /** Each server's share of the connections while all were there, 0–1. */
  readonly shares: readonly number[];
  /** The share that its weight asks for, 0–1. */
  readonly asked: readonly number[];
  /** The part of the clients whose server leaves, 0–1. */
  readonly mustMove: number;
  /** The part of the clients that move, 0–1. */
  readonly moved: number;
}

/** How long the load lasts, in seconds. */
export const SECONDS = 120;
/** When the strongest server leaves, in seconds. */
export const LEAVES_AT = 60;

const WEIGHTS = [4, 3, 2, 1];

const RATE = 60;
const BY_DESTINATION: readonly string[] = ['dh', 'lblc', 'lblcr'];
const BY_CAPACITY: readonly string[] = ['ovf', 'lblc', 'lblcr'];
const CAPACITY = 50;

/**
 * Puts every scheduler under the load.
 *
 * @returns What each made of it, in the order of the library's table.
 */
export function measureAll(): Measured[] {
  return (Object.keys(SCHEDULERS) as SchedulerName[]).map(measure);
}

function measure(name: SchedulerName): Measured {
  const run = startRun(name);
  const service = serviceOf(run);
  const inUse: number[][] = [];
  record(run, 0, LEAVES_AT, inUse);
  const { servers } = measureFairness(service);
  const other = startRun(name);
  other.advanceTo(LEAVES_AT * 1000);
  const disruption = measureDisruption(serviceOf(other), 0);
  service.remove(0);
  record(run, LEAVES_AT, SECONDS, inUse);
  return {
    name,
    weights: servers.map(({ server }) => server.weight),
    inUse: WEIGHTS.map((_, server) => inUse.map((sample) => sample[server])),
    shares: servers.map(({ share }) => share),
    asked: servers.map(({ askedShare }) => askedShare),
    mustMove: disruption?.unavoidable ?? 0,
    moved: disruption?.moved ?? 0,
  };
}

function serviceOf(run: DirectorRun): ServiceRun {
  return run.services[0] as ServiceRun;
}

/** A run that has not begun. */
function startRun(name: SchedulerName): DirectorRun {
  const service = BY_DESTINATION.includes(name) ? '-f 1' : '-t 192.0.2.1:80';
  const factor = BY_CAPACITY.includes(name) ? CAPACITY : 1;
  const lines = WEIGHTS.map(
    (weight, index) => `-a ${service} -r 10.0.0.${index + 1}:80 -g -w ${weight * factor}`,
  );
  const clock = new ManualClock();
  const director = new Director({ clock, random: seededRandom(1) });
  restoreAllRules([`-A ${service} -s ${name}`, ...lines].join('\n'), director);
  const loads = [...director.services].map((each) => ({
    service: each,
    workload: createWorkload(each, {
      connections: RATE * (SECONDS + 1),
      clients: 2000,
      connectionsPerSecond: RATE,
    }),
  }));
  return new DirectorRun(director, clock, loads);
}

/** Lets a run go on, and writes down once a second what is in use. */
function record(run: DirectorRun, from: number, to: number, samples: number[][]): void {
  for (let second = from + 1; second <= to; second++) {
    run.advanceTo(second * 1000);
    samples.push(serviceOf(run).loads.map(({ inUse }) => inUse));
  }
}
