/**
 * Packages that pick a server, behind the interface of the suite *pick*.
 *
 * None of them counts connections; each is given servers with two plain counters, which the loop keeps.
 * A rival stands only where it follows the rule that is measured; where it does less, it is marked so.
 */
import { IpAddress } from 'ipvs';
import { PlainServer } from '../../src/cli/bench/linear-scan.js';
import { flowsOf, type Mix, type Picker } from '../../src/cli/bench/pick-suite.js';
import { loadRival } from './packages.js';

/** A package that can do the job of an algorithm. */
export interface BalancerRival {
  /** How it is called in reports. */
  readonly impl: string;
  /** The package. */
  readonly package: string;
  /** The algorithms whose job it can do. */
  readonly subjects: readonly string[];
  /** The mixes of weights that it can be given. */
  readonly mixes: readonly Mix[];
  /** The most servers it is given: more would take it minutes to set up. */
  readonly mostServers: number;
  /** What it leaves out of the job, if anything. */
  readonly lesser?: string;
  /**
   * Sets it up.
   *
   * @param weights - A weight per server.
   * @returns A picker.
   */
  create(weights: readonly number[]): Picker;
}

const ALL: readonly Mix[] = ['equal', 'random', 'tenth-unusable'];
const USABLE: readonly Mix[] = ['equal', 'random'];

/** All of them. */
export const BALANCERS: readonly BalancerRival[] = [
  {
    impl: 'loadbalance',
    package: 'loadbalance',
    subjects: ['rr'],
    mixes: USABLE,
    mostServers: Infinity,
    create: (weights) => {
      const { RoundRobinEngine } = loadRival('loadbalance') as LoadBalance;
      return engine(new RoundRobinEngine(serversOf(weights)));
    },
  },
  {
    impl: 'loadbalance',
    package: 'loadbalance',
    subjects: ['wrr'],
    mixes: ALL,
    mostServers: Infinity,
    lesser: 'serves each server its whole weight in a row instead of interleaving them',
    create: (weights) => {
      const { WeightedRoundRobinEngine } = loadRival('loadbalance') as LoadBalance;
      const usable = serversOf(weights).filter(({ weight }) => weight > 0);
      return engine(
        new WeightedRoundRobinEngine(
          usable.map((server) => ({ object: server, weight: server.weight })),
        ),
      );
    },
  },
  {
    impl: 'weighted-round-robin',
    package: 'weighted-round-robin',
    subjects: ['wrr'],
    mixes: ALL,
    mostServers: Infinity,
    create: (weights) => smoothPeers(weights),
  },
  {
    impl: '@elastic/transport',
    package: '@elastic/transport',
    subjects: ['wrr'],
    mixes: ALL,
    mostServers: Infinity,
    create: (weights) => elasticPool(weights),
  },
  {
    impl: 'hashring',
    package: 'hashring',
    subjects: ['sh', 'mh'],
    mixes: USABLE,
    mostServers: 64,
    create: (weights) => {
      const Ring = loadRival('hashring') as new (servers: Record<string, number>) => KeyedRing;
      const names = weights.map((weight, index) => [nameOf(index), weight] as const);
      const ring = new Ring(Object.fromEntries(names));
      return keyed(weights, (key) => ring.get(key));
    },
  },
  {
    impl: 'consistent-hash',
    package: 'consistent-hash',
    subjects: ['sh', 'mh'],
    mixes: USABLE,
    mostServers: 1024,
    create: (weights) => {
      const Ring = loadRival('consistent-hash') as new () => ConsistentHash;
      const ring = new Ring();
      for (const [index, weight] of weights.entries()) ring.add(nameOf(index), weight * 4);
      return keyed(weights, (key) => ring.get(key));
    },
  },
  {
    impl: 'ketama',
    package: 'ketama',
    subjects: ['sh', 'mh'],
    mixes: USABLE,
    mostServers: 64,
    create: (weights) => {
      const { HashRing } = loadRival('ketama') as Ketama;
      const nodes = weights.map((weight, index) => ({ node: nameOf(index), weight }));
      const ring = new HashRing(nodes);
      return keyed(weights, (key) => ring.getNode(key));
    },
  },
];

interface LoadBalance {
  readonly RoundRobinEngine: new (pool: readonly PlainServer[]) => Engine;
  readonly WeightedRoundRobinEngine: new (
    pool: readonly { object: PlainServer; weight: number }[],
  ) => Engine;
}

interface Engine {
  pick(): PlainServer;
}

interface Peers {
  add(peer: { server: PlainServer; weight: number }): void;
  get(): { server: PlainServer } | null;
}

interface Elastic {
  readonly WeightedConnectionPool: new (options: object) => ElasticPool;
}

interface ElasticPool {
  connections: { server: PlainServer; weight: number }[];
  size: number;
  maxWeight: number;
  greatestCommonDivisor: number;
  getConnection(options: {
    filter: (connection: { weight: number }) => boolean;
  }): { server: PlainServer } | null;
}

interface KeyedRing {
  get(key: string): string;
}

interface ConsistentHash extends KeyedRing {
  add(node: string, weight: number): void;
}

interface Ketama {
  readonly HashRing: new (nodes: readonly { node: string; weight: number }[]) => {
    getNode(key: string): string | undefined;
  };
}

function serversOf(weights: readonly number[]): PlainServer[] {
  return weights.map((weight) => new PlainServer(weight));
}

function nameOf(index: number): string {
  return `${IpAddress.fromIpv4(0x0a000001 + index)}:80`;
}

function engine(balancer: Engine): Picker {
  return { schedule: () => balancer.pick() };
}

function smoothPeers(weights: readonly number[]): Picker {
  const peers = new (loadRival('weighted-round-robin') as new () => Peers)();
  for (const server of serversOf(weights)) {
    if (server.weight > 0) peers.add({ server, weight: server.weight });
  }
  return { schedule: () => peers.get()?.server };
}

/** The pool gives its servers equal weights; others are written into it as it writes them itself. */
function elasticPool(weights: readonly number[]): Picker {
  const { WeightedConnectionPool } = loadRival('@elastic/transport') as Elastic;
  const pool = new WeightedConnectionPool({ Connection: Object });
  pool.connections = serversOf(weights).map((server) => ({ server, weight: server.weight }));
  pool.size = weights.length;
  pool.maxWeight = weights.reduce((a, b) => Math.max(a, b), 0);
  pool.greatestCommonDivisor = weights.reduce(divisor, 0);
  return {
    schedule: () => {
      // It gives up after one walk, also when the next one would find a server.
      let connection = pool.getConnection(options);
      while (connection === null) connection = pool.getConnection(options);
      return connection.server;
    },
  };
}

const options = { filter: ({ weight }: { weight: number }): boolean => weight > 0 };

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

/** A ring of strings: keys and servers are texts, made beforehand, as they would come from a socket. */
function keyed(weights: readonly number[], find: (key: string) => string | undefined): Picker {
  const servers = new Map(serversOf(weights).map((server, index) => [nameOf(index), server]));
  const texts = flowsOf(1024).map((flow) => flow.source.toString());
  let next = 0;
  return {
    schedule: () => {
      next = (next + 7) & 1023;
      return servers.get(find(texts[next] as string) as string);
    },
  };
}
