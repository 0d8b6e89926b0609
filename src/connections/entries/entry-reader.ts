/**
 * Reading one entry of the connection table by its slot number.
 *
 * Nothing here checks that the slot is in use: these are the hot path's own accessors. Whoever keeps a
 * connection longer than a packet takes a {@link Connection}.
 */
import { IpAddress, type AddressFamily } from '../../ip-address.js';
import type { RealServer } from '../../model/real-server.js';
import { Bindings, PORT_AS_VIRTUAL } from './destinations.js';
import { EntryStore } from './entry-store.js';
import { FLAG_BITS, FLAG_HASHED, FLAG_TEMPLATE } from './flags.js';
import {
  BINDING,
  BINDING_BITS,
  CLIENT,
  META,
  META_DROPPED,
  META_IPV6,
  PACKETS,
  PORTS,
  PROTOCOL_BITS,
  PROTOCOL_SHIFT,
  STATE_BITS,
  STATE_SHIFT,
  TIMEOUT,
  VIRTUAL,
} from './record.js';

/** Read access to the fields of entries. */
export class EntryReader {
  /** The records; for the rules of this folder only. @internal */
  readonly store: EntryStore = new EntryStore();
  /** The shared rows; for the rules of this folder only. @internal */
  readonly bindings: Bindings = new Bindings();

  /** One word of an entry's record. @internal */
  word(slot: number, index: number): number {
    return this.store.recordsOf(slot)[this.store.offsetOf(slot) + index];
  }

  /**
   * Whether a slot holds an entry.
   *
   * @param slot - Any slot number.
   * @returns `false` also for numbers that are no slot.
   */
  isLive(slot: number): boolean {
    return this.store.isSlot(slot) && (this.word(slot, META) & FLAG_HASHED) !== 0;
  }

  /**
   * The generation of a slot: it changes when the slot is given up.
   *
   * @param slot - A slot.
   * @returns 32 bits, signed.
   */
  generation(slot: number): number {
    return this.store.generationOf(slot);
  }

  /**
   * The address family.
   *
   * @param slot - An entry.
   * @returns 4 or 6.
   */
  family(slot: number): AddressFamily {
    return (this.word(slot, META) & META_IPV6) === 0 ? 4 : 6;
  }

  /**
   * The number of the protocol in the IP header; 0 in the templates of firewall marks.
   *
   * @param slot - An entry.
   * @returns 0–255.
   */
  protocol(slot: number): number {
    return (this.word(slot, META) & PROTOCOL_BITS) >>> PROTOCOL_SHIFT;
  }

  /**
   * The flags and the forwarding method, as in synchronisation messages.
   *
   * @param slot - An entry.
   * @returns The bits of `FLAG_BITS`.
   */
  flags(slot: number): number {
    return this.word(slot, META) & FLAG_BITS;
  }

  /**
   * Whether the entry is a persistence template.
   *
   * @param slot - An entry.
   * @returns `true` for templates.
   */
  isTemplate(slot: number): boolean {
    return (this.word(slot, META) & FLAG_TEMPLATE) !== 0;
  }

  /**
   * The number of the state in its protocol's list of states.
   *
   * @param slot - An entry.
   * @returns 0–15; templates: 0 NONE, 1 ASSURED.
   */
  state(slot: number): number {
    return (this.word(slot, META) & STATE_BITS) >>> STATE_SHIFT;
  }

  /**
   * The client's address; makes an object.
   *
   * @param slot - An entry.
   * @returns The address.
   */
  clientAddress(slot: number): IpAddress {
    return this.addressAt(slot, CLIENT, 0);
  }

  /**
   * The client's port.
   *
   * @param slot - An entry.
   * @returns 0–65535.
   */
  clientPort(slot: number): number {
    return this.word(slot, PORTS) >>> 16;
  }

