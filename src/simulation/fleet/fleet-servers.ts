/**
 * The servers of one service in all directors of a fleet: which there are, their weights, and their load.
 */
import { hostAddress } from '../../host-address.js';
import { formatEndpoint } from '../../endpoint.js';
import { IpAddress } from '../../ip-address.js';
import type { RealServer } from '../../model/real-server.js';
import type { ServerOptions } from '../../model/server-settings.js';
import type { Service } from '../../services/service.js';

/** Whether a server takes connections. */
export type FleetServerState = 'running' | 'drained' | 'failed';

/** One server of a service. */
export interface FleetServer {
  /** Its address and port. */
  readonly name: string;
  /** Its address, port and settings, with the weight that it has while it runs. */
  readonly options: ServerOptions;
  /** Whether it takes connections. */
  state: FleetServerState;
  /** How many connections of the whole fleet it has in use. */
  inUse: number;
}

/** The load of one server. */
export interface FleetServerLoad {
  /** The server, as `ADDRESS:PORT`. */
  readonly server: string;
  /** Its present weight; 0 while it is drained or has failed. */
  readonly weight: number;
  /** How many connections it has in use. */
  readonly inUse: number;
}

/** The load of a service's servers. */
export interface FleetLoad {
  /** The most connections in use per unit of weight, over the servers with a weight. */
  readonly max: number;
  /** All their connections in use, per unit of their weight. */
  readonly mean: number;
  /** Server by server, in the order of the rules. */
  readonly servers: readonly FleetServerLoad[];
}

/** The servers of one service. */
export class FleetServers {
  /** All that ever were there, in the order of the rules. */
  readonly list: FleetServer[];
  private readonly byName = new Map<string, number>();
  private readonly byRecord = new Map<RealServer, number>();

  /** @param service - The service, as one director has it. */
  constructor(service: Service) {
    // The list has the newest server first.
    this.list = [...service.servers].toReversed().map((server): FleetServer => ({
      name: server.toString(),
      options: optionsOf(server),
      state: server.weight === 0 ? 'drained' : 'running',
      inUse: 0,
    }));
    for (const [index, { name }] of this.list.entries()) this.byName.set(name, index);
  }

  /**
   * The number of a server, whichever director it is of.
   *
   * @param server - The server.
   * @returns Its index in the list.
   */
  numberOf(server: RealServer): number {
    const known = this.byRecord.get(server);
    if (known !== undefined) return known;
    const number = this.byName.get(server.toString()) as number;
    this.byRecord.set(server, number);
    return number;
  }

  /**
   * Finds a server.
   *
   * @param name - `ADDRESS` or `ADDRESS:PORT`.
   * @returns All that fit; with an address alone there may be one for each port.
   */
  find(name: string): readonly FleetServer[] {
    const address = IpAddress.tryParse(name);
    return this.list.filter(({ name: own, options }) =>
      address === undefined ? own === name : hostAddress('server', options.address).equals(address),
    );
  }

  /**
   * Adds a server.
   *
   * @param options - Its address, port and settings.
   */
  add(options: ServerOptions): void {
    const name = formatEndpoint(hostAddress('server', options.address), options.port);
    this.byName.set(name, this.list.length);
    this.list.push({ name, options, state: 'running', inUse: 0 });
  }

  /**
   * The greatest load for each unit of weight, divided by the mean.
   *
   * @returns 1 when all servers have what their weights ask for; `undefined` without a connection.
   */
  imbalance(): number | undefined {
    const { max, mean } = this.extremes();
    return mean === 0 ? undefined : max / mean;
  }

  /**
   * The load of all servers.
   *
   * @returns The present load.
   */
  load(): FleetLoad {
    const servers = this.list.map((server) => ({
      server: server.name,
      weight: weightOf(server),
      inUse: server.inUse,
    }));
    return { ...this.extremes(), servers };
  }

  private extremes(): Pick<FleetLoad, 'max' | 'mean'> {
    let max = 0;
    let inUse = 0;
    let weights = 0;
    for (const server of this.list) {
      const weight = weightOf(server);
      if (weight === 0) continue;
      weights += weight;
      inUse += server.inUse;
      max = Math.max(max, server.inUse / weight);
    }
    return { max, mean: weights === 0 ? 0 : inUse / weights };
  }
}

function weightOf({ state, options }: FleetServer): number {
  return state === 'running' ? (options.weight ?? 1) : 0;
}

function optionsOf(server: RealServer): ServerOptions {
  const { address, port, upperThreshold, lowerThreshold, forwardingMethod, tunnel } = server;
  const weight = server.lastWeight === 0 ? 1 : server.lastWeight;
  return { address, port, weight, upperThreshold, lowerThreshold, forwardingMethod, tunnel };
}
