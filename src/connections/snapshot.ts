/**
 * The table as plain JSON, and back: entries oldest first, each with its timer and the place of its template.
 *
 * What is read back goes on as the original would: the same order of entries of one client, of timers that are
 * due together, and the same time left of each. Cost: linear, and sorting by age.
 */
import { IpAddress } from '../ip-address.js';
import type { RealServer } from '../model/real-server.js';
import { PORT_AS_VIRTUAL } from './entries/destinations.js';
import { initialStateOf } from './entries/initial-state.js';
import {
  keyOfState,
  stateOfEntry,
  type ConnectionState,
  type ConnectionTableState,
  type TimerState,
} from './snapshot-format.js';
import { countOpened } from './entries/server-counters.js';
import { EntryLifecycle, MAX_TIMEOUT_MS } from './lifecycle.js';
import {
  ARMED,
  META,
  META_DROPPED,
  META_EXPIRING,
  STATE_SHIFT,
  TIMEOUT,
} from './entries/record.js';
import { slotsByAge } from './slots-by-age.js';

const NONE = -1;

/** An {@link EntryLifecycle} whose entries can be written down and read back. */
export abstract class EntrySnapshots extends EntryLifecycle {
  /** How many entries there may be. */
  abstract readonly limit: number;

  /** Whether there is no room for another entry. */
  get full(): boolean {
    return this.size >= this.limit;
  }

  /**
   * An entry as plain JSON, without its template.
   *
   * @param slot - The entry.
   * @returns Its state; `controller` is −1.
   */
  stateOf(slot: number): ConnectionState {
    return stateOfEntry(this, slot, this.timerState(slot), NONE);
  }

  /**
   * The table's state; the servers' counters are not part of it.
   *
   * @returns Plain JSON for {@link ConnectionTable.fromJSON}.
   */
  toJSON(): ConnectionTableState {
    return this.stateWith(nameless);
  }

  /**
   * The table's state, in which each entry also names what its server belongs to, where address and port
   * are not enough to find it again.
   *
   * @param ownerOf - Gives a server's owner, or `undefined`.
   * @returns Plain JSON for {@link ConnectionTable.restore}.
   */
  stateWith(ownerOf: (server: RealServer) => string | undefined): ConnectionTableState {
    const slots = slotsByAge(this);
    const places = new Map(slots.map((slot, place) => [slot, place]));
    const connections = slots.map((slot) => {
      const controller = places.get(this.controller(slot)) ?? NONE;
      const state = stateOfEntry(this, slot, this.timerState(slot), controller);
      const server = this.server(slot);
      const owner = server === undefined ? undefined : ownerOf(server);
      return owner === undefined ? state : { ...state, owner };
    });
    return { timeMs: this.timeMs, connections };
  }

  /**
   * Reads entries back into a table without any, as {@link ConnectionTable.fromJSON} does.
   *
   * @param state - What {@link ConnectionTable.toJSON} gave.
   * @param findServer - Gives the server of an entry, or `undefined` when it is not known.
   * @param count - Whether the entries are counted at their servers; default `false`.
   * @throws {TypeError} When the state is damaged.
   * @throws {RangeError} When the state is damaged, or the entries are more than the limit.
   */
  restore(
    state: ConnectionTableState,
    findServer: (connection: ConnectionState) => RealServer | undefined,
    count = false,
  ): void {
    this.timers.skipTo(state.timeMs);
    const slots = state.connections.map((connection) =>
      this.restoreEntry(connection, state.timeMs, findServer(connection), count),
    );
    const byArming = state.connections.map((timer, place) => ({ timer, slot: slots[place] }));
    byArming.sort((a, b) => (a.timer.armed - b.timer.armed) | 0);
    for (const { timer, slot } of byArming) this.restoreTimer(slot, timer);
    state.connections.forEach(({ controller }, place) => {
      if (controller >= 0) this.setController(slots[place], slots[controller]);
    });
  }

  private restoreEntry(
    state: ConnectionState,
    timeMs: number,
    server: RealServer | undefined,
    count: boolean,
  ): number {
    const key = keyOfState(state, MAX_TIMEOUT_MS);
    if (this.full) throw new RangeError(`Cannot restore: expected at most ${this.limit} entries`);
    const port = state.serverPort === key.virtualPort ? PORT_AS_VIRTUAL : state.serverPort;
    const row =
      server === undefined
        ? this.bindings.takeAddress(IpAddress.parse(state.server), port, state.mark)
        : this.bindings.take(server, port, state.mark);
    const birth = initialStateOf(state.flags);
    const slot = this.create(key, timeMs, row, state.flags, birth);
    this.setFlags(slot, state.state << STATE_SHIFT, 0);
    this.setPackets(slot, state.packets);
    if (server !== undefined && count) countOpened(server, this.isTemplate(slot), birth.active);
    return slot;
  }

  /** The values of an entry's timer, for a snapshot. */
  private timerState(slot: number): TimerState {
    const meta = this.word(slot, META);
    return {
      timeoutMs: this.word(slot, TIMEOUT) >>> 0,
      expiryMs: this.expiryMs(slot),
      expiring: (meta & META_EXPIRING) !== 0,
      dropped: (meta & META_DROPPED) !== 0,
      armed: this.word(slot, ARMED),
    };
  }

  /** Gives an entry's timer the values of a snapshot. */
  private restoreTimer(slot: number, state: TimerState): void {
    this.write(slot, TIMEOUT, state.timeoutMs);
    this.armed = (state.armed - 1) | 0;
    this.arm(slot, state.expiryMs);
    const marks = (state.expiring ? META_EXPIRING : 0) | (state.dropped ? META_DROPPED : 0);
    this.write(slot, META, this.word(slot, META) | marks);
  }
}

function nameless(): undefined {
  return undefined;
}