  /**
   * The virtual address, or the firewall mark of a template as an address; makes an object.
   *
   * @param slot - An entry.
   * @returns The address.
   */
  virtualAddress(slot: number): IpAddress {
    return this.addressAt(slot, VIRTUAL, 3);
  }

  /**
   * One word of the virtual address, without making an object.
   *
   * @param slot - An entry.
   * @param word - Which: 0–3; IPv4 addresses have the last one only.
   * @returns A signed 32-bit number.
   */
  virtualWord(slot: number, word: number): number {
    if (word === 3) return this.word(slot, VIRTUAL);
    if (this.family(slot) === 4) return 0;
    return this.store.wideOf(slot)[this.store.wideOffsetOf(slot) + 3 + word];
  }

  /**
   * The number of the row that the entry shares with others of the same server, server-side port and mark;
   * a row that nobody shares any more may be used again.
   *
   * @param slot - An entry.
   * @returns 0 or more.
   */
  binding(slot: number): number {
    return this.word(slot, BINDING) & BINDING_BITS;
  }

  /**
   * The virtual port.
   *
   * @param slot - An entry.
   * @returns 0–65535.
   */
  virtualPort(slot: number): number {
    return this.word(slot, PORTS) & 0xffff;
  }

  /**
   * The server the entry is bound to.
   *
   * @param slot - An entry.
   * @returns `undefined` for entries taken over by synchronisation whose server is unknown here.
   */
  server(slot: number): RealServer | undefined {
    return this.bindings.servers[this.word(slot, BINDING) & BINDING_BITS];
  }

  /**
   * The server-side address, of the server or as told by synchronisation.
   *
   * @param slot - An entry.
   * @returns The address.
   */
  serverAddress(slot: number): IpAddress {
    return this.bindings.addresses[this.word(slot, BINDING) & BINDING_BITS];
  }

  /**
   * The server-side port of this entry, which need not be the server's own.
   *
   * @param slot - An entry.
   * @returns 0–65535.
   */
  serverPort(slot: number): number {
    const port = this.bindings.ports[this.word(slot, BINDING) & BINDING_BITS];
    return port === PORT_AS_VIRTUAL ? this.virtualPort(slot) : port;
  }

  /**
   * The firewall mark by which the entry's service was found.
   *
   * @param slot - An entry.
   * @returns 0–4294967295; 0 = none.
   */
  mark(slot: number): number {
    return this.bindings.marks[this.word(slot, BINDING) & BINDING_BITS];
  }

  /**
   * What the timer is set to at each use; 0 once the entry is being dropped.
   *
   * @param slot - An entry.
   * @returns Milliseconds.
   */
  timeoutMs(slot: number): number {
    return (this.word(slot, META) & META_DROPPED) === 0 ? this.word(slot, TIMEOUT) >>> 0 : 0;
  }

  /**
   * How many packets were counted.
   *
   * @param slot - An entry.
   * @returns 0–4294967295, then from 0 again.
   */
  packets(slot: number): number {
    return this.word(slot, PACKETS) >>> 0;
  }

  /**
   * The template that controls the entry.
   *
   * @param slot - An entry.
   * @returns A slot; −1 when there is none, and for templates.
   */
  controller(slot: number): number {
    return this.isTemplate(slot) ? -1 : this.store.controls.get(slot) - 1;
  }

  /**
   * How many entries this one controls.
   *
   * @param slot - An entry.
   * @returns 0 or more; 0 for everything but templates.
   */
  controlled(slot: number): number {
    return this.isTemplate(slot) ? this.store.controls.get(slot) : 0;
  }

  private addressAt(slot: number, word: number, wide: number): IpAddress {
    const last = this.word(slot, word);
    if (this.family(slot) === 4) return IpAddress.fromIpv4(last);
    const words = this.store.wideOf(slot);
    const offset = this.store.wideOffsetOf(slot) + wide;
    return IpAddress.fromIpv6(words[offset], words[offset + 1], words[offset + 2], last);
  }
}
