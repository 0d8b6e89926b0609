/**
 * The door of the connection table for synchronization: entries as messages between directors describe
 * them, read and written field by field.
 *
 * Nothing is checked: a slot has to be one that a look-up returned. Cost: no allocation, but for the address
 * of a server that is not known here.
 */
import { IpAddress } from '../../ip-address.js';
import type { RealServer } from '../../model/real-server.js';
import type { ConnectionKey } from '../entries/connection-key.js';
import type { Entries } from '../entries/entries.js';
import {
  FLAG_IN_SEQ,
  FLAG_INACTIVE,
  FLAG_NO_OUTPUT,
  FLAG_OUT_SEQ,
  FLAG_TEMPLATE,
  METHOD_BITS,
} from '../entries/flags.js';
import type { HelperState } from '../entries/helper-session.js';
import type { InitialState } from '../entries/initial-state.js';
import { OptionalColumn } from '../entries/optional-column.js';
import {
  CLIENT,
  META,
  META_IPV6,
  PACKETS,
  PORTS,
  PROTOCOL_BITS,
  PROTOCOL_SHIFT,
  STATE_BITS,
  STATE_SHIFT,
  VIRTUAL,
} from '../entries/record.js';
import type { Eviction } from '../eviction.js';
import type { HelpedEntries } from './helped-entries.js';
import type { Lifecycle } from '../lifecycle.js';

const SEQUENCE_FLAGS = FLAG_IN_SEQ | FLAG_OUT_SEQ;
/** What distinguishes connections of one protocol in one state from other entries. */
const KIND_BITS = PROTOCOL_BITS | STATE_BITS | FLAG_TEMPLATE;
/** The flags that a known server decides. */
const SERVER_FLAGS = METHOD_BITS | FLAG_NO_OUTPUT;

/** An entry in a message. */
export interface SynchronizedEntry {
  /** Family, protocol, client and virtual endpoint. */
  readonly key: ConnectionKey;
  /** The flags and the forwarding method. */
  flags: number;
  /** The number of the state. */
  state: number;
  /** First word of the server's address. */
  server0: number;
  /** Second word of the server's address. */
  server1: number;
  /** Third word of the server's address. */
  server2: number;
  /** Last (or only) word of the server's address, signed. */
  server3: number;
  /** The server-side port. */
  serverPort: number;
  /** The firewall mark; 0 = none. */
  mark: number;
  /** What the timer is set to at each use, in seconds. */
  timeoutSeconds: number;
}

/** What decides whether an entry is due to be sent. */
export interface DueFields {
  /** The protocol's number. */
  protocol: number;
  /** Whether it is a template. */
  isTemplate: boolean;
  /** Whether a template controls it. */
  hasTemplate: boolean;
  /** The number of its state. */
  state: number;
  /** What its timer is set to, in milliseconds. */
  timeoutMs: number;
}

/** Access to the entries of one table. */
export class SynchronizedEntries {
  /** What was sent of each entry last: bits that the sender defines; 0 = nothing. */
  readonly sent: OptionalColumn = new OptionalColumn();
  /** When each entry was due to expire when it was sent last: the lowest 32 bits of the milliseconds. */
  readonly sentExpiries: OptionalColumn = new OptionalColumn();
  /** What a journal has recorded of each entry last: bits that it defines; 0 = nothing. */
  readonly recorded: OptionalColumn = new OptionalColumn();
  private readonly entries: Entries;
  private readonly lifecycle: Lifecycle;
  private readonly eviction: Eviction;
  private readonly helped: HelpedEntries;

  /** Made by a table. @internal */
  constructor(entries: Entries, lifecycle: Lifecycle, eviction: Eviction, helped: HelpedEntries) {
    this.helped = helped;
    this.entries = entries;
    this.lifecycle = lifecycle;
    this.eviction = eviction;
  }

  /** Forgets what was sent of an entry that leaves the table. */
  forget(slot: number): void {
    if (this.sent.has(slot)) this.sent.set(slot, 0);
  }

  /** Whether an entry's addresses are IPv6. */
  isIpv6(slot: number): boolean {
    return this.entries.family(slot) === 6;
  }

  /** Whether an entry is a template. */
  isTemplate(slot: number): boolean {
    return this.entries.isTemplate(slot);
  }

  /** The template or connection that controls an entry, or −1. */
  controller(slot: number): number {
    return this.entries.controller(slot);
  }

  /** The packets of its client. */
  packets(slot: number): number {
    return this.entries.packets(slot);
  }

  /** The packets of its client, of a connection of a protocol in a state that nothing controls; else −1. */
  packetsOf(slot: number, protocol: number, state: number): number {
    const { store } = this.entries;
    const records = store.recordsOf(slot);
    const offset = store.offsetOf(slot);
    const kind = (protocol << PROTOCOL_SHIFT) | (state << STATE_SHIFT);
    if ((records[offset + META] & KIND_BITS) !== kind) return -1;
    if (store.controls.isUsed && store.controls.get(slot) !== 0) return -1;
    return records[offset + PACKETS] >>> 0;
  }

  /** Counts a packet of its client; gives the number with this one. */
  countPacket(slot: number): number {
    this.entries.countPacket(slot);
    return this.entries.packets(slot);
  }

  /** Reads what decides whether an entry is due. */
  readDue(slot: number, due: DueFields): void {
    const { entries } = this;
    const meta = entries.word(slot, META);
    due.protocol = (meta & PROTOCOL_BITS) >>> PROTOCOL_SHIFT;
    due.isTemplate = (meta & FLAG_TEMPLATE) !== 0;
    due.hasTemplate = this.hasTemplate(slot);
    due.state = (meta & STATE_BITS) >>> STATE_SHIFT;
    due.timeoutMs = entries.timeoutMs(slot);
  }

