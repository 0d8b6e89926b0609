/**
 * Where a packet counts: at its server, its service and the whole director.
 *
 * A connection finds its accounts by the number of its binding (the row its entry shares with others of
 * the same server), so that counting a packet needs no map. Packets of a connection whose server was
 * removed count nowhere; the server's numbers stand still until it returns, and then go on.
 */
import type { ConnectionTable } from '../connections/connection-table.js';
import type { RealServer } from '../model/real-server.js';
import type { Service } from '../services/service.js';
import type { StatisticsBook } from './statistics-book.js';
import { Statistics } from './statistics.js';

const PACKETS_IN = 0;
const BYTES_IN = 1;
const PACKETS_OUT = 2;
const BYTES_OUT = 3;

/** Where a connection of a server counts, and what has not been entered there yet. */
class Account {
  server: Statistics;
  service: Statistics;
  /** Packets and bytes from clients, packets and bytes to clients. */
  readonly pending = new Float64Array(4);
  /** Whether there is anything. */
  hasPending = false;

  constructor(server: Statistics, service: Statistics) {
    this.server = server;
    this.service = service;
  }
}

/** Finds the statistics of the packet at hand. */
export class Accounts {
  private readonly table: ConnectionTable;
  private readonly book: StatisticsBook;
  private readonly servers = new WeakMap<RealServer, Account>();
  private readonly byBinding: (Account | undefined)[] = [];
  private readonly unsettled: Account[] = [];

  /**
   * @param table - Whose connections are counted.
   * @param book - Whose statistics are whose.
   */
  constructor(table: ConnectionTable, book: StatisticsBook) {
    this.table = table;
    this.book = book;
    book.settle = () => this.settle();
  }

  /**
   * Begins to count for a server that was added to a service; the connections that it already had
   * count there too.
   *
   * @param service - The service.
   * @param server - The server.
   */
  serverAdded(service: Service, server: RealServer): void {
    this.settle();
    const account = this.accountOf(service, server);
    account.server = this.book.of(server);
    account.service = this.book.of(service);
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
    this.book.total.countConnection();
  }

  /**
   * Counts a client's packet of a known connection.
   *
   * @param slot - The connection's entry.
   * @param lengthBytes - The length of the IP packet as received.
   */
  countIn(slot: number, lengthBytes: number): void {
    this.countInOf(this.table.server(slot), this.table.binding(slot), lengthBytes);
  }

  /**
   * Counts a client's packet of a known connection whose server and binding were read already.
   *
   * @param server - The connection's server.
   * @param binding - The number of its binding.
   * @param lengthBytes - The length of the IP packet as received.
   */
  countInOf(server: RealServer | undefined, binding: number, lengthBytes: number): void {
    if (server?.available === true) this.countInAt(binding, lengthBytes);
  }

  /**
   * Counts a client's packet of a known connection whose server is there.
   *
   * @param binding - The number of the connection's binding.
   * @param lengthBytes - The length of the IP packet as received.
   */
  countInAt(binding: number, lengthBytes: number): void {
    const account = this.byBinding[binding];
    if (account === undefined) return;
    if (!account.hasPending) this.keepBack(account);
    const { pending } = account;
    pending[PACKETS_IN] += 1;
    pending[BYTES_IN] += lengthBytes;
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
    this.book.total.countIn(lengthBytes);
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
    if (!account.hasPending) this.keepBack(account);
    const { pending } = account;
    pending[PACKETS_OUT] += 1;
    pending[BYTES_OUT] += lengthBytes;
  }

  /** Finds the accounts of entries that were read back; their servers' accounts come with the servers. */
  restore(): void {
    const { table, byBinding } = this;
    for (let slot = table.next(-1); slot >= 0; slot = table.next(slot)) {
      const server = table.server(slot);
      const binding = table.binding(slot);
      if (server === undefined || byBinding[binding] !== undefined) continue;
      byBinding[binding] = this.servers.get(server) ?? this.forgotten(server);
    }
  }

  /** The account of a server whose service was deleted: where it counts is told when it returns. */
  private forgotten(server: RealServer): Account {
    const account = new Account(new Statistics(), new Statistics());
    this.servers.set(server, account);
    return account;
  }

  private accountOf(service: Service, server: RealServer): Account {
    let account = this.servers.get(server);
    if (account === undefined) {
      account = new Account(this.book.of(server), this.book.of(service));
      this.servers.set(server, account);
    }
    return account;
  }

  private keepBack(account: Account): void {
    account.hasPending = true;
    this.unsettled.push(account);
  }

  /** Enters what was kept back: a packet is counted in one place, and in three only when somebody looks. */
  private settle(): void {
    for (const account of this.unsettled) {
      const { pending } = account;
      account.server.add(pending);
      account.service.add(pending);
      this.book.total.add(pending);
      pending.fill(0);
      account.hasPending = false;
    }
    this.unsettled.length = 0;
  }

  private accountOfSlot(slot: number): Account | undefined {
    const server = this.table.server(slot);
    if (server?.available !== true) return undefined;
    return this.byBinding[this.table.binding(slot)];
  }
}
