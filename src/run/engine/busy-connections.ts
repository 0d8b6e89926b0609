/**
 * Finds the connections that have many packets, so that the kernel can forward them by itself.
 *
 * Each {@link STRIDE}th frame is a sample. A connection that is sampled {@link BUSY} times between two beats is busy.
 * While the kernel forwards it, its timer is restarted at each beat, as its packets would do. Cost: a look-up per
 * sample, nothing for other packets.
 */
import type { Connection } from '../../connections/connection.js';
import { ConnectionKey } from '../../connections/connection-key.js';
import { TCP_ESTABLISHED } from '../../connections/states/tcp.js';
import type { ConnectionTable } from '../../connections/connection-table.js';
import type { Director } from '../../director/director.js';
import type { RealServer } from '../../model/real-server.js';
import type { Service } from '../../services/service.js';
import { KERNEL_PATH_SECONDS } from '../kernel-path.js';
import type { BusyConnection } from './messages.js';

/** Odd, so that requests and replies in turn are both sampled. */
const STRIDE = 31;
const BUSY = 4;
/** A connection whose timer is shorter could end while the kernel forwards it. */
const SHORTEST_TIMEOUT_MS = 4000 * KERNEL_PATH_SECONDS;
const MOST = 8192;
const TCP = 6;
const UDP = 17;
const NONE = -1;

/** A connection that the kernel forwards. */
interface Carried {
  readonly connection: Connection;
  /** Until when; set at the first beat. */
  untilMs: number;
}

/** Finds busy connections of one director. */
export class BusyConnections {
  private readonly director: Director;
  private readonly table: ConnectionTable;
  private readonly report: (connection: BusyConnection) => void;
  private readonly key = new ConnectionKey();
  private readonly samples = new Map<number, number>();
  private readonly carried = new Map<number, Carried>();
  private untilSample = STRIDE;

  /**
   * @param director - The director.
   * @param report - Takes busy connections.
   */
  constructor(director: Director, report: (connection: BusyConnection) => void) {
    this.director = director;
    this.table = director.table;
    this.report = report;
  }

  /**
   * Looks at a packet before it is decided on.
   *
   * @param view - Over the bytes that hold it.
   * @param at - Index of its first byte.
   * @param family - Its version.
   * @returns Whether it is a sample, which {@link BusyConnections.forwarded} takes.
   */
  isSample(view: DataView, at: number, family: 4 | 6): boolean {
    if (--this.untilSample > 0) return false;
    this.untilSample = STRIDE;
    return family === 4 ? this.readKey4(view, at) : this.readKey6(view, at);
  }

  /** Counts the sample, whose packet was forwarded to a server. */
  forwarded(): void {
    const { table, samples } = this;
    const slot = table.findIn(this.key);
    if (slot < 0 || this.isCarried(slot) || !this.isEligible(slot)) return;
    const count = (samples.get(slot) ?? 0) + 1;
    samples.set(slot, count);
    if (count === BUSY) this.carry(slot);
  }

  /**
   * Restarts the timers of the connections that the kernel forwards; called a few times a second.
   *
   * @param now - The present time in milliseconds.
   */
  beat(now: number): void {
    this.samples.clear();
    for (const [slot, carried] of this.carried) {
      if (carried.untilMs === Infinity) carried.untilMs = now + KERNEL_PATH_SECONDS * 1000;
      if (now > carried.untilMs || !this.isSteady(carried.connection)) this.carried.delete(slot);
      else this.table.touch(slot, now);
    }
  }

  private isCarried(slot: number): boolean {
    const known = this.carried.get(slot);
    if (known === undefined) return false;
    if (known.connection.open) return true;
    this.carried.delete(slot);
    return false;
  }

  private isEligible(slot: number): boolean {
    const { table } = this;
    if (this.carried.size >= MOST || !this.isInSteadyState(slot)) return false;
    const connection = table.connection(slot);
    return (connection.timeoutMs ?? 0) >= SHORTEST_TIMEOUT_MS && connection.server !== undefined;
  }

  /** Whether packets change nothing of a connection but its timer. */
  private isSteady(connection: Connection): boolean {
    return connection.open && this.isInSteadyState(connection.slot);
  }

  private isInSteadyState(slot: number): boolean {
    const { table } = this;
    return table.protocol(slot) === UDP || table.state(slot) === TCP_ESTABLISHED;
  }

  private carry(slot: number): void {
    const { table } = this;
    const connection = table.connection(slot);
    const busy = busyConnection(table, connection, this.serviceOf(connection.server));
    if (busy === undefined) return;
    this.carried.set(slot, { connection, untilMs: Infinity });
    this.report(busy);
  }

  private serviceOf(server: RealServer | undefined): Service | undefined {
    for (const service of this.director.services) {
      for (const each of service.servers) if (each === server) return service;
    }
    return undefined;
  }

  private readKey4(view: DataView, at: number): boolean {
    const protocol = view.getUint8(at + 9);
    if (protocol !== TCP && protocol !== UDP) return false;
    const ports = at + (view.getUint8(at) & 0xf) * 4;
    this.key.set4(
      protocol,
      view.getInt32(at + 12),
      view.getUint16(ports),
      view.getInt32(at + 16),
      view.getUint16(ports + 2),
    );
    return true;
  }

  private readKey6(view: DataView, at: number): boolean {
    const { key } = this;
    key.protocol = view.getUint8(at + 6);
    if (key.protocol !== TCP && key.protocol !== UDP) return false;
    key.family = 6;
    key.client0 = view.getInt32(at + 8);
    key.client1 = view.getInt32(at + 12);
    key.client2 = view.getInt32(at + 16);
    key.client3 = view.getInt32(at + 20);
    key.virtual0 = view.getInt32(at + 24);
    key.virtual1 = view.getInt32(at + 28);
    key.virtual2 = view.getInt32(at + 32);
    key.virtual3 = view.getInt32(at + 36);
    key.clientPort = view.getUint16(at + 40);
    key.virtualPort = view.getUint16(at + 42);
    return true;
  }
}

/** Describes a connection; `undefined` when the kernel cannot forward it. */
function busyConnection(
  table: ConnectionTable,
  connection: Connection,
  service: Service | undefined,
): BusyConnection | undefined {
  const { slot, clientAddress, clientPort, virtualAddress, virtualPort, server, serverPort } =
    connection;
  if (service === undefined || clientAddress === undefined || server === undefined)
    return undefined;
  const { forwardingMethod } = server;
  if (forwardingMethod !== 'masquerading' && forwardingMethod !== 'gatewaying') return undefined;
  return {
    family: clientAddress.family,
    protocol: table.protocol(slot) === TCP ? 'tcp' : 'udp',
    method: forwardingMethod,
    client: clientAddress.toString(),
    clientPort: clientPort ?? NONE,
    virtual: String(virtualAddress),
    virtualPort: virtualPort ?? NONE,
    server: server.address.toString(),
    serverPort: serverPort ?? NONE,
    service: service.toString(),
    serverName: server.toString(),
  };
}
