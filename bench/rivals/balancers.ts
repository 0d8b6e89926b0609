/**
 * Packages that pick a server, behind the interface of the suite *pick*.
 *
 * None of them counts connections; each is given servers with two plain counters, which the loop keeps.
 * A rival stands only where it follows the rule that is measured; those that do less are named in `shortcomings.ts`.
 */
import { IpAddress } from 'ipvs';
import { PlainServer } from '../published/linear-scan.js';
import {
  FIRST_CLIENT_PORT,
  FLOWS,
  flowsOf,
  type Mix,
  type Picker,
} from '../published/pick-suite.js';
import { loadRival } from './packages.js';

/** A server as packages know it: by its name. */
export class NamedServer extends PlainServer {
  readonly name: string;

  constructor(name: string, weight: number) {
    super(weight);
    this.name = name;
  }
}

/**
 * Makes the servers of a job.
 *
 * @param weights - A weight per server.
 * @returns The servers, named by addresses and ports.
 */
export function namedServers(weights: readonly number[]): NamedServer[] {
  return weights.map(
    (weight, index) => new NamedServer(`${IpAddress.fromIpv4(0x0a000001 + index)}:80`, weight),
  );
}

/** A picker whose servers may come and go, if the package lets them. */
export interface RivalPicker extends Picker {
  /** Takes a server out. */
  remove?(server: NamedServer): void;
  /** Puts a server in. */
  add?(server: NamedServer): void;
}

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
  /** The most servers it is given: more would take minutes. */
  readonly mostServers: number;
  /**
   * Sets it up.
   *
   * @param servers - The servers; it may hand out these and no others.
   * @returns A picker.
   */
  create(servers: readonly NamedServer[]): RivalPicker;
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
    create: (servers) => {
      const { RoundRobinEngine } = loadRival('loadbalance') as LoadBalance;
      return engine(new RoundRobinEngine(servers));
    },
  },
  {
    impl: 'loadbalance',
    package: 'loadbalance',
    subjects: ['wrr'],
    mixes: ALL,
    mostServers: Infinity,
    create: (servers) => {
      const { WeightedRoundRobinEngine } = loadRival('loadbalance') as LoadBalance;
      const usable = servers.filter(({ weight }) => weight > 0);
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
    mostServers: 1024,
    create: (servers) => smoothPeers(servers),
  },
  {
    impl: '@elastic/transport',
    package: '@elastic/transport',
    subjects: ['wrr'],
    mixes: ALL,
    mostServers: Infinity,
    create: (servers) => elasticPool(servers),
  },
  {
    impl: 'hashring',
    package: 'hashring',
    subjects: ['sh', 'mh'],
    mixes: USABLE,
    mostServers: 64,
    create: (servers) => {
      const Ring = loadRival('hashring') as new (servers: Record<string, number>) => KeyedRing;
      const weights = servers.map(({ name, weight }) => [name, weight] as const);
      const ring = new Ring(Object.fromEntries(weights));
      return keyed(servers, (key) => ring.get(key));
    },
  },
  {
    impl: 'consistent-hash',
    package: 'consistent-hash',
    subjects: ['sh', 'mh'],
    mixes: USABLE,
    mostServers: 1024,
    create: (servers) => {
      const Ring = loadRival('consistent-hash') as new () => ConsistentHash;
      const ring = new Ring();
      const add = ({ name, weight }: NamedServer): void => ring.add(name, weight * 4);
      for (const server of servers) add(server);
      return {
        ...keyed(servers, (key) => ring.get(key)),
        add,
        remove: ({ name }) => ring.remove(name),
      };
    },
  },
  {
    impl: 'ketama',
    package: 'ketama',
    subjects: ['sh', 'mh'],
    mixes: USABLE,
    mostServers: 64,
    create: (servers) => {
      const { HashRing } = loadRival('ketama') as Ketama;
      const nodes = servers.map(({ name, weight }) => ({ node: name, weight }));
      const ring = new HashRing(nodes);
      return keyed(servers, (key) => ring.getNode(key));
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
  remove(node: string): void;
}

interface Ketama {
  readonly HashRing: new (nodes: readonly { node: string; weight: number }[]) => {
    getNode(key: string): string | undefined;
  };
}

function engine(balancer: Engine): Picker {
  return { schedule: () => balancer.pick() };
}

function smoothPeers(servers: readonly NamedServer[]): Picker {
  const peers = new (loadRival('weighted-round-robin') as new () => Peers)();
  for (const server of servers) {
    if (server.weight > 0) peers.add({ server, weight: server.weight });
  }
  return { schedule: () => peers.get()?.server };
}

/** The pool gives its servers equal weights; others are written into it as it writes them itself. */
function elasticPool(servers: readonly NamedServer[]): Picker {
  const { WeightedConnectionPool } = loadRival('@elastic/transport') as Elastic;
  const pool = new WeightedConnectionPool({ Connection: Object });
  const weights = servers.map(({ weight }) => weight);
  pool.connections = servers.map((server) => ({ server, weight: server.weight }));
  pool.size = servers.length;
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

/** A ring of strings: keys are texts, made beforehand, as they would come from a socket. */
function keyed(servers: readonly NamedServer[], find: (key: string) => string | undefined): Picker {
  const byName = new Map(servers.map((server) => [server.name, server]));
  const texts = flowsOf(FLOWS).map(({ source }) => source.toString());
  return {
    schedule: ({ sourcePort }) =>
      byName.get(find(texts[sourcePort - FIRST_CLIENT_PORT] as string) as string),
  };
}
