/**
 * Finds a server of a list by address and port: an open-addressing hash table of the records themselves.
 *
 * A record has its own key, so the table stores no key, and a look-up makes no text. Probing is linear; a deletion
 * shifts back what follows, so that there are no tombstones.
 */
import type { AddressWords } from '../address-words.js';
import type { ServerRecord } from './server-record.js';

const FEWEST_SLOTS = 4;

/** Servers by address and port. Cost: O(1) per operation, and at most 32 bytes per server. */
export class ServerIndex {
  private slots: (ServerRecord | undefined)[] = [];
  private count = 0;

  /** How many servers there are. */
  get size(): number {
    return this.count;
  }

  /**
   * Finds a server.
   *
   * @param address - Its address.
   * @param port - Its port.
   * @returns The server, or `undefined` when there is none.
   */
  get(address: AddressWords, port: number): ServerRecord | undefined {
    const { slots } = this;
    if (slots.length === 0) return undefined;
    const mask = slots.length - 1;
    for (let slot = homeOf(address, port) & mask; ; slot = (slot + 1) & mask) {
      const server = slots[slot];
      if (server === undefined) return undefined;
      if (server.port === port && server.address.equals(address)) return server;
    }
  }

  /**
   * Adds a server that is not in the table.
   *
   * @param server - The server.
   */
  add(server: ServerRecord): void {
    if ((this.count + 1) * 4 > this.slots.length * 3) this.grow();
    this.place(server);
    this.count += 1;
  }

  /**
   * Removes a server of the table.
   *
   * @param server - The server.
   */
  delete(server: ServerRecord): void {
    const { slots } = this;
    const mask = slots.length - 1;
    let hole = homeOf(server.address, server.port) & mask;
    while (slots[hole] !== server) hole = (hole + 1) & mask;
    for (let slot = (hole + 1) & mask; ; slot = (slot + 1) & mask) {
      const next = slots[slot];
      if (next === undefined) break;
      // A server may move back to the hole unless its home is between the hole and itself.
      const home = homeOf(next.address, next.port);
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      slots[hole] = next;
      hole = slot;
    }
    slots[hole] = undefined;
    this.count -= 1;
  }

  private grow(): void {
    const servers = this.slots;
    this.slots = emptySlots(Math.max(FEWEST_SLOTS, servers.length * 2));
    for (const server of servers) if (server !== undefined) this.place(server);
  }

  private place(server: ServerRecord): void {
    const { slots } = this;
    const mask = slots.length - 1;
    let slot = homeOf(server.address, server.port) & mask;
    while (slots[slot] !== undefined) slot = (slot + 1) & mask;
    slots[slot] = server;
  }
}

function emptySlots(count: number): (ServerRecord | undefined)[] {
  return Array<ServerRecord | undefined>(count).fill(undefined);
}

/** Multiplies word by word; the last step lets high bits reach the low ones. */
function homeOf({ word0, word1, word2, word3 }: AddressWords, port: number): number {
  let sum = Math.imul(port, 0x2c1b3c6d) ^ word3;
  sum = Math.imul(sum ^ (sum >>> 15), 0x2c1b3c6d) ^ word2;
  sum = Math.imul(sum ^ (sum >>> 15), 0x297a2d39) ^ word1;
  sum = Math.imul(sum ^ (sum >>> 15), 0x2c1b3c6d) ^ word0;
  sum = Math.imul(sum ^ (sum >>> 15), 0x297a2d39);
  return sum ^ (sum >>> 15);
}
