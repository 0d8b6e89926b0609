/**
 * A seeded load for one service: who connects when, from where, and for how long.
 *
 * Arrivals are a Poisson process of which is known how many there are in how much time, so that loads of the
 * same rate and number end together. Clients differ in popularity as Zipf and Mandelbrot have it: a few
 * come often, most seldom. Durations are heavy-tailed: most are short, a few very long. The same
 * seed and service give the same load on every platform, whatever the scheduler.
 */
import { type OptionNames, requireInteger, requireKnownOptions } from '../errors.js';
import type { IpAddress } from '../ip-address.js';
import type { Flow } from '../model/flow.js';
import type { Protocol } from '../protocols.js';
import { randomBelow, seededRandom, type RandomSource } from '../random.js';
import {
  createServiceKey,
  describeServiceKey,
  type ServiceKey,
  type ServiceName,
} from '../services/service-key.js';
import { inventAddresses } from './addresses.js';
import { exponential, heavyTailed, Popularity } from './distributions.js';
import { USUAL_PORTS } from './usual-ports.js';

/** How much load there is. */
export interface WorkloadOptions {
  /** How many connections, 1–100000000. */
  readonly connections: number;
  /** From how many client addresses at most, 1–10000000; default 5000. */
  readonly clients?: number;
  /** Any integer of 32 bits; decides everything; default 1. */
  readonly seed?: number;
  /** How many connections begin in a second on average, above 0; default 50. */
  readonly connectionsPerSecond?: number;
  /** The shortest duration in seconds, above 0; the mean is about four times that. Default by protocol. */
  readonly shortestSeconds?: number;
  /** The ports clients connect to, 1–65535; default the service's own, or usual ones where it has none. */
  readonly ports?: readonly number[];
  /** The protocol of packets with a firewall mark; default `'tcp'`. */
  readonly markedProtocol?: Protocol;
}

const WORKLOAD_OPTIONS: OptionNames<WorkloadOptions> = {
  connections: true,
  clients: true,
  seed: true,
  connectionsPerSecond: true,
  shortestSeconds: true,
  ports: true,
  markedProtocol: true,
};

/** The shortest duration of a connection in seconds, by protocol. */
const SHORTEST_SECONDS = { tcp: 2, udp: 0.25, sctp: 5 } as const;
/** The longest duration of a connection in seconds. */
const LONGEST_SECONDS = 3600;
/** How flat the top of the clients' and the destinations' popularity is. */
const CLIENT_SHIFT = 10;
const DESTINATION_SHIFT = 2;
/** How many destinations packets with a firewall mark go to. */
const MARKED_DESTINATIONS = 400;
/** The first of the ports that clients use, 32768–60999. */
export const FIRST_CLIENT_PORT = 32768;
const CLIENT_PORTS = 28232;

/** The connections of one service's load, in order of their begin: column by column. */
export interface Workload {
  /** How many connections. */
  readonly connections: number;
  /** Their protocol. */
  readonly protocol: Protocol;
  /** For how long connections begin, in milliseconds: as long as their number and rate ask for. */
  readonly endMs: number;
  /** The addresses of the clients that come, in the order of their first connections. */
  readonly clients: readonly IpAddress[];
  /** When each connection begins, in milliseconds. */
  readonly beginMs: Float64Array;
  /** How long each is in use, in milliseconds. */
  readonly durationMs: Float64Array;
  /** Which of `clients` each comes from. */
  readonly client: Uint32Array;
  /**
   * The first packet of a connection.
   *
   * @param connection - Its number, from 0.
   * @returns The endpoints.
   */
  flow(connection: number): Flow;
}

/**
 * Makes the load of a service.
 *
 * @param service - What the clients connect to.
 * @param options - How much, and the seed.
 * @returns The load.
 * @throws {TypeError} When an option is not a number.
 * @throws {RangeError} When one is out of range.
 */
export function createWorkload(service: ServiceName, options: WorkloadOptions): Workload {
  requireKnownOptions('create a workload', options, WORKLOAD_OPTIONS);
  const key = createServiceKey(service);
  const connections = requireInteger('connections', options.connections, 1, 100_000_000);
  const count = requireInteger('clients', options.clients ?? 5000, 1, 10_000_000);
  const protocol = key.fwmark === 0 ? key.protocol : (options.markedProtocol ?? 'tcp');
  const random = seededRandom((options.seed ?? 1) ^ hashOf(describeServiceKey(key)));
  const timing = drawTiming(protocol, connections, options, random);
  const visits = drawClients(connections, count, random);
  const clients = inventAddresses(key.family, visits.clients, random);
  const clientPort = drawClientPorts(visits, random);
  const destinations = destinationsOf(key, random);
  const ports = options.ports ?? (key.port === 0 ? USUAL_PORTS : [key.port]);
  const { destination, port } = drawDestinations(connections, destinations.length, ports, random);
  const { client } = visits;
  return {
    connections,
    protocol,
    clients,
    ...timing,
    client,
    flow: (connection) => ({
      protocol,
      source: clients[client[connection]],
      sourcePort: clientPort[connection],
      destination: destinations[destination[connection]],
      destinationPort: port[connection],
    }),
  };
}

