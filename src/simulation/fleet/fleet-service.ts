/**
 * The connections of one service through a fleet of directors.
 *
 * Every packet goes to the director that the router chooses for it, and that director decides. When the router's
 * choice changes, the client of a connection in use goes on at once: the connection survives when the director that
 * gets it now sends it to the same server. Otherwise the server resets it, and the client opens another connection
 * from another port at once, which is in use for what was left of the time.
 */
import { NONE } from '../../none.js';
import { protocolNumber } from '../../protocols.js';
import { ConnectionKey } from '../../connections/entries/connection-key.js';
import type { Flow } from '../../model/flow.js';
import type { RealServer } from '../../model/real-server.js';
import type { Service } from '../../services/service.js';
import { FIRST_CLIENT_PORT, type Workload } from '../workload.js';
import { Balance } from './balance.js';
import { type EcmpHash, ecmpHash } from './ecmp-hash.js';
import type { FleetMembers } from './fleet-members.js';
import { FleetServers } from './fleet-servers.js';
import { ReturningClients } from './returning-clients.js';

/** What a {@link FleetService} is made from. */
export interface FleetServiceParts {
  /** The service, as one director has it. */
  readonly service: Service;
  /** The load it is under. */
  readonly workload: Workload;
  /** The directors. */
  readonly members: FleetMembers;
  /** What the router hashes. */
  readonly hash: EcmpHash;
  /** The router's own number. */
  readonly seed: number;
}

/** What a change of the router's paths did. */
export interface Rerouted {
  /** How many connections have another director now. */
  readonly moved: number;
  /** How many of these it did not know. */
  readonly unknown: number;
  /** How many of these broke. */
  readonly broken: number;
}

/** The first of the ports from which clients open connections again, and how many there are. */
const FIRST_SPARE_PORT = 1024;
const SPARE_PORTS = FIRST_CLIENT_PORT - FIRST_SPARE_PORT;

/** One service's part of a fleet. */
export class FleetService {
  /** The service, as the first director has it. */
  readonly service: Service;
  /** The load it is under. */
  readonly workload: Workload;
  /** Its servers. */
  readonly servers: FleetServers;
  /** Its clients. */
  readonly clients: ReturningClients;
  /** Watches the load. */
  readonly balance: Balance = new Balance();
  /** How many connections have begun. */
  begun = 0;
  /** How many connections got no server. */
  refused = 0;
  /** How many connections broke. */
  broken = 0;
  /** How many connections are in use, by director. */
  readonly openOn: number[] = [];
  private readonly members: FleetMembers;
  private readonly hash: EcmpHash;
  private readonly seed: number;
  /** The director that each connection passes; −1 while it is not in use. */
  private readonly path: Int16Array;
  private readonly server: Int32Array;
  private readonly hashes: Uint32Array;
  /** The port of connections that were opened again; 0 of the others. */
  private readonly sparePort: Uint16Array;
  private readonly nextSpare: Uint16Array;
  private readonly key = new ConnectionKey();

  /** @param parts - What it is made from. */
  constructor({ service, workload, members, hash, seed }: FleetServiceParts) {
    const { connections } = workload;
    this.service = service;
    this.workload = workload;
    this.members = members;
    this.hash = hash;
    this.seed = seed;
    this.servers = new FleetServers(service);
    this.clients = new ReturningClients(workload.clients.length);
    this.path = new Int16Array(connections).fill(NONE);
    this.server = new Int32Array(connections).fill(NONE);
    this.hashes = new Uint32Array(connections);
    this.sparePort = new Uint16Array(connections);
    this.nextSpare = new Uint16Array(workload.clients.length);
  }

  /** Whether connections stay in use: datagrams that are scheduled one by one do not. */
  private get staysInUse(): boolean {
    return !(this.service.onePacket && this.workload.protocol === 'udp');
  }

  /**
   * Lets the next connection begin.
   *
   * @param connection - Its number.
   * @returns Whether there will be more of it.
   */
  begin(connection: number): boolean {
    this.begun += 1;
    return this.connect(connection);
  }

  /**
   * Lets a connection send something.
   *
   * @param connection - Its number.
   * @returns Whether it is in use.
   */
  stay(connection: number): boolean {
    const path = this.path[connection];
    if (path === NONE) return false;
    this.hold(path, 'stay', connection);
    return true;
  }

