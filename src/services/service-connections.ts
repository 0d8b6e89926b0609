/**
 * The connections of a {@link VirtualService}: opening them, their objects, their end, and who is notified.
 *
 * Each entry of the table has one object for as long as it is open, so a caller may use it as a key.
 */
import { NONE } from '../none.js';
import type { ConnectionTable } from '../connections/connection-table.js';
import { ConnectionKey } from '../connections/entries/connection-key.js';
import { IpAddress } from '../ip-address.js';
import { isLocalFault } from '../local-fault.js';
import type { Flow } from '../model/flow.js';
import type { Protocol } from '../protocols.js';
import type { RealServer } from '../model/real-server.js';
import type { Timers } from '../timers.js';
import type { Client, ClientEnd, Refusal } from './client.js';
import { keyAddress } from './key-as-address.js';
import type { ConnectionOpener } from './connection-opener.js';
import type { Draining } from './draining.js';
import type { OutlierDetection } from './outlier-detection.js';
import { servesPort } from './served-ports.js';
import type { RestrictedChoice } from './server-choice.js';
import type { Service } from './service.js';
import { ServiceConnection, type ServiceConnectionOwner } from './service-connection.js';
import type { TemplateExchange } from './template-exchange.js';
import type { ServiceObservers } from './virtual-service-observer.js';

/** How many timers run at most before a connection is opened. */
const TIMERS_PER_CONNECTION = 64;
/** The virtual address of clients whose family is not the service's. */
const NO_ADDRESS = { 4: IpAddress.fromIpv4(0), 6: IpAddress.fromIpv6(0, 0, 0, 0) } as const;
const NO_SERVERS: readonly RealServer[] = [];

/** What the connections of a service work with. */
export interface ServiceParts {
  /** The service. */
  readonly service: Service;
  /** Where entries are. */
  readonly table: ConnectionTable;
  /** Makes entries. */
  readonly opener: ConnectionOpener;
  /** Chooses where not every server may be chosen. */
  readonly choice: RestrictedChoice;
  /** Counts failures; `undefined` = nothing does. */
  readonly outliers: OutlierDetection | undefined;
  /** Waits for servers to become empty. */
  readonly draining: Draining;
  /** Who is notified. */
  readonly observers: ServiceObservers;
  /** Where time comes from. */
  readonly timers: Timers;
  /** Is notified of templates. */
  readonly templates: TemplateExchange;
}

/** A flow that is filled in again for each pick. */
type MutableFlow = { -readonly [Name in keyof Flow]: Flow[Name] };

/** The open connections of one service. */
export class ServiceConnections implements ServiceConnectionOwner {
  /** Why the last client got no connection; `undefined` when it got one. */
  refusal: Refusal | undefined = undefined;
  private readonly parts: ServiceParts;
  private readonly key = new ConnectionKey();
  private readonly flow: MutableFlow;
  private readonly protocol: Protocol;
  /** The objects of open connections, by slot. */
  private readonly objects: (ServiceConnection | undefined)[] = [];
  /** Connections that have left the table, and of which observers are not notified yet. */
  private gone: ServiceConnection[] = [];

  /** @param parts - What it works with. */
  constructor(parts: ServiceParts) {
    const { service, table } = parts;
    const { protocol, address, port } = service;
    this.parts = parts;
    this.protocol = protocol;
    this.key.protocol = service.fwmark === 0 ? service.protocolNumber : 6;
    this.flow = {
      protocol,
      source: address,
      sourcePort: 0,
      destination: address,
      destinationPort: port,
    };
    table.observer = {
      connectionRemoved: (slot) => this.removed(slot),
      templateRearmed: (slot) => parts.templates.listener?.used(slot),
    };
  }

  /**
   * Opens a connection, or finds the one that a datagram belongs to.
   *
   * @param client - The client, read.
   * @param except - The servers that it must not get.
   * @param origin - The client as it was given.
   * @returns The connection, or `undefined`.
   */
  open(
    client: ClientEnd | ServiceConnection,
    except: readonly RealServer[] | undefined,
    origin: Client | ServiceConnection,
  ): ServiceConnection | undefined {
    const { table, timers } = this.parts;
    const now = timers.now();
    table.advance(now, TIMERS_PER_CONNECTION);
    if (this.gone.length > 0) this.notifyOfExpired();
    if (client instanceof ServiceConnection) {
      const { clientAddress, clientPort, virtualPort, key } = client;
      return this.openFor(clientAddress, clientPort, virtualPort, key, except, origin, now);
    }
    const { address, port, virtualPort, key } = client;
    return this.openFor(address, port, virtualPort, key, except, origin, now);
  }

  /**
   * Notes that a client gets no connection.
   *
   * @param reason - Why.
   * @param origin - The client as it was given.
   */
  refuse(reason: Refusal, origin: Client | ServiceConnection): undefined {
    this.refusal = reason;
    const { observers } = this.parts;
    if (!observers.empty) observers.notify((each) => each.refused?.(reason, origin));
  }

  /**
   * Goes through the open connections; they may be closed on the way.
   *
   * @param server - Only those of this server; default all.
   */
  *each(server?: RealServer): IterableIterator<ServiceConnection> {
    const { table } = this.parts;
    if (server?.total === 0) return;
    for (let slot = table.next(NONE); slot !== NONE; slot = table.next(slot)) {
      if (server !== undefined && table.server(slot) !== server) continue;
      if (!table.isTemplate(slot)) yield this.objectOf(slot);
    }
  }

