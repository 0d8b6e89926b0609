/**
 * Which own address and port each translated connection has toward its server, and back: the connection of a packet
 * that a server sends to an own address.
 *
 * An own endpoint is one word by entry; the way back is an open hash table of entries, which holds no keys: server
 * and protocol are read from the entry itself. Cost: constant per call; about 12 bytes per translated connection.
 */
import { AddressBuffer, type AddressWords, foldWords } from '../address-words.js';
import type { ConnectionTable } from '../connections/connection-table.js';
import type { IpAddress } from '../ip-address.js';
import { SlotColumn } from './slot-column.js';

const NONE = -1;
const FEWEST = 64;
/** The table grows when it is fuller than this. */
const GREATEST_LOAD = 0.7;

/** The server's end of an entry. */
class ServerEnd {
  readonly virtual = new AddressBuffer();
  virtualPort = 0;
  address: IpAddress | undefined = undefined;
  port = 0;

  setServer(address: IpAddress, port: number): void {
    this.address = address;
    this.port = port;
  }
}

/** The own endpoints of translated connections. */
export class OwnEndpoints {
  private readonly table: ConnectionTable;
  /** Own addresses by number: few. */
  private readonly addresses: IpAddress[] = [];
  /** By entry: number of the own address in the high half, own port in the low half. */
  private readonly words = new SlotColumn();
  /** Entries plus 1 by hash; 0 = free. */
  private buckets = new Int32Array(FEWEST);
  private count = 0;
  private readonly end = new ServerEnd();

  /** @param table - The connections. */
  constructor(table: ConnectionTable) {
    this.table = table;
  }

  /** Bytes of all arrays. */
  get bytes(): number {
    return this.words.bytes + this.buckets.byteLength;
  }

  /** How many connections are translated. */
  get size(): number {
    return this.count;
  }

  /**
   * The own address of a translated connection.
   *
   * @param slot - Its entry.
   * @returns The address.
   */
  addressOf(slot: number): IpAddress {
    return this.addresses[this.words.get(slot) >>> 16];
  }

  /**
   * The own port of a translated connection.
   *
   * @param slot - Its entry.
   * @returns The port.
   */
  portOf(slot: number): number {
    return this.words.get(slot) & 0xffff;
  }

  /**
   * Finds a translated connection by a packet of its server.
   *
   * @param protocol - The protocol's number.
   * @param server - The server's address.
   * @param serverPort - The server's port.
   * @param own - The own address.
   * @param ownPort - The own port.
   * @returns Its entry, or −1.
   */
  find(
    protocol: number,
    server: AddressWords,
    serverPort: number,
    own: AddressWords,
    ownPort: number,
  ): number {
    const { buckets } = this;
    const mask = buckets.length - 1;
    let at = hashOf(protocol, server, serverPort, ownPort) & mask;
    for (; buckets[at] !== 0; at = (at + 1) & mask) {
      const slot = buckets[at] - 1;
      if (this.matches(slot, protocol, server, serverPort, own, ownPort)) return slot;
    }
    return NONE;
  }

  /**
   * Gives a connection an own endpoint, which no other one with the same server has.
   *
   * @param slot - Its entry.
   * @param address - The own address.
   * @param port - The own port.
   */
  add(slot: number, address: IpAddress, port: number): void {
    if ((this.count + 1) / this.buckets.length > GREATEST_LOAD) this.grow();
    this.words.set(slot, (this.numberOf(address) << 16) | port);
    this.count++;
    this.insert(slot);
  }

  /**
   * Takes the own endpoint from a connection that has one.
   *
   * @param slot - Its entry, still readable.
   */
  remove(slot: number): void {
    const { buckets } = this;
    const mask = buckets.length - 1;
    let free = this.homeOf(slot);
    while (buckets[free] !== slot + 1) free = (free + 1) & mask;
    this.count--;
    // What follows moves up, unless that would be before its own place.
    for (let at = (free + 1) & mask; buckets[at] !== 0; at = (at + 1) & mask) {
      const home = this.homeOf(buckets[at] - 1);
      if (((at - home) & mask) < ((at - free) & mask)) continue;
      buckets[free] = buckets[at];
      free = at;
    }
    buckets[free] = 0;
  }

  private matches(
    slot: number,
    protocol: number,
    server: AddressWords,
    serverPort: number,
    own: AddressWords,
    ownPort: number,
  ): boolean {
    const { table, end } = this;
    if (this.portOf(slot) !== ownPort || table.protocol(slot) !== protocol) return false;
    table.fastPath.readEnds(slot, end);
    const isOfServer = end.port === serverPort && end.address?.equals(server) === true;
    return isOfServer && this.addressOf(slot).equals(own);
  }

  private insert(slot: number): void {
    const { buckets } = this;
    const mask = buckets.length - 1;
    let at = this.homeOf(slot);
    while (buckets[at] !== 0) at = (at + 1) & mask;
    buckets[at] = slot + 1;
  }

  private homeOf(slot: number): number {
    const { table, end } = this;
    table.fastPath.readEnds(slot, end);
    const { address, port } = end;
    if (address === undefined) return 0;
    const hash = hashOf(table.protocol(slot), address, port, this.portOf(slot));
    return hash & (this.buckets.length - 1);
  }

  private grow(): void {
    const old = this.buckets;
    this.buckets = new Int32Array(old.length * 2);
    for (const each of old) if (each !== 0) this.insert(each - 1);
  }

  private numberOf(address: IpAddress): number {
    const known = this.addresses.findIndex((each) => each.equals(address));
    return known >= 0 ? known : this.addresses.push(address) - 1;
  }
}

/** Spreads a connection's server and own port over 32 bits. */
function hashOf(
  protocol: number,
  server: AddressWords,
  serverPort: number,
  ownPort: number,
): number {
  const ports = (serverPort << 16) ^ ownPort ^ (protocol << 8);
  const mixed = Math.imul(foldWords(server) ^ Math.imul(ports, 0x9e37_79b1), 0x85eb_ca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
