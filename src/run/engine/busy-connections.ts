/**
 * Finds the connections that have many packets, so that the kernel can forward them by itself.
 *
 * Each {@link STRIDE}th frame is a sample when it is a request, and so is each merged packet, in both directions.
 * Between two beats, a connection with {@link BUSY} samples or {@link BUSY} times {@link BULK_SAMPLE} bytes of merged
 * packets is busy: the one counts packets, and the other finds a transfer within its first milliseconds. While the
 * kernel forwards it, its timer is restarted at each beat, as its packets would do, and the journal and backups hear of
 * it once. Cost: a look-up per sample, nothing for other packets.
 */
import type { Connection } from '../../connections/connection.js';
import { ConnectionKey } from '../../connections/entries/connection-key.js';
import { TCP_ESTABLISHED } from '../../connections/states/tcp.js';
import type { ConnectionTable } from '../../connections/connection-table.js';
import type { Director } from '../../director/director.js';
import type { RealServer } from '../../model/real-server.js';
import type { Service } from '../../services/service.js';
import type { SyncPart } from '../../sync/sync-part.js';
import { KERNEL_PATH_SECONDS } from '../kernel-path.js';
import type { BusyConnection } from '../kernel-path.js';

/** Odd, so that requests and replies in turn are both sampled. */
const STRIDE = 31;
const BUSY = 4;
/** Packets of so many bytes are merged ones. */
const MERGED = 8192;
/** Bytes of merged packets that count as one sample. */
const BULK_SAMPLE = 262_144;
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
  private readonly sync: Pick<SyncPart, 'uncountedPackets'>;
  private readonly key = new ConnectionKey();
  private readonly samples = new Map<number, number>();
  private readonly carried = new Map<number, Carried>();
  /** Connections that were reported, until they are confirmed. */
  private readonly reported = new Map<string, Connection>();
  private reports = 0;
  private untilSample = STRIDE;

  /**
   * @param director - The director.
   * @param report - Takes busy connections.
   * @param sync - Records and announces connections.
   */
  constructor(
    director: Director,
    report: (connection: BusyConnection) => void,
    sync: Pick<SyncPart, 'uncountedPackets'>,
  ) {
    this.director = director;
    this.table = director.table;
    this.report = report;
    this.sync = sync;
  }

  /**
   * Looks at a packet before it is decided on.
   *
   * @param view - Over the bytes that hold it.
   * @param at - Index of its first byte.
   * @param family - Its version.
   * @param length - Its bytes.
   * @param isRequest - Whether a client sent it.
   * @returns How much of a sample it is, for {@link BusyConnections.forwarded}; 0 when it is none.
   */
  sample(view: DataView, at: number, family: 4 | 6, length: number, isRequest: boolean): number {
    let weight = length < MERGED ? 0 : length / BULK_SAMPLE;
    if (--this.untilSample <= 0) {
      this.untilSample = STRIDE;
      if (isRequest) weight = 1;
    }
    if (weight === 0 || !isRequest) return weight;
    return this.readKey(view, at, family, true) ? weight : 0;
  }

  /**
   * Counts a sample that was forwarded.
   *
   * @param weight - How much of a sample it is.
   */
  forwarded(weight: number): void {
    const { table, samples } = this;
    const slot = table.findIn(this.key);
    if (slot < 0 || this.isCarried(slot) || !this.isEligible(slot)) return;
    const count = samples.get(slot) ?? 0;
    samples.set(slot, count + weight);
    if (count < BUSY && count + weight >= BUSY) this.carry(slot);
  }

  /**
   * Counts a sample that was forwarded to a client.
   *
   * @param weight - How much of a sample it is.
   * @param view - Over the bytes that hold the packet, which comes from the virtual address now.
   * @param at - Index of its first byte.
   * @param family - Its version.
   */
  forwardedReply(weight: number, view: DataView, at: number, family: 4 | 6): void {
    if (this.readKey(view, at, family, false)) this.forwarded(weight);
  }

  /**
   * Which of the reported connections the kernel may forward still.
   *
   * @param ids - What they were called.
   * @returns Those in whose state packets change nothing; the others may be reported again.
   */
  confirm(ids: readonly string[]): string[] {
    return ids.filter((id) => {
      const connection = this.reported.get(id);
      this.reported.delete(id);
      if (connection === undefined) return false;
      const isSteady = this.isSteady(connection);
      if (!isSteady) this.carried.delete(connection.slot);
      return isSteady;
    });
  }

  /**
   * Restarts the timers of the connections that the kernel forwards; called a few times a second.
   *
   * @param now - The present time in milliseconds.
   */
  beat(now: number): void {
    this.samples.clear();
    for (const [slot, carried] of this.carried) {
      const isFirst = carried.untilMs === Infinity;
      if (isFirst) carried.untilMs = now + KERNEL_PATH_SECONDS * 1000;
      if (now > carried.untilMs || !this.isSteady(carried.connection)) this.carried.delete(slot);
      else {
        this.table.touch(slot, now);
        if (isFirst) this.sync.uncountedPackets(slot, now);
      }
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
    const id = `${process.pid}.${this.reports++}`;
    const busy = busyConnection(id, table, connection, this.serviceOf(connection.server));
    if (busy === undefined) return;
    this.reported.set(id, connection);
    this.carried.set(slot, { connection, untilMs: Infinity });
    this.report(busy);
  }

  private serviceOf(server: RealServer | undefined): Service | undefined {
    for (const service of this.director.services) {
      for (const each of service.servers) if (each === server) return service;
    }
    return undefined;
  }

  /** Reads the key of the connection of a request, or of a reply; `false`: it has none. */
  private readKey(view: DataView, at: number, family: 4 | 6, isRequest: boolean): boolean {
    const protocol = view.getUint8(at + (family === 4 ? 9 : 6));
    if (protocol !== TCP && protocol !== UDP) return false;
    this.key.protocol = protocol;
    if (family === 4) this.readKey4(view, at, isRequest);
    else this.readKey6(view, at, isRequest);
    return true;
  }

  private readKey4(view: DataView, at: number, isRequest: boolean): void {
    const ports = at + (view.getUint8(at) & 0xf) * 4;
    const [client, virtual] = isRequest ? [0, 1] : [1, 0];
    this.key.set4(
      this.key.protocol,
      view.getInt32(at + 12 + client * 4),
      view.getUint16(ports + client * 2),
      view.getInt32(at + 12 + virtual * 4),
      view.getUint16(ports + virtual * 2),
    );
  }

  private readKey6(view: DataView, at: number, isRequest: boolean): void {
    const { key } = this;
    const [client, virtual] = isRequest ? [at + 8, at + 24] : [at + 24, at + 8];
    key.family = 6;
    key.client0 = view.getInt32(client);
    key.client1 = view.getInt32(client + 4);
    key.client2 = view.getInt32(client + 8);
    key.client3 = view.getInt32(client + 12);
    key.virtual0 = view.getInt32(virtual);
    key.virtual1 = view.getInt32(virtual + 4);
    key.virtual2 = view.getInt32(virtual + 8);
    key.virtual3 = view.getInt32(virtual + 12);
    key.clientPort = view.getUint16(at + (isRequest ? 40 : 42));
    key.virtualPort = view.getUint16(at + (isRequest ? 42 : 40));
  }
}

/** Describes a connection; `undefined` when the kernel cannot forward it. */
function busyConnection(
  id: string,
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
    id,
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
