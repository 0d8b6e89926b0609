/**
 * The fields of table entries, read and written by slot number.
 *
 * Nothing here checks that the slot is in use: these are the accessors of the hot path. A caller that keeps a
 * connection longer than a packet takes a {@link Connection}. Server counters follow each change of an entry.
 */
import { IpAddress, type AddressFamily } from '../../ip-address.js';
import type { RealServer } from '../../model/real-server.js';
import { Destinations, PORT_AS_VIRTUAL } from './destinations.js';
import { EntryStore } from './entry-store.js';
import type { OptionalColumn } from './optional-column.js';
import { FLAG_BITS, FLAG_HASHED, FLAG_INACTIVE, FLAG_TEMPLATE } from './flags.js';
import {
  CHUNK_MASK,
  CHUNK_SHIFT,
  CLIENT,
  DESTINATION,
  DESTINATION_BITS,
  META,
  META_DROPPED,
  META_EXPIRING,
  META_IPV6,
  PACKETS,
  PORTS,
  PROTOCOL_BITS,
  PROTOCOL_SHIFT,
  RECORD_WORDS,
  STATE_BITS,
  STATE_SHIFT,
  TIMEOUT,
  VIRTUAL,
} from './record.js';
import { countActivity } from './server-counters.js';

/** The state of a template that has seen an answer: it outlives the dropping of its last connection. */
export const TEMPLATE_ASSURED = 1;
/** The port that makes a template unfindable. */
const INVALID_PORT = 0xffff;
const NONE = -1;

/** The endpoints of an entry. */
export interface ConnectionEndpoints {
  /** The client's address. */
  readonly clientAddress: IpAddress;
  /** The client's port; 0 for a template. */
  readonly clientPort: number;
  /** The virtual address, or the firewall mark of a template as an address. */
  readonly virtualAddress: IpAddress;
  /** The virtual port. */
  readonly virtualPort: number;
  /** The server-side address. */
  readonly serverAddress: IpAddress;
  /** The server-side port of this entry, which may differ from the server's own. */
  readonly serverPort: number;
  /** What a persistence engine read, of a template: one character per byte. */
  readonly engineData?: string;
}

/** All entries of a table: their records and the destinations that they share. */
export class Entries {
  /** The records. */
  readonly store: EntryStore = new EntryStore();
  /** The destinations. */
  readonly destinations: Destinations = new Destinations();

  /** One word of an entry's record. */
  word(slot: number, index: number): number {
    return this.store.recordsOf(slot)[this.store.offsetOf(slot) + index];
  }

  /** Stores one word of an entry's record. */
  write(slot: number, index: number, value: number): void {
    this.store.recordsOf(slot)[this.store.offsetOf(slot) + index] = value;
  }

  /** Whether a slot holds an entry; `false` also for numbers that are no slot. */
  isLive(slot: number): boolean {
    return this.store.isSlot(slot) && (this.word(slot, META) & FLAG_HASHED) !== 0;
  }

  /** The next entry after a slot, in slot order; −1 at the end. The table may change between calls. */
  next(after: number): number {
    const { records } = this.store;
    for (let slot = after + 1; slot < this.store.slots; slot++) {
      const chunk = records[slot >> CHUNK_SHIFT];
      let offset = this.store.offsetOf(slot);
      for (; offset < chunk.length; offset += RECORD_WORDS) {
        if ((chunk[offset + META] & FLAG_HASHED) !== 0) {
          return (slot & ~CHUNK_MASK) + offset / RECORD_WORDS;
        }
      }
      slot |= CHUNK_MASK;
    }
    return NONE;
  }

  /** The address family of both addresses. */
  family(slot: number): AddressFamily {
    return (this.word(slot, META) & META_IPV6) === 0 ? 4 : 6;
  }

  /** The number of the protocol in the IP header; 0 in the templates of firewall marks. */
  protocol(slot: number): number {
    return (this.word(slot, META) & PROTOCOL_BITS) >>> PROTOCOL_SHIFT;
  }

  /** The flags and the forwarding method: the bits of `FLAG_BITS`. */
  flags(slot: number): number {
    return this.word(slot, META) & FLAG_BITS;
  }

  /** Whether the entry is a persistence template. */
  isTemplate(slot: number): boolean {
    return (this.word(slot, META) & FLAG_TEMPLATE) !== 0;
  }

  /** The number of the state in its protocol's list of states, 0–15. */
  state(slot: number): number {
    return (this.word(slot, META) & STATE_BITS) >>> STATE_SHIFT;
  }

  /** The client's address; makes an object. */
  clientAddress(slot: number): IpAddress {
    return this.addressAt(slot, CLIENT, 0);
  }

  /** The client's port. */
  clientPort(slot: number): number {
    return this.word(slot, PORTS) >>> 16;
  }

  /** The virtual address, or the firewall mark of a template as an address; makes an object. */
  virtualAddress(slot: number): IpAddress {
    return this.addressAt(slot, VIRTUAL, 3);
  }

  /** The virtual port. */
  virtualPort(slot: number): number {
    return this.word(slot, PORTS) & 0xffff;
  }

  /** The number of the destination. */
  destination(slot: number): number {
    return this.word(slot, DESTINATION) & DESTINATION_BITS;
  }

  /** The server of the entry; `undefined` when it is bound to an address only. */
  server(slot: number): RealServer | undefined {
    return this.destinations.servers[this.word(slot, DESTINATION) & DESTINATION_BITS];
  }

