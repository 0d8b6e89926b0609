/**
 * Changing one entry of the connection table by its slot number: everything but its birth, its timer and
 * its death.
 *
 * Server counters follow each change. Nothing here checks that the slot is in use.
 */
import { countActivity, countOpened } from './entries/server-counters.js';
import { ConnectionLookup } from './lookup.js';
import { FLAG_INACTIVE, FLAG_NO_OUTPUT, METHOD_BITS, METHOD_FLAGS } from './entries/flags.js';
import type { RealServer } from '../model/real-server.js';
import {
  BINDING,
  BINDING_BITS,
  META,
  META_DROPPED,
  PACKETS,
  PORTS,
  STATE_BITS,
  STATE_SHIFT,
  TIMEOUT,
} from './entries/record.js';

/** The state of a template that has seen an answer: it outlives the dropping of its last connection. */
export const TEMPLATE_ASSURED = 1;
/** The port that makes a template unfindable. */
const INVALID_PORT = 0xffff;

/** A {@link ConnectionLookup} whose entries can be changed. */
export class EntryEditor extends ConnectionLookup {
  /**
   * Binds an entry without server to one, and counts it there; method and NOOUTPUT become the server's.
   *
   * @param slot - The entry.
   * @param server - The server.
   */
  bind(slot: number, server: RealServer): void {
    const row = this.word(slot, BINDING) & BINDING_BITS;
    const taken = this.bindings.take(server, this.bindings.ports[row], this.bindings.marks[row]);
    this.bindings.release(row);
    this.write(slot, BINDING, (this.word(slot, BINDING) & ~BINDING_BITS) | taken);
    const method = METHOD_FLAGS[server.forwardingMethod];
    const meta = this.word(slot, META) & ~(METHOD_BITS | FLAG_NO_OUTPUT);
    this.write(slot, META, meta | method | (method === 0 ? 0 : FLAG_NO_OUTPUT));
    countOpened(server, this.isTemplate(slot), (meta & FLAG_INACTIVE) === 0);
  }

  /**
   * Sets what the timer is set to at each use; the timer has to be
   * restarted after it, with `touch`.
   *
   * @param slot - The entry.
   * @param timeoutMs - Milliseconds, 0–2764800000.
   */
  setTimeout(slot: number, timeoutMs: number): void {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    records[offset + TIMEOUT] = timeoutMs;
    records[offset + META] &= ~META_DROPPED;
  }

  /**
   * Counts a packet of the client.
   *
   * @param slot - The entry.
   * @returns The number of packets with this one.
   */
  countPacket(slot: number): number {
    const packets = this.word(slot, PACKETS) + 1;
    this.write(slot, PACKETS, packets);
    return packets >>> 0;
  }

  /**
   * Sets the number of packets seen, as synchronisation does.
   *
   * @param slot - The entry.
   * @param packets - The number.
   */
  setPackets(slot: number, packets: number): void {
    this.write(slot, PACKETS, packets);
  }

  /**
   * Stores a state, and counts the entry as active or inactive at its server.
   *
   * @param slot - The entry, not a template.
   * @param state - The number of the state, 0–15.
   * @param active - Whether connections in that state are active.
   */
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

  /**
   * Makes a template ASSURED, for good.
   *
   * @param slot - The template.
   */
  assure(slot: number): void {
    this.write(slot, META, this.word(slot, META) | (TEMPLATE_ASSURED << STATE_SHIFT));
  }

  /**
   * Sets and clears flags that have no counters: not TEMPLATE, INACTIVE, NO_CPORT.
   *
   * @param slot - The entry.
   * @param set - The flags to set.
   * @param clear - The flags to clear.
   */
  setFlags(slot: number, set: number, clear: number): void {
    this.write(slot, META, (this.word(slot, META) & ~clear) | set);
  }

  /**
   * Makes a template the controller of an entry that has none.
   *
   * @param slot - The entry, not a template.
   * @param template - The template.
   */
  setController(slot: number, template: number): void {
    const { controls } = this.store;
    controls.set(slot, template + 1);
    controls.set(template, controls.get(template) + 1);
  }

  /**
   * Changes a template's key so that it can never be found again; its timer runs on.
   *
   * @param slot - The template.
   */
  invalidate(slot: number): void {
    this.write(slot, PORTS, INVALID_PORT);
    const row = this.word(slot, BINDING) & BINDING_BITS;
    const { servers, addresses, marks } = this.bindings;
    const server = servers[row];
    const taken =
      server === undefined
        ? this.bindings.takeAddress(addresses[row], INVALID_PORT, marks[row])
        : this.bindings.take(server, INVALID_PORT, marks[row]);
    this.bindings.release(row);
    this.write(slot, BINDING, (this.word(slot, BINDING) & ~BINDING_BITS) | taken);
  }

  /** Stores one word of an entry's record. @internal */
  protected write(slot: number, index: number, value: number): void {
    this.store.recordsOf(slot)[this.store.offsetOf(slot) + index] = value;
  }
}
