/**
 * Destination records: the server, the server-side port and the firewall mark that many entries share.
 *
 * Entries store the number of their destination. The port −1 stands for the virtual port of the entry, so a service
 * that never translates ports needs one destination per server. An entry without server has a destination with an
 * address only. Destinations count the entries that use them; after its last entry a number stays for the next one,
 * and is free again when many others have become idle since. Cost: one map access per new entry, none later.
 */
import type { IpAddress } from '../../ip-address.js';
import type { RealServer } from '../../model/real-server.js';
import { IdleDestinations } from './idle-destinations.js';
import { DESTINATION_BITS } from './record.js';

/** The port of a destination whose entries keep their virtual port. */
export const PORT_AS_VIRTUAL = -1;

const NONE = -1;

/** The destinations of a table, by number. */
export class Destinations {
  /** The server of each destination; `undefined` without server. */
  readonly servers: (RealServer | undefined)[] = [];
  /** The server-side address of each destination. */
  readonly addresses: IpAddress[] = [];
  /** The server-side port of each destination, or {@link PORT_AS_VIRTUAL}. */
  readonly ports: number[] = [];
  /** The firewall mark of each destination, unsigned. */
  readonly marks: number[] = [];
  private readonly uses: number[] = [];
  private readonly following: number[] = [];
  private readonly first = new Map<RealServer | string, number>();
  private readonly idle = new IdleDestinations();
  private free = NONE;

  /** Finds or makes the destination of a server, and counts one use; −1 when all numbers are in use. */
  take(server: RealServer, port: number, mark: number): number {
    const number = this.first.get(server) ?? NONE;
    // Most servers have one destination.
    if (number !== NONE && this.isOf(number, server.address, port, mark)) {
      this.uses[number]++;
      return number;
    }
    return this.findOrMake(server, server, server.address, port, mark);
  }

  /** {@link take} of a server at another address than its own. */
  takeElsewhere(server: RealServer, address: IpAddress, port: number, mark: number): number {
    return this.findOrMake(server, server, address, port, mark);
  }

  /** Finds or makes the destination of an address without server, and counts one use; −1 as {@link take}. */
  takeAddress(address: IpAddress, port: number, mark: number): number {
    return this.findOrMake(address.toString(), undefined, address, port, mark);
  }

  /** Finds or makes a destination that differs from another one in its port, and counts one use. */
  withPort(number: number, port: number): number {
    const server = this.servers[number];
    const mark = this.marks[number];
    const address = this.addresses[number];
    if (server !== undefined) return this.takeElsewhere(server, address, port, mark);
    return this.takeAddress(address, port, mark);
  }

  /** Takes back one use. */
  release(number: number): void {
    if (--this.uses[number] === 0) this.removeIdle(this.idle.add(number));
  }

  private findOrMake(
    key: RealServer | string,
    server: RealServer | undefined,
    address: IpAddress,
    port: number,
    mark: number,
  ): number {
    const head = this.first.get(key) ?? NONE;
    for (let number = head; number !== NONE; number = this.following[number]) {
      if (this.isOf(number, address, port, mark)) {
        this.uses[number]++;
        return number;
      }
    }
    const number = this.allocate();
    if (number === NONE) return NONE;
    this.servers[number] = server;
    this.addresses[number] = address;
    this.ports[number] = port;
    this.marks[number] = mark;
    this.uses[number] = 1;
    // Making room may have removed the server's other destinations.
    this.following[number] = this.first.get(key) ?? NONE;
    this.first.set(key, number);
    return number;
  }

  /** A free number, if need be one that is idle; −1 when all are in use. */
  private allocate(): number {
    if (this.free === NONE && this.uses.length <= DESTINATION_BITS) return this.uses.length;
    for (let idle = 0; this.free === NONE && idle !== NONE;) {
      idle = this.idle.take();
      this.removeIdle(idle);
    }
    const number = this.free;
    if (number !== NONE) this.free = this.following[number];
    return number;
  }

  private removeIdle(number: number): void {
    if (number !== NONE && this.uses[number] === 0) this.remove(number);
  }

  private isOf(number: number, address: IpAddress, port: number, mark: number): boolean {
    if (this.ports[number] !== port || this.marks[number] !== mark) return false;
    const present = this.addresses[number];
    return present === address || present.equals(address);
  }

  private remove(number: number): void {
    const key = this.servers[number] ?? this.addresses[number].toString();
    const head = this.first.get(key) as number;
    if (head !== number) {
      let before = head;
      while (this.following[before] !== number) before = this.following[before];
      this.following[before] = this.following[number];
    } else if (this.following[number] === NONE) {
      this.first.delete(key);
    } else {
      this.first.set(key, this.following[number]);
    }
    this.servers[number] = undefined;
    this.following[number] = this.free;
    this.free = number;
  }
}
