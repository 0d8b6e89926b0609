/**
 * The lifecycle of table entries: they are created, used, restarted by each use, and removed when their timer runs out.
 *
 * A timer due at T runs in the first `advance` whose time is later than T; until it has run the entry is
 * found. Times are milliseconds of the caller's clock, rounded up to whole ones. An entry that still controls
 * others does not expire: its timer restarts with 60 s, and 60 s stays its timeout.
 * Cost: constant per call, no allocation.
 */
import type { IpAddress } from '../ip-address.js';
import type { RealServer } from '../model/real-server.js';
import type { ClientIndex } from './client-index/client-index.js';
import type { ConnectionKey } from './entries/connection-key.js';
import { type Destinations, PORT_AS_VIRTUAL } from './entries/destinations.js';
import { type Entries, TEMPLATE_ASSURED } from './entries/entries.js';
import type { EntryStore } from './entries/entry-store.js';
import {
  FLAG_BITS,
  FLAG_HASHED,
  FLAG_INACTIVE,
  FLAG_NO_CLIENT_PORT,
  FLAG_NO_OUTPUT,
  FLAG_TEMPLATE,
  METHOD_BITS,
  METHOD_FLAGS,
} from './entries/flags.js';
import { type InitialState, initialStateOf, REARM_MS } from './entries/initial-state.js';
import {
  ARMED,
  CLIENT,
  DESTINATION,
  DESTINATION_BITS,
  EXPIRY,
  META,
  META_DROPPED,
  META_EXPIRING,
  META_IPV6,
  PACKETS,
  PORTS,
  PROTOCOL_SHIFT,
  STATE_SHIFT,
  TIMEOUT,
  VIRTUAL,
} from './entries/record.js';
import { countClosed, countOpened } from './entries/server-counters.js';
import { TimerWheel } from './timers/timer-wheel.js';

const NONE = -1;

/** Callbacks on entry changes, each before the fact. */
export interface ConnectionTableObserver {
  /**
   * An entry is about to leave the table; it can still be read.
   *
   * @param slot - The entry.
   */
  connectionRemoved?(slot: number): void;
  /**
   * A template whose time was up was re-armed, because it still controls connections.
   *
   * @param slot - The template.
   */
  templateRearmed?(slot: number): void;
}

/** Creates, times and removes the entries of a table. */
export class Lifecycle {
  /** Receives entries that leave or are re-armed. */
  observer: ConnectionTableObserver = {};
  /** The timers of all entries. */
  readonly timers: TimerWheel;
  /** The serial number of the last arming. */
  private armed = 0;
  private readonly entries: Entries;
  private readonly store: EntryStore;
  private readonly destinations: Destinations;
  private readonly index: ClientIndex;
  private readonly latenessMs: number;

  /**
   * @param entries - The entries.
   * @param index - Their index.
   * @param latenessMs - How late timers are taken to run when a template is re-armed.
   */
  constructor(entries: Entries, index: ClientIndex, latenessMs: number) {
    this.entries = entries;
    this.store = entries.store;
    this.destinations = entries.destinations;
    this.index = index;
    this.latenessMs = latenessMs;
    this.timers = new TimerWheel(entries.store, this);
  }

  /** How many entries there are, templates included. */
  get size(): number {
    return this.index.size;
  }

  /**
   * Creates an entry whose destination is counted already, and adds it to index and timers. One long method: it is
   * too long to be inlined, and so has the engine's inlining budget for the methods that it calls.
   *
   * @returns The slot; −1 when there is none, and then the destination is released.
   */
  create(
    key: ConnectionKey,
    now: number,
    destination: number,
    flags: number,
    initial: InitialState,
  ): number {
    const slot = destination === NONE ? NONE : this.store.allocate(key.family);
    if (slot === NONE) {
      if (destination !== NONE) this.destinations.release(destination);
      return NONE;
    }
    if (this.size === 0) this.timers.skipTo(Math.floor(now));
    const { state, active, timeoutMs } = initial;
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    const family = key.family === 4 ? 0 : META_IPV6;
    const meta = (flags & FLAG_BITS & ~FLAG_INACTIVE) | FLAG_HASHED | (active ? 0 : FLAG_INACTIVE);
    records[offset + CLIENT] = key.client3;
    records[offset + VIRTUAL] = key.virtual3;
    records[offset + PORTS] = (key.clientPort << 16) | key.virtualPort;
    records[offset + META] =
      meta | family | (key.protocol << PROTOCOL_SHIFT) | (state << STATE_SHIFT);
    records[offset + EXPIRY] = Math.ceil(now) + timeoutMs;
    records[offset + TIMEOUT] = timeoutMs;
    records[offset + ARMED] = this.armed = (this.armed + 1) | 0;
    records[offset + PACKETS] = 0;
    records[offset + DESTINATION] = destination;
    if (family !== 0) this.fillWide(slot, key);
    if ((flags & (FLAG_TEMPLATE | FLAG_NO_CLIENT_PORT)) !== 0) this.fillRare(slot, key, flags);
    this.index.insert(slot);
    this.timers.add(slot);
    return slot;
  }