  /**
   * Lets a connection end, if it is in use.
   *
   * @param connection - Its number.
   */
  end(connection: number): void {
    const path = this.path[connection];
    if (path === NONE) return;
    this.hold(path, 'end', connection);
    this.close(connection);
  }

  /** How many connections are in use. */
  get open(): number {
    return this.openOn.reduce((sum, each) => sum + each, 0);
  }

  /**
   * Lets all clients go on whose connections have another director now.
   *
   * @returns What became of them.
   */
  reroute(): Rerouted {
    let moved = 0;
    let unknown = 0;
    let broken = 0;
    for (let connection = 0; connection < this.begun; connection++) {
      const before = this.path[connection];
      if (before === NONE) continue;
      const path = this.members.pathOf(this.hashes[connection]);
      if (path === before) continue;
      moved += 1;
      if (!this.isKnown(path, connection)) unknown += 1;
      if (this.survives(path, connection)) this.setPath(connection, path);
      else {
        broken += 1;
        this.breakOff(connection);
      }
    }
    return { moved, unknown, broken };
  }

  /**
   * Breaks the connections of a server.
   *
   * @param server - Its number.
   * @returns How many there were.
   */
  lose(server: number): number {
    const lost: number[] = [];
    for (let connection = 0; connection < this.begun; connection++) {
      if (this.path[connection] !== NONE && this.server[connection] === server) {
        lost.push(connection);
      }
    }
    for (const connection of lost) this.breakOff(connection);
    return lost.length;
  }

  private setPath(connection: number, path: number): void {
    const before = this.path[connection];
    if (before !== NONE) this.openOn[before] -= 1;
    if (path !== NONE) this.openOn[path] = (this.openOn[path] ?? 0) + 1;
    this.path[connection] = path;
  }

  private breakOff(connection: number): void {
    this.broken += 1;
    this.close(connection);
    const { client } = this.workload;
    const spare = this.nextSpare[client[connection]]++ % SPARE_PORTS;
    this.sparePort[connection] = FIRST_SPARE_PORT + spare;
    this.connect(connection);
  }

  private connect(connection: number): boolean {
    const flow = this.flowOf(connection);
    const hash = ecmpHash(flow, this.hash, this.seed);
    const path = this.members.pathOf(hash);
    const server = path === NONE ? undefined : this.hold(path, 'begin', connection);
    if (server === undefined) {
      this.refused += 1;
      return false;
    }
    const number = this.servers.numberOf(server);
    this.clients.opened(this.workload.client[connection], number);
    if (!this.staysInUse) return false;
    this.hashes[connection] = hash;
    this.setPath(connection, path);
    this.server[connection] = number;
    this.servers.list[number].inUse += 1;
    return true;
  }

  private close(connection: number): void {
    this.setPath(connection, NONE);
    this.servers.list[this.server[connection]].inUse -= 1;
  }

  private hold(
    path: number,
    part: 'begin' | 'stay' | 'end',
    connection: number,
  ): RealServer | undefined {
    const { conversations } = this.members.members[path];
    return conversations.hold(part, this.flowOf(connection), this.service.fwmark);
  }

  /** Whether a client that goes on through another director reaches the server that it has. */
  private survives(path: number, connection: number): boolean {
    if (path === NONE) return false;
    const { conversations } = this.members.members[path];
    const isKnownTo = (server: RealServer): boolean =>
      this.servers.numberOf(server) === this.server[connection];
    const server = conversations.goOn(this.flowOf(connection), this.service.fwmark, isKnownTo);
    return server !== undefined && isKnownTo(server);
  }

  private isKnown(path: number, connection: number): boolean {
    if (path === NONE) return false;
    const { key } = this;
    const flow = this.flowOf(connection);
    key.protocol = protocolNumber(flow.protocol);
    key.setClient(flow.source, flow.sourcePort);
    key.setVirtual(flow.destination, flow.destinationPort);
    return this.members.members[path].director.table.findIn(key) !== NONE;
  }

  private flowOf(connection: number): Flow {
    const flow = this.workload.flow(connection);
    const port = this.sparePort[connection];
    return port === 0 ? flow : { ...flow, sourcePort: port };
  }
}
