/**
 * Going through the entries: all of them, or those of one server.
 */
import type { RealServer } from '../model/real-server.js';
import { EntryReader } from './entries/entry-reader.js';
import { FLAG_HASHED } from './entries/flags.js';
import { CHUNK_MASK, CHUNK_SHIFT, META, RECORD_WORDS } from './entries/record.js';

const NONE = -1;

/** An {@link EntryReader} whose entries can be gone through. */
export class EntryWalk extends EntryReader {
  /**
   * The next entry in slot order, to go through all: start with −1, and the table may change on the way.
   *
   * @param after - The last slot, or −1.
   * @returns A slot, or −1 at the end.
   */
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

  /**
   * The next entry that is bound to a server.
   *
   * @param server - The server.
   * @param after - The last slot, or −1.
   * @returns A slot, or −1 at the end.
   */
  nextOf(server: RealServer, after: number): number {
    if (this.countOf(server) === 0) return NONE;
    for (let slot = this.next(after); slot !== NONE; slot = this.next(slot)) {
      if (this.server(slot) === server) return slot;
    }
    return NONE;
  }

  /**
   * How many entries are bound to a server, templates included.
   *
   * @param server - The server.
   * @returns 0 or more.
   */
  countOf(server: RealServer): number {
    let count = 0;
    for (const row of this.bindings.rowsOf(server)) count += this.bindings.usesOf(row);
    return count;
  }
}
