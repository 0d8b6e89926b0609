/**
 * Opening a connection of a service: which server it goes to, and its entry in the table.
 *
 * A persistent service asks its templates first, and its scheduler only when there is no valid one; any
 * other service takes packets for its own port alone (a firewall-mark service for any). One-packet
 * connections (`one-packet.ts`) get no entry.
 */
import { NONE } from '../none.js';
import { ConnectionKey } from '../connections/entries/connection-key.js';
import type { ConnectionTable } from '../connections/connection-table.js';
import { type InitialState, NEW_ENTRY } from '../connections/entries/initial-state.js';
import { IpAddress } from '../ip-address.js';
import type { Flow } from '../model/flow.js';
import type { RealServer } from '../model/real-server.js';
import { countOnePacket } from './one-packet.js';
import type { Persistence } from './persistence-settings.js';
import { findValidTemplate, insertTemplate } from './persistence.js';
import { servesPort } from './served-ports.js';
import type { Service } from './service.js';
import { persistentServerPort, serverPortOf, templateServerPort } from './server-port.js';
import { toTemplateKey } from './template-key.js';

const NO_ADDRESS = IpAddress.fromIpv6(0, 0, 0, 0);

/** A connection that was opened: one object that is filled again for each, so it is valid until the next one. */
export interface OpenedConnection {
  /** Its service. */
  readonly service: Service;
  /** The chosen server. */
  readonly server: RealServer;
  /** Its server-side port. */
  readonly serverPort: number;
  /** Its entry; −1 for a one-packet connection, which has none. */
  readonly slot: number;
  /** The template that controls it; −1 without persistence. */
  readonly template: number;
}

/** The same while it is filled. */
type Filled = { -readonly [Name in keyof OpenedConnection]: OpenedConnection[Name] };

/** The connection; or `no-destination` (no server can or may take it), or `table-full`. */
export type Opening = OpenedConnection | 'no-destination' | 'table-full';

/** Chooses servers for a service in which not every server may be chosen. */
export interface ServerChoice {
  /**
   * Picks a server instead of the service's scheduler.
   *
   * @param flow - The packet that opens the connection.
   * @returns A server, or `undefined` when none may take it.
   */
  schedule(flow: Flow): RealServer | undefined;
  /**
   * Whether a server that a template remembers may be chosen again.
   *
   * @param server - The server.
   */
  allows(server: RealServer): boolean;
}

/** Whether templates of quiesced servers are given up; see the tunable `expire_quiescent_template`. */
export type ExpireQuiescent = () => boolean;

/** Opens connections in one table. */
export class ConnectionOpener {
  /** Chooses instead of the scheduler, for the next connections; `undefined` = the scheduler chooses. */
  choice: ServerChoice | undefined = undefined;
  /** Stands for the client in templates, for the next connections; `undefined` = its address does. */
  sticky: IpAddress | undefined = undefined;
  private readonly table: ConnectionTable;
  private readonly expireQuiescent: ExpireQuiescent;
  private readonly initialState: InitialState;
  private readonly templateKey = new ConnectionKey();
  private opened: Filled | undefined = undefined;

  /**
   * @param table - Receives the entries.
   * @param expireQuiescent - Whether a template whose server has weight 0 is given up; default never.
   * @param initialState - The initial state of entries; default that of entries made by packets.
   */
  constructor(
    table: ConnectionTable,
    expireQuiescent: ExpireQuiescent = () => false,
    initialState: InitialState = NEW_ENTRY,
  ) {
    this.table = table;
    this.expireQuiescent = expireQuiescent;
    this.initialState = initialState;
  }

  /**
   * Opens a connection.
   *
   * @param service - The service it belongs to.
   * @param key - Its key: protocol, client and virtual endpoint.
   * @param flow - The same endpoints for the scheduler.
   * @param onePacket - Whether it ends with its packet.
   * @param now - The present time in milliseconds.
   * @returns The connection, or why there is none.
   */
  open(service: Service, key: ConnectionKey, flow: Flow, onePacket: boolean, now: number): Opening {
    const { persistence } = service;
    if (persistence !== undefined) {
      return this.openPersistent(service, persistence, key, flow, onePacket, now);
    }
    const server = servesPort(service, key.virtualPort)
      ? (this.choice ?? service.scheduler).schedule(flow)
      : undefined;
    if (server === undefined) return 'no-destination';
    const port = serverPortOf(server, key.virtualPort);
    const slot = onePacket ? countOnePacket(server) : this.insert(service, server, port, key, now);
    if (slot === NONE && !onePacket) return 'table-full';
    return this.fill(service, server, port, slot, NONE);
  }

