/**
 * The table as plain JSON, and back: entries oldest first, each with its timer and the position of its template.
 *
 * A restored table continues as the original does: with the same order of a client's entries, the same order of
 * timers that are due together, and the same time left of each. Cost: linear, and sorting by age.
 */
import { requireInteger, show } from '../errors.js';
import { IpAddress } from '../ip-address.js';
import { requirePort } from '../model/flow.js';
import type { RealServer } from '../model/real-server.js';
import type { ClientIndex } from './client-index/client-index.js';
import { ConnectionKey } from './entries/connection-key.js';
import { PORT_AS_VIRTUAL } from './entries/destinations.js';
import type { Entries } from './entries/entries.js';
import { FLAG_BITS, FLAG_HASHED } from './entries/flags.js';
import { HelperSession, type HelperState } from './entries/helper-session.js';
import { initialStateOf, MAX_TIMEOUT_MS } from './entries/initial-state.js';
import {
  ARMED,
  CLIENT,
  META,
  META_DROPPED,
  META_EXPIRING,
  PACKETS,
  STATE_SHIFT,
  TIMEOUT,
} from './entries/record.js';
import { countOpened } from './entries/server-counters.js';
import type { Lifecycle } from './lifecycle.js';
import { requireStateFormat, type SavedState, STATE_FORMAT } from '../state-format.js';

const NONE = -1;

/** The timer of an entry, as plain JSON. */
export interface TimerState {
  /** What the timer restarts with at each use, in milliseconds. */
  readonly timeoutMs: number;
  /** When the timer is due, in milliseconds of the table's clock. */
  readonly expiryMs: number;
  /** Whether it expires as soon as time moves on. */
  readonly expiring: boolean;
  /** Whether it is being dropped. */
  readonly dropped: boolean;
  /** A serial number: of two timers that are due together, the one with the greater number runs first. */
  readonly armed: number;
}

/** One entry of a connection table, as plain JSON. */
export interface ConnectionState extends TimerState {
  /** The protocol's number; 0 in the templates of firewall marks. */
  readonly protocol: number;
  /** The client's address. */
  readonly client: string;
  /** The client's port. */
  readonly clientPort: number;
  /** The virtual address, or the mark of a template as an address. */
  readonly virtual: string;
  /** The virtual port. */
  readonly virtualPort: number;
  /** The server-side address. */
  readonly server: string;
  /** The server-side port of this entry. */
  readonly serverPort: number;
  /** The port of the server it is bound to; −1 when it is bound to none. */
  readonly boundPort: number;
  /** The firewall mark by which the service was found; 0 = none. */
  readonly mark: number;
  /** Flags and forwarding method. */
  readonly flags: number;
  /** The number of the state. */
  readonly state: number;
  /** Packets seen. */
  readonly packets: number;
  /** The name of the server's owner, when the owner of the table gives its servers names. */
  readonly owner?: string;
  /** What a persistence engine read, of a template: one character per byte. */
  readonly engineData?: string;
  /** The address of the server it is bound to, when it goes to another one. */
  readonly boundAddress?: string;
  /** What its helper remembers. */
  readonly helper?: HelperState;
  /** The position of its template in the snapshot; −1 when it has none. */
  readonly controller: number;
}

/** The state of a connection table, as plain JSON. */
export interface ConnectionTableState extends SavedState {
  /** The moment up to which timers have run, in milliseconds of the table's clock. */
  readonly timeMs: number;
  /** All entries; those of one client oldest first. */
  readonly connections: readonly ConnectionState[];
}

/** Writes and reads snapshots of a table. */
export class Snapshot {
  private readonly entries: Entries;
  private readonly index: ClientIndex;
  private readonly lifecycle: Lifecycle;
  private readonly limit: number;

  /**
   * @param entries - The entries.
   * @param index - Their index.
   * @param lifecycle - Creates and times entries.
   * @param limit - How many entries there may be.
   */
  constructor(entries: Entries, index: ClientIndex, lifecycle: Lifecycle, limit: number) {
    this.entries = entries;
    this.index = index;
    this.lifecycle = lifecycle;
    this.limit = limit;
  }