  /** Reads an entry. */
  read(slot: number, entry: SynchronizedEntry): void {
    const { entries } = this;
    const { destinations } = entries;
    const destination = entries.destination(slot);
    const address = destinations.addresses[destination];
    this.readKey(slot, entry.key);
    entry.flags = entries.flags(slot);
    entry.state = entries.state(slot);
    entry.server0 = address.word0;
    entry.server1 = address.word1;
    entry.server2 = address.word2;
    entry.server3 = address.word3;
    entry.serverPort = entries.serverPort(slot);
    entry.mark = destinations.marks[destination];
    entry.timeoutSeconds = Math.floor(entries.timeoutMs(slot) / 1000);
  }

  /** Whether an entry goes to the server address and port of a message. */
  hasServer(slot: number, entry: SynchronizedEntry): boolean {
    const { entries } = this;
    const { word0, word1, word2, word3 } = entries.serverAddress(slot);
    if (entries.serverPort(slot) !== entry.serverPort || word3 !== entry.server3) return false;
    if (entry.key.family === 4) return true;
    return word0 === entry.server0 && word1 === entry.server1 && word2 === entry.server2;
  }

  /**
   * Adds an entry, bound to its server when that is known here, and counted there.
   *
   * @param entry - The entry.
   * @param flags - Its flags, the method included; the method and NOOUTPUT of a known server go first.
   * @param server - Its server, if that is known.
   * @param now - The present time in milliseconds.
   * @param initial - Its state, activity and timeout.
   * @returns The slot, or −1 when the table is full.
   */
  insert(
    entry: SynchronizedEntry,
    flags: number,
    server: RealServer | undefined,
    now: number,
    initial: InitialState,
  ): number {
    const { eviction, lifecycle } = this;
    const { key, serverPort, mark } = entry;
    if (!eviction.admits(now)) return -1;
    const slot =
      server === undefined
        ? lifecycle.openUnbound(key, now, addressOf(entry), serverPort, flags, mark, initial)
        : lifecycle.open(key, now, server, serverPort, flags & ~SERVER_FLAGS, mark, initial);
    if (slot < 0) eviction.refused++;
    else this.helped.adopt(slot);
    return slot;
  }

  /** Binds an entry without server to one, and counts it there; the method becomes the server's. */
  bind(slot: number, server: RealServer): void {
    this.lifecycle.bind(slot, server);
  }

  /** How the sequence numbers of an entry are shifted; `undefined` when they are not, or it has no helper. */
  shifts(slot: number): HelperState | undefined {
    return this.helped.find(slot);
  }

  /** Stores how the sequence numbers of an entry are shifted; only an entry with a helper needs it. */
  setShifts(slot: number, position: number, before: number, behind: number): void {
    if (!this.helped.has(slot)) return;
    Object.assign(this.helped.session(slot), { position, before, behind });
  }

  /** The server of an entry, if it is bound to one. */
  server(slot: number): RealServer | undefined {
    return this.entries.server(slot);
  }

  /** Sets the packets of the client of an entry. */
  setPackets(slot: number, packets: number): void {
    this.entries.setPackets(slot, packets);
  }

  /** Updates a known entry by a message: state, activity (of connections), sequence flags, timeout. */
  update(slot: number, flags: number, state: number, timeoutMs: number): void {
    const { entries } = this;
    if ((flags & FLAG_TEMPLATE) === 0) {
      entries.clearFlags(slot, SEQUENCE_FLAGS & ~flags);
      entries.setFlags(slot, SEQUENCE_FLAGS & flags);
      entries.setState(slot, state, (flags & FLAG_INACTIVE) === 0);
    } else {
      entries.write(slot, META, (entries.word(slot, META) & ~STATE_BITS) | (state << STATE_SHIFT));
    }
    entries.setTimeout(slot, timeoutMs);
  }

  /** Whether a template is among the controllers of an entry. */
  private hasTemplate(slot: number): boolean {
    const { entries } = this;
    let controller = entries.controller(slot);
    while (controller >= 0 && !entries.isTemplate(controller)) {
      controller = entries.controller(controller);
    }
    return controller >= 0;
  }

  private readKey(slot: number, key: ConnectionKey): void {
    const { store } = this.entries;
    const records = store.recordsOf(slot);
    const offset = store.offsetOf(slot);
    const meta = records[offset + META];
    key.protocol = (meta & PROTOCOL_BITS) >>> PROTOCOL_SHIFT;
    key.client3 = records[offset + CLIENT];
    key.virtual3 = records[offset + VIRTUAL];
    key.clientPort = records[offset + PORTS] >>> 16;
    key.virtualPort = records[offset + PORTS] & 0xffff;
    key.family = (meta & META_IPV6) === 0 ? 4 : 6;
    key.engineData = this.entries.engineData(slot);
    if (key.family === 4) {
      key.client0 = key.client1 = key.client2 = 0;
      key.virtual0 = key.virtual1 = key.virtual2 = 0;
      return;
    }
    const wide = store.wideOf(slot);
    const at = store.wideOffsetOf(slot);
    key.client0 = wide[at];
    key.client1 = wide[at + 1];
    key.client2 = wide[at + 2];
    key.virtual0 = wide[at + 3];
    key.virtual1 = wide[at + 4];
    key.virtual2 = wide[at + 5];
  }
}

/** The server's address of an entry; makes an object. */
function addressOf(entry: SynchronizedEntry): IpAddress {
  const { server0, server1, server2, server3 } = entry;
  if (entry.key.family === 4) return IpAddress.fromIpv4(server3);
  return IpAddress.fromIpv6(server0, server1, server2, server3);
}
