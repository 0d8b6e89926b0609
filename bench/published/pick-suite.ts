/**
 * The suite *pick*: the steady state of a balancer at ten connections a server.
 *
 * An operation closes the oldest connection, lets the scheduler pick a server for the next flow, and opens a
 * connection there. Three mixes of weights: all equal, drawn from 1–20, and drawn with every tenth server
 * quiesced. The limit is the same loop around an empty call, which the engine is kept from inlining, and one counter.
 */
import { type Flow, IpAddress, ManualClock, randomBelow, seededRandom, ServerList } from 'ipvs';
import { createScheduler, SCHEDULERS } from 'ipvs/schedulers';
import { fresh } from '../harness/fresh.js';
import { EmptyScheduler } from './limits.js';
import { linearScans, PlainServer, type Scan } from './linear-scan.js';
import { LIMIT, OURS, type Job, type Prepared, type Scope, type Suite } from '../harness/suite.js';

/** The mixes of weights. */
export const MIXES = ['equal', 'random', 'tenth-unusable'] as const;

/** One of {@link MIXES}. */
export type Mix = (typeof MIXES)[number];

/** What does nothing but a call and a counter. */
export const EMPTY_CALL: string = `${LIMIT}empty call + counter`;

/** The walk over all servers. */
export const LINEAR_SCAN = 'linear scan';

const SIZES = [2, 8, 64, 1024, 10_000];
const QUICK_SIZES = [8, 1024];
const CONNECTIONS_PER_SERVER = 10;

/** How many flows there are. */
export const FLOWS = 1024;

/** After how many connections the flows come in the same order again; a power of two. */
const ARRIVALS = 8192;

/** The port of the first flow; the others follow. */
export const FIRST_CLIENT_PORT = 1024;

const SEED = 7;
const EQUAL_WEIGHT = 10;
const GREATEST_WEIGHT = 20;

/** What a balancer is told of a server. */
export interface Countable {
  /** A connection to it begins. */
  open(): void;
  /** A connection to it ends. */
  close(): void;
}

/** What is asked for a server. */
export interface Picker {
  /** Picks a server for a flow. */
  schedule(flow: Flow): Countable | undefined;
}

/** The suite, with nothing that is not in this package. */
export const pickSuite: Suite = {
  name: 'pick',
  operation: 'close the oldest connection, schedule, open',
  jobs: (scope) => pickJobs(scope, ownImpls),
  prepare: (job, impl) => steadyState(job, impl, ownPicker(job, impl)),
};

/**
 * Lists the jobs of the suite.
 *
 * @param scope - What may be left out.
 * @param impls - Who can do the job of an algorithm with a mix of weights.
 * @returns A job per algorithm, mix and size.
 */
export function pickJobs(
  scope: Scope,
  impls: (subject: string, mix: Mix, n: number) => readonly string[],
): Job[] {
  const sizes = scope.quick ? QUICK_SIZES : SIZES;
  const mixes: readonly Mix[] = scope.quick ? ['random'] : MIXES;
  return Object.keys(SCHEDULERS).flatMap((subject) =>
    mixes.flatMap((mix) =>
      sizes.map((n) => ({
        job: `${subject}, ${mix}`,
        subject,
        n,
        impls: impls(subject, mix, n),
        limit: EMPTY_CALL,
      })),
    ),
  );
}

/**
 * Who in this package can do the job of an algorithm.
 *
 * @param subject - The algorithm's short name.
 * @returns The names of the implementations.
 */
export function ownImpls(subject: string): readonly string[] {
  const scan = subject in linearScans(Math.random) ? [LINEAR_SCAN] : [];
  return [OURS, ...scan, EMPTY_CALL];
}

/**
 * The weights of a job, in list order.
 *
 * @param job - The job.
 * @returns A weight per server, 0 for a quiesced one.
 */
