/**
 * The sockets of the synchronization daemons. They are the supervisor's, so they outlive an engine: what comes while
 * engines change waits for the next one.
 *
 * Nothing in a datagram is looked at here. A socket that fails, as without a route or an address of its interface, is
 * opened again every few seconds. So are the sockets of an interface that was deleted and made again: they would
 * hear nothing any more, and no error says so.
 */
import type { SyncDaemon, SyncRole } from '../../sync/sync-daemon.js';
import type { SyncChannel } from '../../sync/sync-transport.js';
import { UdpTransport, type UdpTransportStatistics } from '../../sync/node/udp-transport.js';
import type { Announcement } from '../engine/messages.js';
import type { Log } from './log.js';

const AGAIN_MS = 5000;
/** The greatest number of ports of a daemon. */
const MOST_PORTS = 64;
/** How many bytes may wait for the engine, in base 64, before further messages are dropped. */
const MOST_WAITING = 1 << 24;
/** How many are given to it at once. */
const BATCH = 1 << 17;
const END_MS = 200;
const LOOK_MS = 5;
/** How often interfaces are looked at. */
const INTERFACE_MS = 1000;

/** What a sync network works with. */
export interface SyncNetworkParts {
  /** How many ports messages are spread over. */
  readonly ports: () => number;
  /** Gives messages of the backup, in base 64, to the engine; settled when it has taken them over. */
  readonly deliver: (messages: readonly string[]) => Promise<unknown>;
  /** The number of an interface, which is another one when it was made again; `undefined` while it is not there. */
  readonly interfaceNumber: (name: string) => number | undefined;
  /** Takes events. */
  readonly log: Log;
}

/** What went through the sockets. */
export type SyncNetworkStatistics = UdpTransportStatistics;

/** A daemon and its sockets. */
interface OpenDaemon {
  readonly daemon: SyncDaemon;
  channel: SyncChannel;
  /** The number of its interface when it was there last. */
  number: number | undefined;
  /** The time at which the sockets are opened again; `undefined` while they work. */
  again: NodeJS.Timeout | undefined;
}

/** The sockets of one director's daemons. */
export class SyncNetwork {
  private readonly parts: SyncNetworkParts;
  private readonly daemons = new Map<SyncRole, OpenDaemon>();
  private readonly transports: Readonly<Record<SyncRole, UdpTransport>>;
  private waiting: string[] = [];
  private waitingBytes = 0;
  private dropped = 0;
  private announced = 0;
  private isDelivering = false;
  private readonly watch: NodeJS.Timeout;

  /** @param parts - What it works with. */
  constructor(parts: SyncNetworkParts) {
    this.parts = parts;
    this.transports = { master: this.transportOf('master'), backup: this.transportOf('backup') };
    this.watch = setInterval(() => this.lookAtInterfaces(), INTERFACE_MS);
  }

  /** What went through the sockets since the supervisor started. */
  get statistics(): SyncNetworkStatistics {
    const { master, backup } = this.transports;
    const [sent, received] = [master.statistics, backup.statistics];
    return {
      ...received,
      sent: sent.sent,
      waiting: sent.waiting + received.waiting,
      dropped: sent.dropped + received.dropped + this.dropped,
      failed: sent.failed + received.failed,
    };
  }

  /**
   * Opens the sockets of a daemon.
   *
   * @param daemon - The daemon.
   */
  start(daemon: SyncDaemon): void {
    this.stop(daemon.role);
    const { role, device, syncId } = daemon;
    const number = this.parts.interfaceNumber(device);
    this.daemons.set(role, { daemon, channel: this.open(daemon), number, again: undefined });
    this.parts.log('sync-started', { role, device, syncId });
  }

  /**
   * Closes the sockets of a daemon, if it runs.
   *
   * @param role - Its role.
   */
  stop(role: SyncRole): void {
    const found = this.daemons.get(role);
    if (found === undefined) return;
    clearTimeout(found.again);
    found.channel.close();
    this.daemons.delete(role);
  }

  /**
   * Sends a message of the master.
   *
   * @param message - The message.
   */
  send({ port, bytes }: Announcement): void {
    const found = this.daemons.get('master');
    // An engine that was taken over might name any other port, or give no bytes.
    if (found === undefined || !(port >= 0 && port < MOST_PORTS)) return;
    if (typeof bytes !== 'string') return;
    const message = Buffer.from(bytes, 'base64');
    this.announced++;
    found.channel.send(message, message.length, port);
  }

  /** Ends; what was announced is sent by then. */
  async close(): Promise<void> {
    clearInterval(this.watch);
    const { master } = this.transports;
    const isSent = (): boolean => {
      const { sent, dropped, failed } = master.statistics;
      return sent + dropped + failed >= this.announced;
    };
    const end = performance.now() + END_MS;
    while (!isSent() && performance.now() < end) await pass(LOOK_MS);
    for (const role of ['master', 'backup'] as const) this.stop(role);
  }

  private transportOf(role: SyncRole): UdpTransport {
    return new UdpTransport({ onError: (error) => this.openAgain(role, error) });
  }

  private open(daemon: SyncDaemon): SyncChannel {
    const { transports, parts } = this;
    return transports[daemon.role].open(daemon, parts.ports(), (bytes) => this.received(bytes));
  }

  private openAgain(role: SyncRole, error: Error): void {
    const found = this.daemons.get(role);
    if (found === undefined || found.again !== undefined) return;
    this.parts.log('sync-failed', { role, reason: error.message });
    found.again = setTimeout(() => this.reopen(found), AGAIN_MS);
  }

  private lookAtInterfaces(): void {
    for (const found of this.daemons.values()) {
      const { role, device } = found.daemon;
      const number = this.parts.interfaceNumber(device);
      if (number === undefined || number === found.number) continue;
      const isNew = found.number !== undefined;
      found.number = number;
      if (!isNew) continue;
      this.parts.log('sync-interface-changed', { role, device });
      this.reopen(found);
    }
  }

  private reopen(found: OpenDaemon): void {
    clearTimeout(found.again);
    found.again = undefined;
    found.channel.close();
    found.channel = this.open(found.daemon);
  }

  private received(bytes: Uint8Array): void {
    const message = Buffer.from(bytes).toString('base64');
    if (this.waitingBytes + message.length > MOST_WAITING) {
      this.dropped++;
      return;
    }
    this.waiting.push(message);
    this.waitingBytes += message.length;
    if (!this.isDelivering) void this.deliver();
  }

  /** Gives the engine what waits, one batch after the other. */
  private async deliver(): Promise<void> {
    this.isDelivering = true;
    while (this.waiting.length > 0) {
      const batch = this.nextBatch();
      await this.parts.deliver(batch);
    }
    this.isDelivering = false;
  }

  private nextBatch(): string[] {
    let [count, bytes] = [0, 0];
    while (count < this.waiting.length && bytes < BATCH) bytes += this.waiting[count++].length;
    this.waitingBytes -= bytes;
    return this.waiting.splice(0, count);
  }
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