/**
 * For how long the connections of a load begin.
 *
 * @param connections - How many there are.
 * @param connectionsPerSecond - How many begin in a second, above 0; default 50.
 * @returns Milliseconds.
 * @internal
 */
export function loadLengthMs(connections: number, connectionsPerSecond = 50): number {
  return (1000 / requirePositive('connections a second', connectionsPerSecond)) * connections;
}

function drawTiming(
  protocol: Protocol,
  connections: number,
  options: WorkloadOptions,
  random: RandomSource,
): Pick<Workload, 'beginMs' | 'durationMs' | 'endMs'> {
  const shortest = options.shortestSeconds ?? SHORTEST_SECONDS[protocol];
  const shortestMs = requirePositive('shortest duration', shortest) * 1000;
  const endMs = loadLengthMs(connections, options.connectionsPerSecond);
  const beginMs = new Float64Array(connections);
  const durationMs = new Float64Array(connections);
  let gaps = 0;
  for (let i = 0; i < connections; i++) {
    gaps += exponential(random, 1);
    beginMs[i] = gaps;
    durationMs[i] = heavyTailed(random, shortestMs, LONGEST_SECONDS * 1000);
  }
  // As many arrivals in just so much time: of a Poisson process that is what scaling its gaps gives.
  const scale = endMs / (gaps + exponential(random, 1));
  for (let i = 0; i < connections; i++) beginMs[i] = beginMs[i] * scale;
  return { beginMs, durationMs, endMs };
}

/** Who comes when. */
interface Visits {
  /** How many clients come at all. */
  readonly clients: number;
  /** Which of them each connection comes from; numbered in the order of their first visit. */
  readonly client: Uint32Array;
}

function drawClients(connections: number, most: number, random: RandomSource): Visits {
  const client = new Uint32Array(connections);
  const ranks = new Popularity(most, CLIENT_SHIFT);
  /** By rank: the client's number, plus 1; 0 for those who have not come yet. */
  const numbers = new Uint32Array(most);
  let clients = 0;
  for (let i = 0; i < connections; i++) {
    const rank = ranks.draw(random);
    if (numbers[rank] === 0) numbers[rank] = ++clients;
    client[i] = numbers[rank] - 1;
  }
  return { clients, client };
}

/** A client takes one port after the other, so that none of its connections is mistaken for another. */
function drawClientPorts({ clients, client }: Visits, random: RandomSource): Uint16Array {
  const next = new Uint16Array(clients);
  for (let each = 0; each < clients; each++) next[each] = randomBelow(random, CLIENT_PORTS);
  const ports = new Uint16Array(client.length);
  for (let i = 0; i < client.length; i++) {
    const offset = next[client[i]];
    next[client[i]] = offset + 1 === CLIENT_PORTS ? 0 : offset + 1;
    ports[i] = FIRST_CLIENT_PORT + offset;
  }
  return ports;
}

function drawDestinations(
  connections: number,
  destinations: number,
  ports: readonly number[],
  random: RandomSource,
): { readonly destination: Uint16Array; readonly port: Uint16Array } {
  const destination = new Uint16Array(connections);
  const port = new Uint16Array(connections);
  const ranks = new Popularity(destinations, DESTINATION_SHIFT);
  for (let i = 0; i < connections; i++) {
    destination[i] = ranks.draw(random);
    port[i] = ports[randomBelow(random, ports.length)];
  }
  return { destination, port };
}

/** Marked packets may go anywhere, as through a transparent cache; others to the service's address. */
function destinationsOf(key: ServiceKey, random: RandomSource): readonly IpAddress[] {
  if (key.fwmark === 0) return [key.address];
  return inventAddresses(key.family, MARKED_DESTINATIONS, random);
}

function requirePositive(name: string, value: number): number {
  if (value > 0 && Number.isFinite(value)) return value;
  throw new RangeError(`Invalid ${name}: expected a number above 0, got ${value}`);
}

/** A 32-bit number from a name (FNV-1a), so that each service has a sequence of its own. */
function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) {
    hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  }
  return hash;
}
