/**
 * A connection of a {@link VirtualService}, for people with sockets: which server to talk to, and the duty
 * to say when it is over.
 */
import type { Connection } from '../connections/connection.js';
import type { RealServer } from '../model/real-server.js';

/** What a connection tells its service. */
export interface ServiceConnectionOwner {
  /** The connection's own end, called once. */
  ended(entry: Connection): void;
  /** Its idle time starts anew. */
  touched(entry: Connection): void;
  /** It has become active or inactive. */
  changed(entry: Connection, active: boolean): void;
}

/** One client's connection to one real server; made by `VirtualService.connect`. */
export class ServiceConnection {
  /** The server to connect to. */
  readonly server: RealServer;
  /** The port to connect to, which differs from the server's own in services for many ports. */
  readonly port: number;
  /** Its entry in the table; `undefined` with one-packet scheduling. */
  private readonly entry: Connection | undefined;
  private readonly owner: ServiceConnectionOwner;

  /** Made by `VirtualService.connect`. @internal */
  constructor(
    owner: ServiceConnectionOwner,
    server: RealServer,
    port: number,
    entry: Connection | undefined,
  ) {
    this.owner = owner;
    this.server = server;
    this.port = port;
    this.entry = entry;
  }

  /** Whether it still counts at its server: it was not closed and did not run out. */
  get open(): boolean {
    return this.entry?.open === true;
  }

  /** Says that the connection is over; doing so twice does no harm. */
  close(): void {
    if (this.entry?.open === true) this.owner.ended(this.entry);
  }

  /** Says that there was traffic: the idle time starts anew. */
  touch(): void {
    if (this.entry?.open === true) this.owner.touched(this.entry);
  }

  /** Counts it as active again. */
  activate(): void {
    if (this.entry?.open === true) this.owner.changed(this.entry, true);
  }

  /** Counts it as inactive: still there, but no longer at work, such as a half-closed one. */
  deactivate(): void {
    if (this.entry?.open === true) this.owner.changed(this.entry, false);
  }
}