  /** The state of the table; `ownerOf` gives the name of a server's owner, if it has one. */
  write(ownerOf: (server: RealServer) => string | undefined): ConnectionTableState {
    const slots = this.slotsByAge();
    const positions = new Map(slots.map((slot, position) => [slot, position]));
    const connections = slots.map((slot) => {
      const controller = positions.get(this.entries.controller(slot)) ?? NONE;
      const state = this.stateOf(slot, controller);
      const server = this.entries.server(slot);
      const owner = server === undefined ? undefined : ownerOf(server);
      return owner === undefined ? state : { ...state, owner };
    });
    return { format: STATE_FORMAT, timeMs: this.lifecycle.timers.cursor, connections };
  }

  /** Restores entries into a table without any; `count` says whether servers count them. */
  restore(
    state: ConnectionTableState,
    findServer: (connection: ConnectionState) => RealServer | undefined,
    count: boolean,
  ): void {
    requireStateFormat('a connection table', state);
    this.lifecycle.timers.skipTo(requireMoment('time', state.timeMs));
    const slots = state.connections.map((connection) =>
      this.restoreEntry(connection, state.timeMs, findServer(connection), count),
    );
    const byArming = state.connections.map((timer, position) => ({ timer, slot: slots[position] }));
    byArming.sort((a, b) => (a.timer.armed - b.timer.armed) | 0);
    for (const { timer, slot } of byArming) this.restoreTimer(slot, timer);
    state.connections.forEach(({ controller }, position) => {
      if (controller === NONE) return;
      // A template controls a connection, and that its data connections. In a circle no entry would ever end.
      const above = state.connections[controller]?.controller;
      if (above === undefined || state.connections[above]?.controller >= 0)
        throw new RangeError(`Invalid controller: got ${controller}`);
      this.entries.setController(slots[position], slots[controller]);
    });
  }

  /** An entry as plain JSON, with the position of its template. */
  private stateOf(slot: number, controller: number): ConnectionState {
    const { entries } = this;
    const engineData = entries.engineData(slot);
    return {
      protocol: entries.protocol(slot),
      client: entries.clientAddress(slot).toString(),
      clientPort: entries.clientPort(slot),
      virtual: entries.virtualAddress(slot).toString(),
      virtualPort: entries.virtualPort(slot),
      server: entries.serverAddress(slot).toString(),
      serverPort: entries.serverPort(slot),
      boundPort: entries.server(slot)?.port ?? NONE,
      mark: entries.mark(slot),
      flags: entries.flags(slot) & ~FLAG_HASHED,
      state: entries.state(slot),
      packets: entries.packets(slot),
      timeoutMs: entries.word(slot, TIMEOUT) >>> 0,
      expiryMs: this.lifecycle.expiryMs(slot),
      expiring: entries.isExpiring(slot),
      dropped: (entries.word(slot, META) & META_DROPPED) !== 0,
      armed: entries.word(slot, ARMED),
      ...(engineData !== '' && { engineData }),
      ...this.rareStateOf(slot),
      controller,
    };
  }

  /** What few entries have. */
  private rareStateOf(slot: number): Pick<ConnectionState, 'boundAddress' | 'helper'> {
    const { entries } = this;
    const bound = entries.server(slot)?.address;
    const isElsewhere = bound !== undefined && !bound.equals(entries.serverAddress(slot));
    const helper = entries.store.sessions.get(slot);
    return {
      ...(isElsewhere && { boundAddress: bound.toString() }),
      ...(helper !== undefined && { helper: { ...helper } }),
    };
  }

  private restoreEntry(
    state: ConnectionState,
    timeMs: number,
    server: RealServer | undefined,
    count: boolean,
  ): number {
    const { entries, lifecycle, limit } = this;
    const key = keyOfState(state);
    if (lifecycle.size >= limit)
      throw new RangeError(`Cannot restore: expected at most ${limit} entries`);
    const port = state.serverPort === key.virtualPort ? PORT_AS_VIRTUAL : state.serverPort;
    const { destinations } = entries;
    const address = IpAddress.parse(state.server);
    const destination =
      server === undefined
        ? destinations.takeAddress(address, port, state.mark)
        : destinations.takeElsewhere(server, address, port, state.mark);
    const initial = initialStateOf(state.flags);
    const slot = lifecycle.create(key, timeMs, destination, state.flags, initial);
    entries.setFlags(slot, state.state << STATE_SHIFT);
    entries.write(slot, PACKETS, state.packets);
    if (state.helper !== undefined) entries.store.sessions.set(slot, sessionOf(state.helper));
    if (server !== undefined && count) {
      countOpened(server, entries.isTemplate(slot), initial.active);
    }
    return slot;
  }

