/**
 * The addresses of a director's host while it works: packets to them are for the host, and a real server with one of
 * them is on the host, from the next packet on.
 */
import { requireOneOf } from '../errors.js';
import { IpAddress, type IpAddressLike } from '../ip-address.js';
import type { ConnectionTable } from '../connections/connection-table.js';
import type { Side } from '../forwarding/output.js';
import type { DirectorHost } from './host.js';
import type { LocalServers } from './local-servers.js';
import type { OwnClients } from './own-clients.js';

const SIDES: readonly Side[] = ['client', 'server'];

/** The addresses of a host: its own, those of virtual services, and what is added. They are iterated in no order. */
export class HostAddresses implements Iterable<IpAddress> {
  private readonly host: DirectorHost;
  private readonly localServers: LocalServers;
  private readonly ownClients: OwnClients;
  private readonly table: ConnectionTable;

  /** Made by a director. @internal */
  constructor(
    parts: { host: DirectorHost; localServers: LocalServers; ownClients: OwnClients },
    table: ConnectionTable,
  ) {
    this.host = parts.host;
    this.localServers = parts.localServers;
    this.ownClients = parts.ownClients;
    this.table = table;
  }

  /**
   * Adds an address.
   *
   * @param address - The address.
   * @throws {RangeError} When it is no address.
   */
  add(address: IpAddressLike): void {
    if (!this.host.addAddress(IpAddress.from(address))) return;
    this.localServers.addressesAdded();
    if (this.table.size > 0) this.ownClients.mayHaveChanged();
  }

  /**
   * Gives an interface an address, in place of the one of that family, and adds it: tunnels and ICMP errors toward
   * that side come from it, from the next packet on. The former address stays on the host.
   *
   * @param side - The interface: toward clients or toward servers.
   * @param address - The address.
   * @throws {RangeError} When it is no address, or no such side.
   */
  assign(side: Side, address: IpAddressLike): void {
    requireOneOf('side', side, SIDES);
    const parsed = IpAddress.from(address);
    this.host.assignAddress(side, parsed);
    this.add(parsed);
  }

  /**
   * Takes an address off the host, also one of a virtual service.
   *
   * @param address - The address.
   * @returns Whether the host had it.
   * @throws {RangeError} When it is no address.
   */
  remove(address: IpAddressLike): boolean {
    return this.host.removeAddress(IpAddress.from(address));
  }

  /**
   * Whether packets to an address stay on the host.
   *
   * @param address - The address.
   * @returns `true` for an address of the host, of a network that is local to it, and for loopback addresses.
   * @throws {RangeError} When it is no address.
   */
  has(address: IpAddressLike): boolean {
    return this.host.isOwn(IpAddress.from(address));
  }

  /** The addresses. */
  [Symbol.iterator](): Iterator<IpAddress> {
    return this.host.addresses[Symbol.iterator]();
  }
}
