/**
 * Carries synchronization messages over UDP, as the kernel's daemons do: multicast, or unicast to one peer.
 *
 * A master never waits: its messages leave at a rate that a backup can follow ({@link SendQueue}), the others are queued
 * up to a limit, and beyond it dropped and counted, since a later message about the same connection makes an earlier one
 * useless. A backup takes datagrams as fast as they come and applies them in portions ({@link ReceiveQueue}), so that its
 * event loop stays free.
 */
import { createSocket, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { type OptionNames, requireInteger, requireKnownOptions } from '../../errors.js';
import type { IpAddress } from '../../ip-address.js';
import type { SyncDaemon } from '../sync-daemon.js';
import type { SyncChannel, SyncTransport } from '../sync-transport.js';
import { ReceiveQueue } from './receive-queue.js';
import { type SendLimits, SendQueue } from './send-queue.js';
import { socketDrops } from './socket-drops.js';

/** What a {@link UdpTransport} takes. */
export interface UdpTransportOptions {
  /** How many messages may wait to be sent before further ones are dropped; 1–1000000, default 50000. */
  readonly queueLimit?: number;
  /**
   * How many bytes of messages a master sends in a second, 100000–10000000000; default 20000000, some 540,000 connections.
   * What is faster than a backup applies, or than its buffer takes at once, is lost.
   */
  readonly bytesPerSecond?: number;
  /** How many received messages may wait to be applied before further ones are dropped; 1–1000000, default 50000. */
  readonly receiveLimit?: number;
  /**
   * The size of the socket's buffer in bytes, for sending at a master and receiving at a backup; the system may have a
   * lower limit (`net.core.rmem_max`). Default: the system's at a master, 4194304 at a backup.
   */
  readonly bufferBytes?: number;
  /** Whether multicast messages also reach this host; default `false`, as with the kernel's daemon. */
  readonly loopback?: boolean;
  /**
   * Called when a socket fails: without permission, device or route. The daemon goes on; default: the
   * failure is only counted. A device that is not there yet, or has no carrier, is tried again every second.
   */
  readonly onError?: (error: Error) => void;
}

/** What went through a {@link UdpTransport}. */
export interface UdpTransportStatistics {
  /** Messages that the system took. */
  readonly sent: number;
  /** Messages that were dropped because too many waited, to be sent or to be applied. */
  readonly dropped: number;
  /** Messages that arrived. */
  readonly received: number;
  /** Messages that wait, to be sent or to be applied. */
  readonly waiting: number;
  /** Messages that the system dropped because a backup's buffer was full; 0 where the system does not say (Linux does). */
  readonly overflowed: number;
  /** Failures of sockets. */
  readonly failed: number;
}

const OPTION_NAMES: OptionNames<UdpTransportOptions> = {
  queueLimit: true,
  bytesPerSecond: true,
  receiveLimit: true,
  bufferBytes: true,
  loopback: true,
  onError: true,
};

/** How long a device that cannot be used is left alone. */
const RETRY_MS = 1000;

/** The buffer of a backup: some 1800 messages of usual length. */
const RECEIVE_BUFFER_BYTES = 4 << 20;

/**
 * The transport of real networks.
 *
 * @example
 * {@includeCode ../../../docs/examples/synchronization-udp.ts}
 */
export class UdpTransport implements SyncTransport {
  private readonly options: UdpTransportOptions;
  private readonly sendLimits: SendLimits;
  private readonly receiveLimit: number;
  private readonly queues = new Set<ReceiveQueue | SendQueue>();
  private readonly ports = new Set<number>();
  private sent = 0;
  private dropped = 0;
  private received = 0;
  private failed = 0;

  /**
   * @param options - Limits and buffers.
   * @throws {TypeError} When an option has another name, or a value the wrong type.
   * @throws {RangeError} When a value is out of range.
   */
  constructor(options: UdpTransportOptions = {}) {
    requireKnownOptions('create a UDP transport', options, OPTION_NAMES);
    this.options = options;
    const { queueLimit = 50_000, bytesPerSecond = 20_000_000 } = options;
    this.sendLimits = {
      messages: requireInteger('queue limit', queueLimit, 1, 1_000_000),
      bytesPerSecond: requireInteger('bytes per second', bytesPerSecond, 100_000, 10_000_000_000),
    };
    const receiveLimit = options.receiveLimit ?? 50_000;
    this.receiveLimit = requireInteger('receive limit', receiveLimit, 1, 1_000_000);
    if (options.bufferBytes !== undefined) {
      requireInteger('buffer size', options.bufferBytes, 1, 0x7fffffff);
    }
  }

  /** What went through all channels so far. */
  get statistics(): UdpTransportStatistics {
    const { sent, dropped, received, failed } = this;
    const waiting = [...this.queues].reduce((sum, { size }) => sum + size, 0);
    const overflowed = this.ports.size === 0 ? 0 : socketDrops(this.ports);
    return { sent, dropped, received, waiting, overflowed, failed };
  }

  /**
   * Opens the sockets of a daemon; they are ready a moment later, and messages until then wait.
   *
   * @param daemon - How it runs.
   * @param ports - How many ports there are, from the daemon's on.
   * @param receive - Takes each datagram, at a backup.
   * @returns The channel.
   */
  open(daemon: SyncDaemon, ports: number, receive: (bytes: Uint8Array) => void): SyncChannel {
    return daemon.role === 'master'
      ? this.openMaster(daemon)
      : this.openBackup(daemon, ports, receive);
  }

  private openMaster(daemon: SyncDaemon): SyncChannel {
    const socket = this.socketFor(daemon);
    const group = String(daemon.group);
    const queue = new SendQueue((message, portIndex, confirmed) => {
      socket.send(message, daemon.port + portIndex, group, (error) => {
        if (error === null) this.sent++;
        else this.fail(error);
        confirmed();
      });
    }, this.sendLimits);
    this.queues.add(queue);
    socket.bind(0, () => this.prepareMaster(socket, daemon));
    return {
      send: (bytes, length, portIndex) => {
        if (!queue.push(bytes, length, portIndex)) this.dropped++;
      },
      close: () =>
        queue.end((unsent) => {
          this.dropped += unsent;
          this.queues.delete(queue);
          socket.close();
        }),
    };
  }

  private prepareMaster(socket: Socket, daemon: SyncDaemon): void {
    const { bufferBytes, loopback = false } = this.options;
    this.attempt(socket, () => {
      if (bufferBytes !== undefined) socket.setSendBufferSize(bufferBytes);
      if (!isMulticast(daemon.group)) {
        socket.setTTL(daemon.ttl);
        return;
      }
      socket.setMulticastTTL(daemon.ttl);
      socket.setMulticastLoopback(loopback);
      socket.setMulticastInterface(interfaceOf(daemon));
    });
  }

  private openBackup(
    daemon: SyncDaemon,
    ports: number,
    receive: (bytes: Uint8Array) => void,
  ): SyncChannel {
    const queue = new ReceiveQueue(receive, this.receiveLimit);
    this.queues.add(queue);
    const sockets = Array.from({ length: ports }, (_, index) => {
      const socket = this.socketFor(daemon);
      socket.on('message', (message) => {
        this.received++;
        if (!queue.push(message)) this.dropped++;
      });
      this.ports.add(daemon.port + index);
      socket.bind(daemon.port + index, () => this.prepareBackup(socket, daemon));
      return socket;
    });
    const close = (): void => {
      for (const socket of sockets) socket.close();
      queue.clear();
      this.queues.delete(queue);
    };
    return { send: () => undefined, close };
  }

  private prepareBackup(socket: Socket, daemon: SyncDaemon): void {
    const { bufferBytes = RECEIVE_BUFFER_BYTES } = this.options;
    this.attempt(socket, () => {
      socket.setRecvBufferSize(bufferBytes);
      if (isMulticast(daemon.group)) {
        socket.addMembership(String(daemon.group), interfaceOf(daemon));
      }
    });
  }

  private socketFor(daemon: SyncDaemon): Socket {
    const type = daemon.group.family === 4 ? 'udp4' : 'udp6';
    const socket = createSocket({ type, reuseAddr: true });
    socket.on('error', (error) => this.fail(error));
    return socket;
  }

  /** Prepares a socket, again and again until it can be: a peer that is off leaves a cable without carrier. */
  private attempt(socket: Socket, prepare: () => void): void {
    const error = errorOf(prepare);
    if (error === undefined) return;
    this.fail(error);
    const timer = setInterval(() => {
      if (errorOf(prepare) === undefined) clearInterval(timer);
    }, RETRY_MS);
    timer.unref();
    socket.once('close', () => clearInterval(timer));
  }

  private fail(error: Error): void {
    this.failed++;
    this.options.onError?.(error);
  }
}

/** Does something; what it throws, if it does. */
function errorOf(action: () => void): Error | undefined {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  return undefined;
}

function isMulticast(address: IpAddress): boolean {
  return address.family === 4 ? address.word3 >>> 28 === 0xe : address.word0 >>> 24 === 0xff;
}

/** The interface of a daemon as Node names it: by its IPv4 address, or as the zone of the IPv6 one. */
function interfaceOf(daemon: SyncDaemon): string {
  if (daemon.group.family === 6) return `::%${daemon.device}`;
  const addresses = networkInterfaces()[daemon.device] ?? [];
  const address = addresses.find(({ family }) => family === 'IPv4');
  if (address === undefined) {
    throw new Error(
      `Cannot use ${daemon.device} for synchronization: it has no IPv4 address, or no carrier`,
    );
  }
  return address.address;
}