export function weightsOf(job: Job): number[] {
  const random = seededRandom(SEED);
  const mix = job.job.slice(job.job.indexOf(',') + 2) as Mix;
  return Array.from({ length: job.n }, (_, index) => {
    if (mix === 'equal') return EQUAL_WEIGHT;
    const weight = 1 + randomBelow(random, GREATEST_WEIGHT);
    return mix === 'tenth-unusable' && index % 10 === 1 ? 0 : weight;
  });
}

/**
 * Makes the picker of an implementation in this package.
 *
 * @param job - The job.
 * @param impl - The implementation.
 * @returns A picker with servers without connections.
 */
export function ownPicker(job: Job, impl: string): Picker {
  const weights = weightsOf(job);
  if (impl === OURS) return ourScheduler(job.subject, weights);
  if (impl === EMPTY_CALL) return new EmptyScheduler();
  const make = linearScans(seededRandom(SEED))[job.subject] as () => Scan;
  return new ScanningScheduler(weights, make());
}

/**
 * Loads a picker with connections and makes a candidate of it.
 *
 * @param job - The job.
 * @param impl - What the candidate is called.
 * @param picker - The picker.
 * @returns The candidate.
 */
export function steadyState(job: Job, impl: string, picker: Picker): Prepared {
  const flows = arrivalsOf(flowsOf(FLOWS));
  const connections: (Countable | undefined)[] = [];
  for (let i = 0; i < job.n * CONNECTIONS_PER_SERVER; i++) {
    const server = picker.schedule(flows[i % ARRIVALS]);
    server?.open();
    connections.push(server);
  }
  return { impl, run: fresh(loopOf)(picker, flows, connections) };
}

/** The loop that is timed; self-contained, since it is compiled anew for each candidate. */
function loopOf(
  picker: Picker,
  flows: readonly Flow[],
  connections: (Countable | undefined)[],
): (operations: number) => void {
  let oldest = 0;
  let next = 0;
  return (operations) => {
    for (let i = 0; i < operations; i++) {
      const ended = connections[oldest];
      if (ended !== undefined) ended.close();
      next = (next + 1) & (flows.length - 1);
      const server = picker.schedule(flows[next]);
      if (server !== undefined) server.open();
      connections[oldest] = server;
      oldest = oldest + 1 === connections.length ? 0 : oldest + 1;
    }
  };
}

/**
 * Makes flows from different clients to different addresses.
 *
 * @param count - How many.
 * @returns The flows.
 */
export function flowsOf(count: number): Flow[] {
  const random = seededRandom(SEED);
  return Array.from({ length: count }, (_, index) => ({
    protocol: 'tcp',
    source: IpAddress.fromIpv4(randomBelow(random, 2 ** 32)),
    sourcePort: FIRST_CLIENT_PORT + index,
    destination: IpAddress.fromIpv4(0xc0a80000 + index),
    destinationPort: 80,
  }));
}

/**
 * The flows in the order in which they come: each is drawn. If they took turns, all would reach what happens to a flow
 * seldom within the same thousand operations, and most samples would not see it.
 */
function arrivalsOf(flows: readonly Flow[]): Flow[] {
  const random = seededRandom(SEED);
  return Array.from({ length: ARRIVALS }, () => flows[randomBelow(random, flows.length)]);
}

function ourScheduler(name: string, weights: readonly number[]): Picker {
  const options = weights.map((weight, index) => ({
    address: IpAddress.fromIpv4(0x0a000001 + index),
    port: 80,
    weight,
  }));
  return createScheduler(name, new ServerList(options), {
    clock: new ManualClock(),
    random: seededRandom(SEED),
  });
}

class ScanningScheduler implements Picker {
  private readonly servers: readonly PlainServer[];
  private readonly scan: Scan;

  constructor(weights: readonly number[], scan: Scan) {
    this.servers = weights.map((weight) => new PlainServer(weight));
    this.scan = scan;
  }

  schedule(flow: Flow): PlainServer | undefined {
    return this.scan(this.servers, flow);
  }
}
