/**
 * Real servers on the host itself: whether an address of a server is one of the host's own.
 *
 * It is decided for every packet, by the address alone, as the kernel does: an address that is taken off the host
 * belongs to a remote server from the next packet on. A director that has no such server pays for one comparison.
 */
import type { IpAddress } from '../ip-address.js';
import type { ServiceTable } from '../services/service-table.js';
import type { DirectorHost } from './host.js';

/** The real servers on the host of a director. */
export class LocalServers {
  /**
   * Whether a server may be local; while it is `false`, no server is. Once there was a local server it stays `true`,
   * since connections of removed servers remain.
   */
  possible = false;
  private readonly host: DirectorHost;
  private readonly services: ServiceTable;
  /** Whether the host got addresses since the servers were visited. */
  private isStale = false;

  /**
   * @param host - The host.
   * @param services - The services.
   */
  constructor(host: DirectorHost, services: ServiceTable) {
    this.host = host;
    this.services = services;
  }

  /**
   * Notes a server that was added to a service.
   *
   * @param address - Its address.
   */
  serverAdded(address: IpAddress): void {
    this.possible ||= this.host.isOwn(address);
  }

  /** Notes that the host has further addresses; the servers are visited when the next packet asks. */
  addressesAdded(): void {
    if (this.possible && !this.isStale) return;
    this.possible = true;
    this.isStale = true;
  }

  /**
   * Whether a server is on the host.
   *
   * @param address - The server's address.
   * @returns `true` for addresses of the host, loopback addresses included.
   */
  has(address: IpAddress): boolean {
    if (this.isStale) this.visit();
    return this.possible && this.host.isOwn(address);
  }

  private visit(): void {
    this.isStale = false;
    this.possible = false;
    for (const { servers } of this.services) {
      for (const server of servers) this.possible ||= this.host.isOwn(server.address);
      for (const server of servers.removed) this.possible ||= this.host.isOwn(server.address);
    }
  }
}