  /** Creates an entry that is bound to a server, and counts it there; −1 when there is no slot. */
  open(
    key: ConnectionKey,
    now: number,
    server: RealServer,
    serverPort: number,
    flags: number,
    mark: number,
    initial: InitialState,
  ): number {
    const port = serverPort === key.virtualPort ? PORT_AS_VIRTUAL : serverPort;
    const destination = this.destinations.take(server, port, mark);
    const method = METHOD_FLAGS[server.forwardingMethod];
    const output = method === 0 ? 0 : FLAG_NO_OUTPUT;
    const slot = this.create(key, now, destination, flags | method | output, initial);
    if (slot !== NONE) countOpened(server, (flags & FLAG_TEMPLATE) !== 0, initial.active);
    return slot;
  }

  /**
   * Creates an entry that is bound to a server and goes to another address than the server's; −1 when there is no slot.
   */
  openElsewhere(
    key: ConnectionKey,
    now: number,
    server: RealServer,
    address: IpAddress,
    serverPort: number,
    flags: number,
    mark: number,
    initial: InitialState,
  ): number {
    const port = serverPort === key.virtualPort ? PORT_AS_VIRTUAL : serverPort;
    const destination = this.destinations.takeElsewhere(server, address, port, mark);
    const slot = this.create(key, now, destination, flags, initial);
    if (slot !== NONE) countOpened(server, false, initial.active);
    return slot;
  }

  /** Gives an entry that waits for its client's port that port. */
  fillClientPort(slot: number, port: number): void {
    const { entries, index, store } = this;
    index.remove(slot);
    entries.write(slot, PORTS, (port << 16) | entries.virtualPort(slot));
    entries.clearFlags(slot, FLAG_NO_CLIENT_PORT);
    store.withoutClientPort--;
    index.insert(slot);
  }

  /** Creates an entry that is bound to an address; it is counted nowhere. −1 when there is no slot. */
  openUnbound(
    key: ConnectionKey,
    now: number,
    serverAddress: IpAddress,
    serverPort: number,
    flags: number,
    mark: number,
    initial: InitialState = initialStateOf(flags),
  ): number {
    const port = serverPort === key.virtualPort ? PORT_AS_VIRTUAL : serverPort;
    const destination = this.destinations.takeAddress(serverAddress, port, mark);
    return this.create(key, now, destination, flags, initial);
  }

  /** Binds an entry without server to one, and counts it there; method and NOOUTPUT become the server's. */
  bind(slot: number, server: RealServer): void {
    const { entries, destinations } = this;
    const present = entries.destination(slot);
    const bound = destinations.take(
      server,
      destinations.ports[present],
      destinations.marks[present],
    );
    if (bound === NONE) return;
    destinations.release(present);
    const word = entries.word(slot, DESTINATION);
    entries.write(slot, DESTINATION, (word & ~DESTINATION_BITS) | bound);
    const method = METHOD_FLAGS[server.forwardingMethod];
    entries.clearFlags(slot, METHOD_BITS | FLAG_NO_OUTPUT);
    entries.setFlags(slot, method === 0 ? 0 : method | FLAG_NO_OUTPUT);
    const active = (entries.flags(slot) & FLAG_INACTIVE) === 0;
    countOpened(server, entries.isTemplate(slot), active);
  }

  /** Restarts an entry's timer with its timeout. */
  touch(slot: number, now: number): void {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    if ((records[offset + META] & (META_DROPPED | META_EXPIRING)) === 0) {
      this.restart(slot, records, offset, Math.ceil(now) + (records[offset + TIMEOUT] >>> 0));
      return;
    }
    if ((records[offset + META] & META_DROPPED) !== 0) records[offset + TIMEOUT] = 0;
    this.arm(slot, Math.ceil(now) + (records[offset + TIMEOUT] >>> 0));
  }

  /** Counts a packet of the client and restarts the timer. */
  use(slot: number, now: number): void {
    this.store.recordsOf(slot)[this.store.offsetOf(slot) + PACKETS] += 1;
    this.touch(slot, now);
  }

  /** {@link Lifecycle.use} of an entry that is neither expiring nor dropped, whose record the caller has. */
  useRecord(slot: number, records: Int32Array, offset: number, now: number): void {
    records[offset + PACKETS] += 1;
    this.restart(slot, records, offset, Math.ceil(now) + (records[offset + TIMEOUT] >>> 0));
  }

  /** Lets an entry expire as soon as time moves on; an entry that is due earlier is left as it is. */
  expireNow(slot: number, now: number): void {
    const due = Math.ceil(now);
    if (this.expiryMs(slot) <= due) return;
    this.arm(slot, due);
    this.entries.setFlags(slot, META_EXPIRING);
  }

