/**
 * A connection of a {@link VirtualService}, for people with sockets: which server to talk to, and the duty
 * to say when it is over.
 */
import { NONE } from '../none.js';
import type { IpAddress } from '../ip-address.js';
import type { RealServer } from '../model/real-server.js';
import { Disposable } from '../platform-methods.js';

/** What a connection asks of its service. */
export interface ServiceConnectionOwner {
  /** The connection's own end, called once. */
  ended(connection: ServiceConnection): void;
  /** Its idle time starts again. */
  touched(connection: ServiceConnection): void;
  /** It has become active or inactive. */
  changed(connection: ServiceConnection, active: boolean): void;
  /** Its server has failed or answered. */
  judged(connection: ServiceConnection, healthy: boolean, error: unknown): void;
  /** Its server has failed, and the client wants another one. */
  retried(connection: ServiceConnection, error: unknown): ServiceConnection | undefined;
}

/** One client's connection to one real server; made by `VirtualService.connect`. */
export class ServiceConnection extends Disposable {
  /** The server to connect to. */
  readonly server: RealServer;
  /** The port to connect to, which differs from the server's own in services for many ports. */
  readonly port: number;
  /** The client's address. */
  readonly clientAddress: IpAddress;
  /** The client's port. */
  readonly clientPort: number;
  /** The port the client asked for. */
  readonly virtualPort: number;
  /** What the client is recognized by instead of its address, if it gave a key. */
  readonly key: string | undefined;
  /** The servers that the client must not get any more; `undefined` = none. @internal */
  readonly except: readonly RealServer[] | undefined;
  /** Its entry in the table while it is open, else −1; written by the service. @internal */
  slot: number;
  private readonly owner: ServiceConnectionOwner;

  /** Made by `VirtualService.connect`. @internal */
  constructor(
    owner: ServiceConnectionOwner,
    slot: number,
    server: RealServer,
    port: number,
    clientAddress: IpAddress,
    clientPort: number,
    virtualPort: number,
    key: string | undefined,
    except: readonly RealServer[] | undefined,
  ) {
    super();
    this.owner = owner;
    this.slot = slot;
    this.server = server;
    this.port = port;
    this.clientAddress = clientAddress;
    this.clientPort = clientPort;
    this.virtualPort = virtualPort;
    this.key = key;
    this.except = except;
  }

  /** The server's address as text, for `net.connect`. */
  get host(): string {
    return this.server.address.toString();
  }

  /** Whether it still counts at its server: it was not closed and did not run out. */
  get open(): boolean {
    return this.slot !== NONE;
  }

  /** Says that the connection is over; doing so twice does no harm. */
  close(): void {
    if (this.slot !== NONE) this.owner.ended(this);
  }

  /** Says that there was traffic: the idle time starts again. */
  touch(): void {
    if (this.slot !== NONE) this.owner.touched(this);
  }

  /** Counts it as active again. */
  activate(): void {
    if (this.slot !== NONE) this.owner.changed(this, true);
  }

  /** Counts it as inactive: still there, but no longer at work, such as a half-closed one. */
  deactivate(): void {
    if (this.slot !== NONE) this.owner.changed(this, false);
  }

  /**
   * Says that the server refused the connection or broke it, for outlier detection; the connection stays open.
   *
   * @param error - What happened; observers get it. A fault of this machine does not count: its code is EMFILE, ENFILE,
   *   ENOBUFS or ENOMEM.
   */
  fail(error?: unknown): void {
    this.owner.judged(this, false, error);
  }

  /** Says that the server has answered: its earlier failures are forgotten. */
  succeed(): void {
    this.owner.judged(this, true, undefined);
  }

  /**
   * Says that the server has failed, closes the connection, and opens one to another server for the same client.
   *
   * Servers that the client had before are not chosen again. A persistent client stays with the new one.
   *
   * @param error - What happened; observers get it. A fault of this machine does not count, as for {@link fail}.
   * @returns The new connection; `undefined` when no other server can take it.
   */
  retry(error?: unknown): ServiceConnection | undefined {
    return this.owner.retried(this, error);
  }

  /**
   * The connection in words, for people: what `console.log` shows under Node.
   *
   * @returns For example `ServiceConnection 198.51.100.7:40000 -> 10.0.0.1:80 (open)`.
   */
  describe(): string {
    const { clientAddress, clientPort, server, open } = this;
    const client = clientAddress.family === 6 ? `[${clientAddress}]` : `${clientAddress}`;
    return `ServiceConnection ${client}:${clientPort} -> ${server} (${open ? 'open' : 'closed'})`;
  }
}
