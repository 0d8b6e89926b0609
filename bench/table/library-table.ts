/**
 * The connection table of the library that is measured, used as a program uses it: by its public members, with keys
 * from plain numbers.
 */
import { type RealServer, ServerList } from 'ipvs';
import { ConnectionKey, ConnectionTable, type InitialState } from 'ipvs/connections';
import {
  type FactsTable,
  LIFE_MS,
  SERVERS,
  STATE,
  TCP,
  VIRTUAL_ADDRESS,
  VIRTUAL_PORT,
} from './facts-table.js';

const OPENED: InitialState = { state: STATE, active: true, timeoutMs: LIFE_MS };

/** The library's table, with IPv4 clients. */
export class LibraryTable implements FactsTable {
  protected readonly table: ConnectionTable = new ConnectionTable({ seed: 1 });
  protected readonly key: ConnectionKey = new ConnectionKey();
  protected readonly servers: readonly RealServer[] = [
    ...new ServerList(
      Array.from({ length: SERVERS }, (_, i) => ({ address: `10.0.0.${i + 1}`, port: 80 })),
    ),
  ];

  get size(): number {
    return this.table.size;
  }

  get bytes(): number {
    return this.table.statistics.bytes;
  }

  insert(address: number, port: number, server: number, now: number): void {
    const { table, key } = this;
    key.set4(TCP, address, port, VIRTUAL_ADDRESS, VIRTUAL_PORT);
    table.insert(key, now, this.servers[server], VIRTUAL_PORT, 0, 0, OPENED);
  }

  hit(address: number, port: number): number {
    const { table } = this;
    const slot = table.findIn4(TCP, address, port, VIRTUAL_ADDRESS, VIRTUAL_PORT);
    return slot < 0 ? 0 : (table.server(slot)?.port ?? 0);
  }

  use(address: number, port: number, now: number): void {
    const { table } = this;
    const slot = table.findIn4(TCP, address, port, VIRTUAL_ADDRESS, VIRTUAL_PORT);
    if (slot >= 0) table.use(slot, now);
  }

  remove(address: number, port: number): void {
    const { table } = this;
    const slot = table.findIn4(TCP, address, port, VIRTUAL_ADDRESS, VIRTUAL_PORT);
    if (slot >= 0) table.remove(slot);
  }

  advance(now: number): void {
    this.table.advance(now);
  }
}

/** The library's table, with IPv6 clients: 2001:db8::, and an IPv4 client's address as its last word. */
export class LibraryTable6 extends LibraryTable {
  override insert(address: number, port: number, server: number, now: number): void {
    const { table, key } = this;
    key.set4(TCP, address, port, VIRTUAL_ADDRESS, VIRTUAL_PORT);
    key.family = 6;
    key.client0 = key.virtual0 = 0x20010db8;
    table.insert(key, now, this.servers[server], VIRTUAL_PORT, 0, 0, OPENED);
  }
}