  /**
   * Lets an entry expire as soon as time moves on. Also expires its controller if it controls nothing else and is not
   * ASSURED.
   */
  drop(slot: number, now: number): void {
    if (this.entries.controller(slot) !== NONE) this.entries.setFlags(slot, META_DROPPED);
    this.expireNow(slot, now);
  }

  /** {@link Lifecycle.drop} at once. */
  dropAtOnce(slot: number, now: number): void {
    this.drop(slot, now);
    this.timers.unlink(slot);
    this.timerDue(slot);
  }

  /** Removes an entry that controls none at once. Returns its controller, which stays in the table, or −1. */
  remove(slot: number): number {
    this.observer.connectionRemoved?.(slot);
    const controller = this.erase(slot);
    this.timers.remove(slot);
    return controller;
  }

  /** When an entry's timer is due, in milliseconds of the caller's clock. */
  expiryMs(slot: number): number {
    return this.timers.dueOf(slot);
  }

  /** Called by the timers: removes an entry whose time is up, or re-arms it while it controls others. */
  timerDue(slot: number): void {
    const { entries, observer, store } = this;
    // In most tables no entry controls another.
    const hasControllers = store.controls.isUsed;
    if (hasControllers && entries.controlled(slot) > 0) {
      this.rearm(slot);
      observer.templateRearmed?.(slot);
      return;
    }
    const dropped = hasControllers && entries.timeoutMs(slot) === 0;
    observer.connectionRemoved?.(slot);
    const controller = this.erase(slot);
    store.free(slot);
    if (controller === NONE || !dropped || entries.controlled(controller) > 0) return;
    const isAssured = (entries.state(controller) & TEMPLATE_ASSURED) !== 0;
    if (!isAssured || !entries.isTemplate(controller)) this.remove(controller);
  }

  /** Gives an entry's timer the expiry and the order that it has in a snapshot. */
  restoreTimer(slot: number, due: number, armed: number): void {
    this.armed = (armed - 1) | 0;
    this.arm(slot, due);
  }

  /** Restarts the timer of a template, which is due and not linked, from the moment at which it was due. */
  private rearm(slot: number): void {
    const { entries } = this;
    const due = this.expiryMs(slot) + this.latenessMs + REARM_MS;
    this.armed = (this.armed + 1) | 0;
    entries.write(slot, TIMEOUT, REARM_MS);
    entries.write(slot, EXPIRY, due);
    entries.write(slot, ARMED, this.armed);
    entries.clearFlags(slot, META_EXPIRING);
    this.timers.link(slot);
  }

  /** Removes an entry from everything but its timer's list and its slot. Returns its controller, or −1. */
  private erase(slot: number): number {
    const { store, destinations, entries } = this;
    const records = store.recordsOf(slot);
    const offset = store.offsetOf(slot);
    const meta = records[offset + META];
    const destination = records[offset + DESTINATION] & DESTINATION_BITS;
    const controller = store.controls.isUsed ? entries.controller(slot) : NONE;
    this.index.remove(slot);
    countClosed(
      destinations.servers[destination],
      (meta & FLAG_TEMPLATE) !== 0,
      (meta & FLAG_INACTIVE) === 0,
    );
    destinations.release(destination);
    store.clear(slot);
    if (controller !== NONE) entries.releaseController(controller);
    return controller;
  }

  /** Stores what few entries have. */
  private fillRare(slot: number, key: ConnectionKey, flags: number): void {
    const { store } = this;
    if ((flags & FLAG_NO_CLIENT_PORT) !== 0) store.withoutClientPort++;
    if (key.engineData !== '' && (flags & FLAG_TEMPLATE) !== 0) {
      store.setEngineData(slot, key.engineData);
    }
  }

  private fillWide(slot: number, key: ConnectionKey): void {
    const words = this.store.wideOf(slot);
    const offset = this.store.wideOffsetOf(slot);
    words[offset] = key.client0;
    words[offset + 1] = key.client1;
    words[offset + 2] = key.client2;
    words[offset + 3] = key.virtual0;
    words[offset + 4] = key.virtual1;
    words[offset + 5] = key.virtual2;
  }

  /** Stores a new expiry. The entry moves in the wheel only when its wheel slot would be processed too late. */
  private restart(slot: number, records: Int32Array, offset: number, due: number): void {
    const before = records[offset + EXPIRY];
    const expiry = due | 0;
    records[offset + EXPIRY] = expiry;
    records[offset + ARMED] = this.armed = (this.armed + 1) | 0;
    if (this.timers.isEarlier(expiry, before)) this.timers.advanceTimer(slot);
  }

  /** {@link Lifecycle.restart} of an entry that is no longer expiring. */
  private arm(slot: number, due: number): void {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    records[offset + META] &= ~META_EXPIRING;
    this.restart(slot, records, offset, due);
  }
}
