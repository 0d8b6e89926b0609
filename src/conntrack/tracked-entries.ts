/**
 * Tracked connections that are entries of the director: their records by slot, their own endpoints, their marks, and
 * the look-up of a packet. A connection is forgotten when its time is over, or its entry leaves.
 */
import { AddressBuffer } from '../address-words.js';
import { ConnectionKey } from '../connections/entries/connection-key.js';
import type { ConnectionTable } from '../connections/connection-table.js';
import type { IpAddress } from '../ip-address.js';
import type { CurrentPacket } from './current-packet.js';
import type { Follower } from './follower.js';
import { OwnEndpoints } from './own-endpoints.js';
import { EXPIRY, FLAGS, LASTING, RECORD_WORDS, TRANSLATED } from './record.js';
import { SlotColumn } from './slot-column.js';
import { TrackingRecords } from './tracking-records.js';
import type { Tuple } from './tuple.js';

const NONE = -1;

/** The tracked connections of one table. */
export class TrackedEntries {
  /** Their records. */
  readonly records: TrackingRecords = new TrackingRecords();
  /** The own endpoints of those that are translated. */
  readonly own: OwnEndpoints;
  /** Their marks. */
  readonly marks: SlotColumn = new SlotColumn();
  private readonly table: ConnectionTable;
  private readonly follower: Follower;
  private readonly key = new ConnectionKey();
  /** The client of an entry; written by `clientOf`. */
  private readonly client = new AddressBuffer();

  /**
   * @param table - The connections.
   * @param follower - Follows them.
   */
  constructor(table: ConnectionTable, follower: Follower) {
    this.table = table;
    this.follower = follower;
    this.own = new OwnEndpoints(table);
  }

  /** Bytes of all arrays. */
  get bytes(): number {
    return this.records.bytes + this.own.bytes + this.marks.bytes;
  }

  /**
   * The entry whose client or server sent a packet, whether it is tracked or not.
   *
   * @param tuple - The packet's.
   * @param fromClient - Whether the packet goes to the virtual endpoint.
   * @returns A slot, or −1.
   */
  entryOf(tuple: Tuple, fromClient: boolean): number {
    const { key, table } = this;
    const { protocol, source, sourcePort, destination, destinationPort } = tuple;
    key.protocol = protocol;
    if (fromClient) {
      key.setClient(source, sourcePort).setVirtual(destination, destinationPort);
      return table.findIn(key);
    }
    key.setClient(destination, destinationPort).setVirtual(source, sourcePort);
    return table.findOut(key);
  }

  /**
   * Finds the tracked connection of a packet.
   *
   * @param current - The packet: its tuple is read, slot and direction are written.
   * @param toHost - Whether it is addressed to the host, where requests are more likely than replies.
   * @param now - The present time in milliseconds.
   * @returns Whether there is one.
   */
  find(current: CurrentPacket, toHost: boolean, now: number): boolean {
    const isFound = toHost
      ? this.findRequest(current, now) || this.findReply(current, now)
      : this.findReply(current, now) || this.findRequest(current, now);
    return isFound || this.findTranslated(current, now);
  }

  private findRequest(current: CurrentPacket, now: number): boolean {
    return this.take(current, this.entryOf(current.tuple, true), 0, now);
  }

  private findReply(current: CurrentPacket, now: number): boolean {
    const slot = this.entryOf(current.tuple, false);
    // The server of a translated connection does not know the client.
    const isTranslated = slot !== NONE && (this.records.flagsOf(slot) & TRANSLATED) !== 0;
    return !isTranslated && this.take(current, slot, 1, now);
  }

  private findTranslated(current: CurrentPacket, now: number): boolean {
    if (this.own.size === 0) return false;
    const { protocol, source, sourcePort, destination, destinationPort } = current.tuple;
    const slot = this.own.find(protocol, source, sourcePort, destination, destinationPort);
    return this.take(current, slot, 1, now);
  }

  private take(current: CurrentPacket, slot: number, direction: number, now: number): boolean {
    if (slot === NONE || !this.isPresent(slot, now)) return false;
    current.slot = slot;
    current.direction = direction;
    if ((this.records.flagsOf(slot) & TRANSLATED) !== 0) {
      current.ownAddress = this.own.addressOf(slot);
      current.ownPort = this.own.portOf(slot);
    }
    return true;
  }

  /**
   * Whether an entry is tracked at present; one whose time is over is forgotten.
   *
   * @param slot - The entry.
   * @param now - The present time in milliseconds.
   * @returns `true` when its connection is listed.
   */
  isPresent(slot: number, now: number): boolean {
    const { records } = this;
    if (!records.has(slot)) return false;
    const expiry = records.wordsOf(slot)[records.offsetOf(slot) + EXPIRY];
    if (((expiry - now) | 0) > 0) return true;
    this.forget(slot);
    return false;
  }

  /**
   * Stores a connection.
   *
   * @param slot - Its entry, not tracked at present.
   * @param fresh - Its record.
   */
  store(slot: number, fresh: Int32Array): void {
    const { records } = this;
    records.reserve(slot);
    const words = records.wordsOf(slot);
    const at = records.offsetOf(slot);
    const lasting = words[at + FLAGS] & LASTING;
    for (let i = 0; i < RECORD_WORDS; i++) words[at + i] = fresh[i];
    words[at + FLAGS] |= lasting;
  }

  /**
   * Gives a tracked connection an own endpoint.
   *
   * @param slot - Its entry.
   * @param address - The own address.
   * @param port - The own port, free for its server.
   */
  translate(slot: number, address: IpAddress, port: number): void {
    const { records } = this;
    this.own.add(slot, address, port);
    records.wordsOf(slot)[records.offsetOf(slot) + FLAGS] |= TRANSLATED;
  }

  /**
   * Forgets the connection of an entry, which stays.
   *
   * @param slot - The entry, with a record.
   */
  forget(slot: number): void {
    const { records } = this;
    const words = records.wordsOf(slot);
    const at = records.offsetOf(slot) + FLAGS;
    if ((words[at] & TRANSLATED) !== 0) this.own.remove(slot);
    words[at] &= LASTING;
    this.marks.set(slot, 0);
    this.follower.tcp.forget(slot);
  }

  /**
   * Forgets all about an entry that leaves.
   *
   * @param slot - The entry, still readable.
   */
  remove(slot: number): void {
    const { records } = this;
    if (records.flagsOf(slot) === 0) return;
    this.forget(slot);
    records.wordsOf(slot)[records.offsetOf(slot) + FLAGS] = 0;
  }

  /**
   * Reads the client of an entry.
   *
   * @param slot - The entry.
   * @returns Its address, valid until the next call.
   */
  clientOf(slot: number): AddressBuffer {
    this.table.fastPath.readClient(slot, this.client);
    return this.client;
  }

  /**
   * Reads the client's port of an entry.
   *
   * @param slot - The entry.
   * @returns The port.
   */
  clientPortOf(slot: number): number {
    return this.table.fastPath.clientPortOf(slot);
  }
}