  private restoreTimer(slot: number, state: ConnectionState): void {
    this.entries.write(slot, TIMEOUT, state.timeoutMs);
    this.lifecycle.restoreTimer(slot, state.expiryMs, state.armed);
    const expiring = state.expiring ? META_EXPIRING : 0;
    this.entries.setFlags(slot, expiring | (state.dropped ? META_DROPPED : 0));
  }

  /**
   * All slots; of two entries that the index has in order the older one first, so that a restored table, which inserts
   * them in this order, finds the newer one first.
   */
  private slotsByAge(): number[] {
    const { entries, index } = this;
    const slots: number[] = [];
    const listed = new Set<number>();
    for (let slot = entries.next(NONE); slot !== NONE; slot = entries.next(slot)) {
      if (listed.has(slot)) continue;
      const newer: number[] = [];
      const hash = index.references.hashOf(slot);
      const client = entries.word(slot, CLIENT);
      for (let at = index.first(hash, client); at !== NONE; at = index.next()) {
        if (!listed.has(at)) newer.push(at);
      }
      for (let at = newer.pop(); at !== undefined; at = newer.pop()) {
        listed.add(at);
        slots.push(at);
      }
    }
    return slots;
  }
}

/**
 * Converts the state of a table to a clock with another origin, for example that of a new process.
 *
 * @param state - The table's state.
 * @param shiftMs - The reading of the new clock minus that of the old one, in milliseconds.
 * @returns The same state with all moments on the new clock.
 */
export function shiftConnectionTable(
  state: ConnectionTableState,
  shiftMs: number,
): ConnectionTableState {
  const connections = state.connections.map((connection) => ({
    ...connection,
    expiryMs: connection.expiryMs + shiftMs,
  }));
  return { ...state, timeMs: state.timeMs + shiftMs, connections };
}

function requireMoment(name: string, value: unknown): number {
  return requireInteger(name, value, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
}

/** The key of an entry of a snapshot, whose values are checked. */
function keyOfState(state: ConnectionState): ConnectionKey {
  const key = new ConnectionKey();
  key.protocol = requireInteger('protocol', state.protocol, 0, 255);
  key.setClient(IpAddress.parse(state.client), requirePort('client port', state.clientPort));
  key.setVirtual(IpAddress.parse(state.virtual), requirePort('virtual port', state.virtualPort));
  key.engineData = requireEngineData(state.engineData ?? '');
  requirePort('server port', state.serverPort);
  requireInteger('mark', state.mark, 0, 0xffffffff);
  requireInteger('flags', state.flags, 0, FLAG_BITS);
  requireInteger('state', state.state, 0, 15);
  requireInteger('packets', state.packets, 0, 0xffffffff);
  requireInteger('timeout', state.timeoutMs, 0, MAX_TIMEOUT_MS);
  requireMoment('expiry', state.expiryMs);
  requireInteger('armed', state.armed, -(2 ** 31), 2 ** 31 - 1);
  return key;
}

/** The memory of a helper, whose values are checked. */
function sessionOf(state: HelperState): HelperSession {
  const session = new HelperSession();
  for (const name of Object.keys(session) as (keyof HelperState)[]) {
    session[name] = requireInteger(`helper's ${name}`, state[name], -(2 ** 31), 2 ** 31 - 1);
  }
  return session;
}

/** Checks what a persistence engine read: one character per byte, 255 at most. */
function requireEngineData(data: unknown): string {
  if (typeof data === 'string' && /^[\0-\xff]{0,255}$/.test(data)) return data;
  throw new TypeError(`Invalid engine data: expected at most 255 bytes as text, got ${show(data)}`);
}
