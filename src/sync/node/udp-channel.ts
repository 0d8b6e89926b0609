/**
 * Between machines: messages as JSON in UDP datagrams, to a list of peers.
 *
 * Datagrams may be lost, so processes send heartbeats and ask for what they miss. They are neither signed nor
 * encrypted: keep their network to the balancers.
 */
import { createSocket, type Socket } from 'node:dgram';
import { isIP, isIPv6 } from 'node:net';
import { type OptionNames, requireInteger, requireKnownOptions, show } from '../../errors.js';
import { readServerAddress } from '../../model/server-address.js';
import type { SharedChannel, SharedReceiver } from '../sharing/shared-channel.js';
import type { SharedMessage } from '../sharing/shared-message.js';

/** Of some 80 bytes each: a message stays below the usual MTU. */
const ITEMS_PER_MESSAGE = 12;

/** Where a {@link UdpChannel} listens, and to whom it sends. */
export interface UdpChannelOptions {
  /** The address to listen at: one of this host, or `localhost`. */
  readonly address: string;
  /** The port, 1–65535. */
  readonly port: number;
  /** The other processes, as `ADDRESS:PORT`. */
  readonly peers: readonly string[];
  /** Called when the socket fails; default: failures are ignored, as lost datagrams are. */
  readonly onError?: (error: Error) => void;
}

const OPTION_NAMES: OptionNames<UdpChannelOptions> = {
  address: true,
  port: true,
  peers: true,
  onError: true,
};

/** A channel over UDP. */
export class UdpChannel implements SharedChannel {
  readonly isReliable = false;
  readonly itemsPerMessage: number = ITEMS_PER_MESSAGE;
  private readonly options: UdpChannelOptions;
  private readonly peers: readonly { readonly address: string; readonly port: number }[];
  /** Does nothing until the socket is open. */
  private post: (bytes: Uint8Array) => void = () => undefined;
  private end: () => void = () => undefined;

  /**
   * @param options - Where it listens, and to whom it sends.
   * @throws {TypeError} When an option has an unknown name or the wrong type.
   * @throws {RangeError} When a port or an address is none.
   */
  constructor(options: UdpChannelOptions) {
    requireKnownOptions('create a UDP channel', options, OPTION_NAMES);
    requireInteger('port', options.port, 1, 65_535);
    const { address, peers } = options;
    if (address !== 'localhost' && isIP(address) === 0) {
      throw new RangeError(`Invalid address: expected one of this host, got ${show(address)}`);
    }
    if (!Array.isArray(peers)) {
      throw new TypeError(`Invalid peers: expected a list of 'ADDRESS:PORT', got ${show(peers)}`);
    }
    this.options = options;
    this.peers = options.peers.map((peer) => {
      const { address, port } = readServerAddress(peer);
      return { address: String(address), port };
    });
  }

  /**
   * Opens the socket; what is sent before it is ready waits.
   *
   * @param receiver - What to call.
   */
  open(receiver: SharedReceiver): void {
    const { address, port } = this.options;
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    socket.on('error', (error) => this.options.onError?.(error));
    socket.on('message', (bytes) => receiver.receive(parsed(bytes)));
    socket.bind(port, address);
    // As a timer does not, sharing alone does not keep a process alive.
    socket.unref();
    this.post = (bytes) => this.postTo(socket, bytes);
    this.end = () => socket.close();
  }

  /**
   * Sends to all peers.
   *
   * @param message - The message.
   */
  send(message: SharedMessage): void {
    this.post(Buffer.from(JSON.stringify(message)));
  }

  /** Closes the socket. */
  close(): void {
    this.end();
    this.post = this.end = () => undefined;
  }

  private postTo(socket: Socket, bytes: Uint8Array): void {
    for (const { address, port } of this.peers) {
      socket.send(bytes, port, address, (error) => {
        if (error !== null) this.options.onError?.(error);
      });
    }
  }
}

/** What a datagram holds; `undefined` when it is no JSON. */
function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString()) as unknown;
  } catch {
    return undefined;
  }
}
