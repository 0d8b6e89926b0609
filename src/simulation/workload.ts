/**
 * A seeded load for one service: who connects when, from where, and for how long.
 *
 * Arrivals are a Poisson process. Clients differ in popularity as Zipf and Mandelbrot have it: a few
 * come often, most seldom. Durations are heavy-tailed: most are short, a few very long. The same
 * seed and service give the same load on every platform, whatever the scheduler.
 */
import { requireInteger } from '../errors.js';
import type { IpAddress } from '../ip-address.js';
import type { Flow } from '../model/flow.js';
import { randomBelow, seededRandom, type RandomSource } from '../random.js';
import { inventAddresses } from './addresses.js';
import { exponential, heavyTailed, Popularity } from './distributions.js';
import { familyOf, serviceName, type ServiceAddress } from './service-rules.js';

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
}

/** The shortest duration of a connection in seconds, by protocol. */
const SHORTEST_SECONDS = { tcp: 2, udp: 0.25, sctp: 5 } as const;
/** The longest duration of a connection in seconds. */
const LONGEST_SECONDS = 3600;
/** How flat the top of the clients' and the destinations' popularity is. */
const CLIENT_SHIFT = 10;
const DESTINATION_SHIFT = 2;
/** How many destinations packets with a firewall mark go to. */
const MARKED_DESTINATIONS = 400;
/** Where clients go when a service takes every port. */
const USUAL_PORTS = [80, 443, 443, 443, 8080, 22, 21, 25] as const;
/** The ports that clients use: 32768–60999. */
const FIRST_CLIENT_PORT = 32768;
const CLIENT_PORTS = 28232;

/** The connections of one service's load, in order of their begin: column by column. */
export interface Workload {
  /** How many connections. */
  readonly connections: number;
  /** The clients' addresses. */
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
export function createWorkload(service: ServiceAddress, options: WorkloadOptions): Workload {
  const connections = requireInteger('connections', options.connections, 1, 100_000_000);
  const count = requireInteger('clients', options.clients ?? 5000, 1, 10_000_000);
  const random = seededRandom((options.seed ?? 1) ^ hashOf(serviceName(service)));
  const clients = inventAddresses(familyOf(service), count, random);
  const timing = drawTiming(service, connections, options, random);
  const endpoints = drawEndpoints(service, connections, count, random);
  const protocol = 'protocol' in service ? service.protocol : 'tcp';
  return {
    connections,
    clients,
    ...timing,
    client: endpoints.client,
    flow: (connection) => ({
      protocol,
      source: clients[endpoints.client[connection] as number] as IpAddress,
      sourcePort: endpoints.clientPort[connection] as number,
      destination: endpoints.destinations[endpoints.destination[connection] as number] as IpAddress,
      destinationPort: endpoints.port[connection] as number,
    }),
  };
}

function drawTiming(
  service: ServiceAddress,
  connections: number,
  options: WorkloadOptions,
  random: RandomSource,
): Pick<Workload, 'beginMs' | 'durationMs'> {
  const shortestMs = shortestSeconds(service, options) * 1000;
  const gapMs = 1000 / requirePositive('connections a second', options.connectionsPerSecond ?? 50);
  const beginMs = new Float64Array(connections);
  const durationMs = new Float64Array(connections);
  let nowMs = 0;
  for (let i = 0; i < connections; i++) {
    nowMs += exponential(random, gapMs);
    beginMs[i] = nowMs;
    durationMs[i] = heavyTailed(random, shortestMs, LONGEST_SECONDS * 1000);
  }
  return { beginMs, durationMs };
}

function shortestSeconds(service: ServiceAddress, options: WorkloadOptions): number {
  const usual = SHORTEST_SECONDS['protocol' in service ? service.protocol : 'tcp'];
  return requirePositive('shortest duration', options.shortestSeconds ?? usual);
}

interface Endpoints {
  readonly client: Uint32Array;
  readonly clientPort: Uint16Array;
  readonly destination: Uint16Array;
  readonly destinations: readonly IpAddress[];
  readonly port: Uint16Array;
}

function drawEndpoints(
  service: ServiceAddress,
  connections: number,
  clients: number,
  random: RandomSource,
): Endpoints {
  const destinations = destinationsOf(service, random);
  const fixedPort = 'port' in service ? service.port : 0;
  const client = new Uint32Array(connections);
  const clientPort = new Uint16Array(connections);
  const destination = new Uint16Array(connections);
  const port = new Uint16Array(connections);
  const clientRanks = new Popularity(clients, CLIENT_SHIFT);
  const destinationRanks = new Popularity(destinations.length, DESTINATION_SHIFT);
  for (let i = 0; i < connections; i++) {
    client[i] = clientRanks.draw(random);
    clientPort[i] = FIRST_CLIENT_PORT + randomBelow(random, CLIENT_PORTS);
    destination[i] = destinationRanks.draw(random);
    const usual = USUAL_PORTS[randomBelow(random, USUAL_PORTS.length)] as number;
    port[i] = fixedPort === 0 ? usual : fixedPort;
  }
  return { client, clientPort, destination, destinations, port };
}

/** Marked packets may go anywhere, as through a transparent cache; others to the service's address. */
function destinationsOf(service: ServiceAddress, random: RandomSource): IpAddress[] {
  if ('address' in service) return [service.address];
  return inventAddresses(service.family, MARKED_DESTINATIONS, random);
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