  /** The server-side address. */
  serverAddress(slot: number): IpAddress {
    return this.destinations.addresses[this.destination(slot)];
  }

  /** The server-side port of this entry, which may differ from the server's own. */
  serverPort(slot: number): number {
    const port = this.destinations.ports[this.destination(slot)];
    return port === PORT_AS_VIRTUAL ? this.virtualPort(slot) : port;
  }

  /** What a persistence engine read, of a template; `''` = nothing. */
  engineData(slot: number): string {
    return this.isTemplate(slot) ? this.store.engineDataOf(slot) : '';
  }

  /** The endpoints of an entry; makes objects. */
  endpoints(slot: number): ConnectionEndpoints {
    const engineData = this.engineData(slot);
    return {
      clientAddress: this.clientAddress(slot),
      clientPort: this.clientPort(slot),
      virtualAddress: this.virtualAddress(slot),
      virtualPort: this.virtualPort(slot),
      serverAddress: this.serverAddress(slot),
      serverPort: this.serverPort(slot),
      ...(engineData !== '' && { engineData }),
    };
  }

  /** The firewall mark by which the entry's service was found; 0 = none. */
  mark(slot: number): number {
    return this.destinations.marks[this.destination(slot)];
  }

  /** The timeout in milliseconds; 0 once the entry is being dropped. */
  timeoutMs(slot: number): number {
    return (this.word(slot, META) & META_DROPPED) === 0 ? this.word(slot, TIMEOUT) >>> 0 : 0;
  }

  /** Whether the entry is about to expire, its timer cut short. */
  isExpiring(slot: number): boolean {
    return (this.word(slot, META) & META_EXPIRING) !== 0;
  }

  /** How many packets were counted, modulo 2^32. */
  packets(slot: number): number {
    return this.word(slot, PACKETS) >>> 0;
  }

  /** The template or connection that controls the entry; −1 when there is none, and for templates. */
  controller(slot: number): number {
    return this.isTemplate(slot) ? NONE : this.store.controls.get(slot) - 1;
  }

  /** How many entries this one controls. */
  controlled(slot: number): number {
    return this.controlledColumn(slot).get(slot);
  }

  /** Sets the timeout in milliseconds. The timer restarts with it at the next use. */
  setTimeout(slot: number, timeoutMs: number): void {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    records[offset + TIMEOUT] = timeoutMs;
    records[offset + META] &= ~META_DROPPED;
  }

  /** Counts a packet of the client. */
  countPacket(slot: number): void {
    this.store.recordsOf(slot)[this.store.offsetOf(slot) + PACKETS] += 1;
  }

  /** Sets the number of packets of the client. */
  setPackets(slot: number, packets: number): void {
    this.write(slot, PACKETS, packets);
  }

  /** Stores the state of a connection, and counts it as active or inactive at its server. */
  setState(slot: number, state: number, active: boolean): void {
    const meta = (this.word(slot, META) & ~STATE_BITS) | (state << STATE_SHIFT);
    const wasActive = (meta & FLAG_INACTIVE) === 0;
    if (wasActive === active) {
      this.write(slot, META, meta);
    } else {
      this.write(slot, META, meta ^ FLAG_INACTIVE);
      countActivity(this.server(slot), active);
    }
  }

  /** Makes a template ASSURED; a connection stays as it is. */
  assure(slot: number): void {
    if (!this.isTemplate(slot)) return;
    this.write(slot, META, this.word(slot, META) | (TEMPLATE_ASSURED << STATE_SHIFT));
  }

  /** Sets bits of the flags word that no counter depends on. */
  setFlags(slot: number, flags: number): void {
    this.write(slot, META, this.word(slot, META) | flags);
  }

  /** Clears bits of the flags word that no counter depends on. */
  clearFlags(slot: number, flags: number): void {
    this.write(slot, META, this.word(slot, META) & ~flags);
  }

  /** Makes a template, or another connection, the controller of a connection that has none. */
  setController(slot: number, controller: number): void {
    const column = this.controlledColumn(controller);
    this.store.controls.set(slot, controller + 1);
    column.set(controller, column.get(controller) + 1);
  }

  /** Counts an entry less of those that a controller has. */
  releaseController(controller: number): void {
    const column = this.controlledColumn(controller);
    column.set(controller, column.get(controller) - 1);
  }

  /** Changes a template's key so that no look-up finds it again; its timer runs on. */
  invalidate(slot: number): void {
    const { destinations } = this;
    const destination = this.destination(slot);
    const invalid = destinations.withPort(destination, INVALID_PORT);
    destinations.release(destination);
    this.write(slot, PORTS, INVALID_PORT);
    const word = this.word(slot, DESTINATION);
    this.write(slot, DESTINATION, (word & ~DESTINATION_BITS) | invalid);
  }

  /** Where it is stored how many entries an entry controls: a connection may have a controller as well. */
  private controlledColumn(slot: number): OptionalColumn {
    return this.isTemplate(slot) ? this.store.controls : this.store.dataControls;
  }

  private addressAt(slot: number, word: number, wide: number): IpAddress {
    const last = this.word(slot, word);
    if (this.family(slot) === 4) return IpAddress.fromIpv4(last);
    const words = this.store.wideOf(slot);
    const offset = this.store.wideOffsetOf(slot) + wide;
    return IpAddress.fromIpv6(words[offset], words[offset + 1], words[offset + 2], last);
  }
}