  ended(connection: ServiceConnection): void {
    const { table, observers } = this.parts;
    table.remove(connection.slot);
    if (observers.empty) return;
    this.gone.pop();
    observers.notify((each) => each.closed?.(connection));
  }

  /**
   * Lets what is due run out.
   *
   * @param budget - How many units of work may be done.
   * @returns Whether everything due was done.
   */
  advance(budget: number | undefined): boolean {
    const { table, timers } = this.parts;
    const done = table.advance(timers.now(), budget);
    if (this.gone.length > 0) this.notifyOfExpired();
    return done;
  }

  touched(connection: ServiceConnection): void {
    this.parts.table.touch(connection.slot, this.parts.timers.now());
  }

  changed({ slot }: ServiceConnection, active: boolean): void {
    const { table } = this.parts;
    table.setState(slot, table.state(slot), active);
  }

  judged(connection: ServiceConnection, healthy: boolean, error: unknown): void {
    const { outliers, observers } = this.parts;
    if (healthy) {
      outliers?.succeed(connection.server);
      return;
    }
    if (!isLocalFault(error)) outliers?.fail(connection.server);
    if (!observers.empty) observers.notify((each) => each.failed?.(connection, error));
  }

  retried(connection: ServiceConnection, error: unknown): ServiceConnection | undefined {
    const { observers } = this.parts;
    this.judged(connection, false, error);
    connection.close();
    const except = [...(connection.except ?? NO_SERVERS), connection.server];
    const next = this.open(connection, except, connection);
    if (next !== undefined && !observers.empty) {
      observers.notify((each) => each.retried?.(connection, next));
    }
    return next;
  }

  private openFor(
    address: IpAddress,
    port: number,
    virtualPort: number | undefined,
    key: string | undefined,
    except: readonly RealServer[] | undefined,
    origin: Client | ServiceConnection,
    now: number,
  ): ServiceConnection | undefined {
    const { service, opener, choice } = this.parts;
    const asked = virtualPort ?? service.port;
    this.fill(address, port, asked, key);
    const known = this.protocol === 'udp' ? this.known(except, now) : undefined;
    if (known !== undefined) return known;
    const restricted = except !== undefined || choice.active;
    opener.choice = restricted ? choice.for(except ?? NO_SERVERS, now) : undefined;
    const opened = opener.open(service, this.key, this.flow, service.onePacket, now);
    if (opened === 'table-full') return this.refuse('table-full', origin);
    if (opened === 'no-destination') return this.refuse(this.reasonFor(asked), origin);
    this.refusal = undefined;
    const { slot, server, serverPort, template } = opened;
    if (template !== NONE) this.parts.templates.listener?.used(template);
    const connection = new ServiceConnection(
      this,
      slot,
      server,
      serverPort,
      address,
      port,
      asked,
      key,
      except,
    );
    if (slot !== NONE) this.objects[slot] = connection;
    const { observers } = this.parts;
    if (!observers.empty) observers.notify((each) => each.opened?.(connection));
    return connection;
  }

  /** Fills in the key of the table and the flow of the scheduler. */
  private fill(address: IpAddress, port: number, asked: number, key: string | undefined): void {
    const { service, opener } = this.parts;
    const virtual =
      address.family === service.family ? service.address : NO_ADDRESS[address.family];
    this.key.setClient(address, port).setVirtual(virtual, asked);
    const sticky = key === undefined ? undefined : keyAddress(key);
    opener.sticky = sticky;
    this.flow.source = sticky ?? address;
    this.flow.sourcePort = port;
    this.flow.destinationPort = asked;
  }

  /** The connection that a datagram belongs to, touched; one to a server that it must not get is closed. */
  private known(
    except: readonly RealServer[] | undefined,
    now: number,
  ): ServiceConnection | undefined {
    const { table } = this.parts;
    const slot = table.findIn(this.key);
    if (slot === NONE) return undefined;
    const connection = this.objectOf(slot);
    if (except?.includes(connection.server) === true) {
      connection.close();
      return undefined;
    }
    table.touch(slot, now);
    this.refusal = undefined;
    return connection;
  }

  private reasonFor(asked: number): Refusal {
    const { service } = this.parts;
    return servesPort(service, asked) ? 'no-server' : 'port-not-served';
  }

  /** The object of an entry; one that was read back gets its object now. */
  private objectOf(slot: number): ServiceConnection {
    const { table } = this.parts;
    const present = this.objects[slot];
    if (present !== undefined) return present;
    const { serverPort, clientAddress, clientPort, virtualPort } = table.endpoints(slot);
    const connection = new ServiceConnection(
      this,
      slot,
      table.server(slot) as RealServer,
      serverPort,
      clientAddress,
      clientPort,
      virtualPort,
      undefined,
      undefined,
    );
    this.objects[slot] = connection;
    return connection;
  }

  /** An entry is about to leave the table. */
  private removed(slot: number): void {
    const { table, draining, observers, templates } = this.parts;
    if (table.isTemplate(slot)) {
      templates.listener?.ended(slot);
      return;
    }
    draining.connectionEnds(table.server(slot));
    const connection = observers.empty ? this.objects[slot] : this.objectOf(slot);
    if (connection === undefined) return;
    this.objects[slot] = undefined;
    connection.slot = NONE;
    // An observer may do anything, so it is notified when the table is whole again.
    if (!observers.empty) this.gone.push(connection);
  }

  private notifyOfExpired(): void {
    const { gone } = this;
    this.gone = [];
    for (const connection of gone) {
      this.parts.observers.notify((each) => each.expired?.(connection));
    }
  }
}
