/**
 * One service's part of a run: who got which server, and how much was in use at once.
 */
import { NONE } from '../none.js';
import { protocolNumber } from '../protocols.js';
import { ConnectionKey } from '../connections/entries/connection-key.js';
import type { Director } from '../director/director.js';
import type { Flow } from '../model/flow.js';
import type { RealServer } from '../model/real-server.js';
import type { Service } from '../services/service.js';
import type { Conversations } from './conversation.js';
import { FIRST_CLIENT_PORT, type Workload } from './workload.js';

/** A service and the load it is under. */
export interface LoadedService {
  /** One of the director's services. */
  readonly service: Service;
  /** Its load. */
  readonly workload: Workload;
}

/** What one server got in a run. */
export interface ServerLoad {
  /** The server, with its present counters. */
  readonly server: RealServer;
  /** How many connections it was given. */
  readonly opened: number;
  /** How many connections it has in use. */
  readonly inUse: number;
  /** The most it ever had in use at once. */
  readonly peak: number;
}

/** What a {@link ServiceRun} is made from. */
export interface ServiceRunParts extends LoadedService {
  /** The director whose service it is. */
  readonly director: Director;
  /** Talks to the director. */
  readonly conversations: Conversations;
  /** When the load begins, by the director's clock. */
  readonly startMs: number;
}

/** How many connections of clients that try again are open at once. */
const STAYING = 64;
/** The port from which clients try again, which no connection of a load has. */
const TRIAL_PORT = FIRST_CLIENT_PORT - 1;
/** No server, in the record of who got which. */

type MutableLoad = { -readonly [K in keyof ServerLoad]: ServerLoad[K] };

/** What became of one service's load so far. */
export class ServiceRun {
  /** The service. */
  readonly service: Service;
  /** The load it is under. */
  readonly workload: Workload;
  /** Which server each connection got, as an index into {@link ServiceRun.loads}; −1 = none. */
  readonly assigned: Int32Array;

  private readonly parts: ServiceRunParts;
  private readonly perServer: MutableLoad[] = [];
  private readonly indexOf = new Map<RealServer, number>();
  private readonly key = new ConnectionKey();
  private begun = 0;
  private openedCount = 0;
  private inUse = 0;
  private peakInUse = 0;

  /** Made by a run. @internal */
  constructor(parts: ServiceRunParts) {
    this.parts = parts;
    this.service = parts.service;
    this.workload = parts.workload;
    this.assigned = new Int32Array(parts.workload.connections).fill(NONE);
    // The list has the newest server first.
    for (const server of [...this.service.servers].toReversed()) this.numberOf(server);
  }

  /** What each server got so far, in the order of the rules. */
  get loads(): readonly ServerLoad[] {
    return this.perServer;
  }

  /** How many connections have begun, refused ones included. */
  get connections(): number {
    return this.begun;
  }

  /** How many connections got no server. */
  get refused(): number {
    return this.begun - this.openedCount;
  }

  /** How many connections got a server. */
  get opened(): number {
    return this.openedCount;
  }

  /** The most connections that were ever in use at once, over all servers. */
  get peak(): number {
    return this.peakInUse;
  }

  /** Whether connections stay in use: datagrams that are scheduled one by one do not. */
  get staysInUse(): boolean {
    return !(this.service.onePacket && this.workload.protocol === 'udp');
  }

  /** When a connection begins. @internal */
  beginOf(connection: number): number {
    return this.parts.startMs + this.workload.beginMs[connection];
  }

  /** When a connection ends. @internal */
  endOf(connection: number): number {
    return this.beginOf(connection) + this.workload.durationMs[connection];
  }

  /** Lets the next connection begin, and shows whether there will be more of it. @internal */
  begin(connection: number): boolean {
    this.begun += 1;
    const server = this.hold('begin', this.workload.flow(connection));
    if (server === undefined) return false;
    const index = this.numberOf(server);
    this.assigned[connection] = index;
    this.countOpened(this.perServer[index]);
    if (!this.staysInUse) this.countEnded(index);
    return this.staysInUse;
  }

  /** Lets a connection in use send something. @internal */
  stay(connection: number): void {
    this.hold('stay', this.workload.flow(connection));
  }

  /** Lets a connection end. @internal */
  end(connection: number): void {
    this.hold('end', this.workload.flow(connection));
    this.countEnded(this.assigned[connection]);
  }

  /**
   * Takes a server out of the service.
   *
   * @param index - Which one, as in {@link ServiceRun.loads}.
   * @throws {IpvsError} `ERR_SERVER_NOT_FOUND` when it has left already.
   */
  remove(index: number): void {
    const { server } = this.perServer[index] as ServerLoad;
    this.parts.director.removeServer(this.service, server);
  }

  /**
   * Lets clients come back one after the other at the present moment, each with a new connection.
   *
   * Only the last few stay open, so that the load is about what it was; in the end all are taken away.
   *
   * @param connections - For each of the clients a connection that it had; they come back to where it went.
   * @returns For each which server it gets now, as an index into {@link ServiceRun.loads}; −1 = none.
   */
  tryAgain(connections: readonly number[]): Int32Array {
    const got = new Int32Array(connections.length);
    for (let place = 0; place < connections.length + STAYING; place++) {
      const oldest = connections[place - STAYING];
      if (oldest !== undefined) this.forget(this.trialOf(oldest));
      const connection = connections[place];
      if (connection === undefined) continue;
      const server = this.hold('begin', this.trialOf(connection));
      got[place] = server === undefined ? NONE : this.numberOf(server);
    }
    return got;
  }

  private trialOf(connection: number): Flow {
    return { ...this.workload.flow(connection), sourcePort: TRIAL_PORT };
  }

  private hold(part: 'begin' | 'stay' | 'end', flow: Flow): RealServer | undefined {
    return this.parts.conversations.hold(part, flow, this.service.fwmark);
  }

  /** Takes a connection out of the director's table. */
  private forget(flow: Flow): void {
    const { table } = this.parts.director;
    this.key.protocol = protocolNumber(flow.protocol);
    this.key.setClient(flow.source, flow.sourcePort);
    this.key.setVirtual(flow.destination, flow.destinationPort);
    const slot = table.findIn(this.key);
    if (slot !== NONE) table.remove(slot);
  }

  private numberOf(server: RealServer): number {
    const known = this.indexOf.get(server);
    if (known !== undefined) return known;
    const index = this.perServer.length;
    this.indexOf.set(server, index);
    this.perServer.push({ server, opened: 0, inUse: 0, peak: 0 });
    return index;
  }

  private countOpened(load: MutableLoad): void {
    this.openedCount += 1;
    this.inUse += 1;
    this.peakInUse = Math.max(this.peakInUse, this.inUse);
    load.opened += 1;
    load.inUse += 1;
    load.peak = Math.max(load.peak, load.inUse);
  }

  private countEnded(index: number): void {
    this.inUse -= 1;
    this.perServer[index].inUse -= 1;
  }
}
