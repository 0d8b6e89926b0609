/**
 * The places of a list's servers: numbers that grow towards the front, with gaps where servers were
 * removed, so that a change moves no other server.
 *
 * When most places are gaps the servers are numbered again, which costs O(1) per removal in the long run.
 */
import { PositionSet } from './position-set.js';
import type { ServerRecord } from './server-record.js';

/** A list this sparse and at least this long is renumbered. */
const SHORTEST_RENUMBERED = 64;

/** Servers by position. */
export class ServerPositions {
  private slots: (ServerRecord | undefined)[] = [];
  /** The positions in use, once there are gaps: until then, each position up to the greatest is in use. */
  private occupied: PositionSet | undefined;
  private count = 0;

  /** The number above the greatest position in use. */
  get length(): number {
    return this.slots.length;
  }

  /** The server with the greatest position. */
  get newest(): ServerRecord | undefined {
    return this.slots[this.slots.length - 1];
  }

  /** Whether so many places are gaps that numbering again pays. */
  get isSparse(): boolean {
    return this.slots.length > SHORTEST_RENUMBERED && this.count * 2 < this.slots.length;
  }

  /** The server with a position, if there is one. */
  at(position: number): ServerRecord | undefined {
    return this.slots[position];
  }

  /** The server with the next greater position, if there is one. */
  above(position: number): ServerRecord | undefined {
    return this.slots[this.occupied === undefined ? position + 1 : this.occupied.above(position)];
  }

  /** Gives a server the place above all others. */
  place(server: ServerRecord): void {
    server.position = this.slots.length;
    // A literal of one takes no reserve, as a first push does; many services have one server.
    if (server.position === 0) this.slots = [server];
    else this.slots.push(server);
    this.occupied?.add(server.position);
    this.count += 1;
  }

  /** Takes a server's place away; the server keeps the number. */
  vacate(server: ServerRecord): void {
    const { position } = server;
    const isNewest = position === this.slots.length - 1;
    if (!isNewest) this.occupied ??= PositionSet.below(this.slots.length);
    this.occupied?.delete(position);
    this.slots[position] = undefined;
    this.count -= 1;
    while (this.slots.length > 0 && this.newest === undefined) this.slots.pop();
  }

  /** Closes the gaps; the order stays. */
  renumber(): void {
    const servers = this.slots.filter((server) => server !== undefined);
    this.slots = [];
    this.count = 0;
    this.occupied = undefined;
    for (const server of servers) this.place(server);
  }

  /** Goes through the servers from the greatest position down. */
  *[Symbol.iterator](): IterableIterator<ServerRecord> {
    for (let position = this.slots.length - 1; position >= 0; position--) {
      const server = this.slots[position];
      if (server !== undefined) yield server;
    }
  }
}
