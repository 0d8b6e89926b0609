/**
 * What many entries share: the server they are bound to, the server-side port, and the firewall mark.
 *
 * A binding is a row of these; entries hold its number. The port −1 stands for "the virtual port of the
 * entry", so that services which never translate ports need one row per server. Entries without a
 * server (taken over by synchronisation) have rows with an address alone. Rows are counted and given up
 * with their last entry. Cost: one map access per new entry, none later.
 */
import type { IpAddress } from '../../ip-address.js';
import type { RealServer } from '../../model/real-server.js';
import { BINDING_BITS } from './record.js';

/** The port of a binding that keeps each entry's virtual port. */
export const PORT_AS_VIRTUAL = -1;

const NONE = -1;

/** The rows, counted by the entries that use them. */
export class Bindings {
  /** The server of each row; `undefined` in rows without server. */
  readonly servers: (RealServer | undefined)[] = [];
  /** The server-side address of each row. */
  readonly addresses: IpAddress[] = [];
  /** The server-side port of each row, or {@link PORT_AS_VIRTUAL}. */
  readonly ports: number[] = [];
  /** The firewall mark of each row, unsigned. */
  readonly marks: number[] = [];
  private readonly uses: number[] = [];
  private readonly following: number[] = [];
  private readonly first = new Map<RealServer | string, number>();
  private free = NONE;

  /** How many rows are in use or free. */
  get rows(): number {
    return this.uses.length;
  }

  /** How many entries use a row. */
  usesOf(row: number): number {
    return this.uses[row];
  }

  /** The rows of a server, as a new array. */
  rowsOf(server: RealServer): number[] {
    const rows: number[] = [];
    for (let row = this.first.get(server) ?? NONE; row !== NONE; row = this.following[row]) {
      rows.push(row);
    }
    return rows;
  }

  /** Finds or makes the row of a server, port and mark, and counts one use; −1 when there are too many rows. */
  take(server: RealServer, port: number, mark: number): number {
    const row = this.first.get(server) ?? NONE;
    // Most servers have one row.
    if (row !== NONE && this.ports[row] === port && this.marks[row] === mark) {
      this.uses[row]++;
      return row;
    }
    return this.takeRow(server, server, server.address, port, mark);
  }

  /** Finds or makes the row of an address without server, and counts one use; −1 when there are too many rows. */
  takeAddress(address: IpAddress, port: number, mark: number): number {
    return this.takeRow(address.toString(), undefined, address, port, mark);
  }

  /** Takes back one use of a row. */
  release(row: number): void {
    if (--this.uses[row] === 0) this.remove(row);
  }

  private takeRow(
    key: RealServer | string,
    server: RealServer | undefined,
    address: IpAddress,
    port: number,
    mark: number,
  ): number {
    const head = this.first.get(key) ?? NONE;
    for (let row = head; row !== NONE; row = this.following[row]) {
      if (this.ports[row] === port && this.marks[row] === mark) {
        this.uses[row]++;
        return row;
      }
    }
    const row = this.free === NONE ? this.rows : this.free;
    if (row > BINDING_BITS) return NONE;
    if (row === this.free) this.free = this.following[row];
    this.servers[row] = server;
    this.addresses[row] = address;
    this.ports[row] = port;
    this.marks[row] = mark;
    this.uses[row] = 1;
    this.following[row] = head;
    this.first.set(key, row);
    return row;
  }

  private remove(row: number): void {
    const key = this.servers[row] ?? this.addresses[row].toString();
    const head = this.first.get(key) as number;
    if (head !== row) {
      let before = head;
      while (this.following[before] !== row) before = this.following[before];
      this.following[before] = this.following[row];
    } else if (this.following[row] === NONE) {
      this.first.delete(key);
    } else {
      this.first.set(key, this.following[row]);
    }
    this.servers[row] = undefined;
    this.following[row] = this.free;
    this.free = row;
  }
}