  private openPersistent(
    service: Service,
    persistence: Persistence,
    key: ConnectionKey,
    flow: Flow,
    onePacket: boolean,
    now: number,
  ): Opening {
    const { table } = this;
    // A template and its connection: neither may be dropped for the other.
    if (!table.makeRoomFor(2, now)) return 'table-full';
    const template = this.templateOf(service, persistence, key, flow, now);
    if (typeof template === 'string') return template;
    const server = table.server(template) as RealServer;
    return this.openControlled(service, server, key, template, onePacket, now);
  }

  /**
   * Opens a connection that a masqueraded server begins, in a persistent service.
   *
   * @param service - The service.
   * @param server - The server.
   * @param key - The key: the client is the packet's destination, the virtual endpoint is the service's.
   * @param onePacket - Whether it ends with its packet.
   * @param now - The present time in milliseconds.
   * @returns The connection, to that server. The client's template is made for the server if there is none.
   */
  openFromServer(
    service: Service,
    server: RealServer,
    key: ConnectionKey,
    onePacket: boolean,
    now: number,
  ): Opening {
    const { table } = this;
    const { persistence } = service;
    if (persistence === undefined) return 'no-destination';
    if (!table.makeRoomFor(2, now)) return 'table-full';
    const templateKey = this.templateKey.copy(key);
    toTemplateKey(templateKey, service, persistence);
    const found = findValidTemplate(table, templateKey, this.expireQuiescent());
    const port = templateServerPort(service, server, key.virtualPort);
    const template =
      found === NONE ? insertTemplate(table, templateKey, now, service, server, port) : found;
    if (template === NONE) return 'table-full';
    return this.openControlled(service, server, key, template, onePacket, now);
  }

  /** The connection of a template, whose timer restarts. */
  private openControlled(
    service: Service,
    server: RealServer,
    key: ConnectionKey,
    template: number,
    onePacket: boolean,
    now: number,
  ): Opening {
    const { table } = this;
    const port = persistentServerPort(service, server, key.virtualPort);
    const slot = onePacket ? countOnePacket(server) : this.insert(service, server, port, key, now);
    if (slot === NONE && !onePacket) return 'table-full';
    if (slot !== NONE) table.setController(slot, template);
    table.touch(template, now);
    return this.fill(service, server, port, slot, template);
  }

  /** Finds or makes the template of a connection. */
  private templateOf(
    service: Service,
    persistence: Persistence,
    key: ConnectionKey,
    flow: Flow,
    now: number,
  ): number | 'no-destination' | 'table-full' {
    const templateKey = this.templateKey.copy(key);
    toTemplateKey(templateKey, service, persistence);
    if (this.sticky !== undefined) {
      templateKey.setClient(this.sticky, 0).setVirtual(NO_ADDRESS, templateKey.virtualPort);
    }
    const found = findValidTemplate(this.table, templateKey, this.expireQuiescent());
    const { choice = service.scheduler } = this;
    if (found !== NONE && this.mayStay(found)) return found;
    const server = choice.schedule(flow);
    if (server === undefined) return 'no-destination';
    // The client moves only now that there is a server for it.
    if (found !== NONE) this.table.invalidate(found);
    const port = templateServerPort(service, server, key.virtualPort);
    const made = insertTemplate(this.table, templateKey, now, service, server, port);
    return made === NONE ? 'table-full' : made;
  }

  private mayStay(template: number): boolean {
    return this.choice?.allows(this.table.server(template) as RealServer) !== false;
  }

  private fill(
    service: Service,
    server: RealServer,
    serverPort: number,
    slot: number,
    template: number,
  ): OpenedConnection {
    const { opened } = this;
    if (opened === undefined)
      return (this.opened = { service, server, serverPort, slot, template });
    opened.service = service;
    opened.server = server;
    opened.serverPort = serverPort;
    opened.slot = slot;
    opened.template = template;
    return opened;
  }

  /** The entry of a connection, or −1 when the table is full. */
  private insert(
    { fwmark }: Service,
    server: RealServer,
    port: number,
    key: ConnectionKey,
    now: number,
  ): number {
    return this.table.insert(key, now, server, port, 0, fwmark, this.initialState);
  }
}
