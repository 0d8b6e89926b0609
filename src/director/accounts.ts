/**
 * Who counts what: one {@link Statistics} per server, per service and for the whole director.
 *
 * A connection finds its accounts by the number of its binding (the row its entry shares with others of
 * the same server), so that counting a packet needs no map. Packets of a connection whose server was
 * removed count nowhere; the server's numbers stand still until it returns, and then go on.
 */
import type { ConnectionTable } from '../connections/connection-table.js';
import type { RealServer } from '../model/real-server.js';
import type { Service } from '../services/service.js';
import { Statistics } from './statistics.js';

/** Where a connection of a server counts. */
interface Account {
  readonly server: Statistics;
  service: Statistics;
}

/** The statistics of a director. */
export class Accounts {
  /** What passed through the whole director. */
  readonly total: Statistics = new Statistics();
  private readonly table: ConnectionTable;
  private readonly services = new Map<Service, Statistics>();
  private readonly servers = new Map<RealServer, Account>();
  private readonly byBinding: (Account | undefined)[] = [];

  /** @param table - Whose connections are counted. */
  constructor(table: ConnectionTable) {
    this.table = table;
  }

  /**
   * The statistics of a service.
   *
   * @param service - The service.
   * @returns Its statistics, from 0 when it is new.
   */
  ofService(service: Service): Statistics {
    let statistics = this.services.get(service);
    if (statistics === undefined) {
      statistics = new Statistics();
      this.services.set(service, statistics);
    }
    return statistics;
  }

  /**
   * The statistics of a server.
   *
   * @param service - The service it belongs to.
   * @param server - The server.
   * @returns Its statistics.
   */
  ofServer(service: Service, server: RealServer): Statistics {
    return this.accountOf(service, server).server;
  }

  /**
   * Begins to count for a server, which was added to a service.
   *
   * @param service - The service.
   * @param server - The server; one that returns goes on with its numbers.
   */
  serverAdded(service: Service, server: RealServer): void {
    this.accountOf(service, server).service = this.ofService(service);
  }

  /**
   * Forgets a service that was deleted.
   *
   * @param service - The service.
   */
  serviceDeleted(service: Service): void {
    this.services.delete(service);
  }

  /**
   * Counts a connection that was scheduled, and remembers where its packets count.
   *
   * @param slot - Its entry; −1 for one-packet connections.
   * @param service - Its service.
   * @param server - Its server.
   */
  countConnection(slot: number, service: Service, server: RealServer): void {
    const account = this.accountOf(service, server);
    if (slot >= 0) this.byBinding[this.table.binding(slot)] = account;
    account.server.countConnection();
    account.service.countConnection();
    this.total.countConnection();
  }

  /**
   * Counts a client's packet of a known connection.
   *
   * @param slot - The connection's entry.
   * @param lengthBytes - The length of the IP packet as received.
   */
  countIn(slot: number, lengthBytes: number): void {
    const account = this.accountOfSlot(slot);
    if (account === undefined) return;
    account.server.countIn(lengthBytes);
    account.service.countIn(lengthBytes);
    this.total.countIn(lengthBytes);
  }

  /**
   * Counts a client's packet of a one-packet connection.
   *
   * @param service - Its service.
   * @param server - Its server.
   * @param lengthBytes - The length of the IP packet as received.
   */
  countOnePacketIn(service: Service, server: RealServer, lengthBytes: number): void {
    const account = this.accountOf(service, server);
    account.server.countIn(lengthBytes);
    account.service.countIn(lengthBytes);
    this.total.countIn(lengthBytes);
  }

  /**
   * Counts a server's packet of a known connection.
   *
   * @param slot - The connection's entry.
   * @param lengthBytes - The length of the IP packet as received.
   */
  countOut(slot: number, lengthBytes: number): void {
    const account = this.accountOfSlot(slot);
    if (account === undefined) return;
    account.server.countOut(lengthBytes);
    account.service.countOut(lengthBytes);
    this.total.countOut(lengthBytes);
  }

  /** Renews what is shown: of the director, of each service, and of each server that is in its list. */
  tick(): void {
    this.total.tick();
    for (const statistics of this.services.values()) statistics.tick();
    for (const [server, account] of this.servers) if (server.available) account.server.tick();
  }

  /** Forgets the servers that nobody remembers any more. */
  forget(isKnown: (server: RealServer) => boolean): void {
    for (const server of this.servers.keys()) if (!isKnown(server)) this.servers.delete(server);
  }

  private accountOf(service: Service, server: RealServer): Account {
    let account = this.servers.get(server);
    if (account === undefined) {
      account = { server: new Statistics(), service: this.ofService(service) };
      this.servers.set(server, account);
    }
    return account;
  }

  private accountOfSlot(slot: number): Account | undefined {
    const server = this.table.server(slot);
    if (server?.available !== true) return undefined;
    return this.byBinding[this.table.binding(slot)];
  }
}
