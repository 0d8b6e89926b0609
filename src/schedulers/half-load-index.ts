/**
 * How many servers of a long list are at less than half load, counted as they change.
 *
 * Cost: O(1) per question and per change.
 */
import type { RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import type { ServerListObserver } from '../model/server-list-observer.js';

/**
 * Whether a server has less than half as many active connections as its weight says.
 *
 * @param server - The server, usable or not.
 * @returns What 2 × active < weight gives in signed 32-bit numbers.
 */
export function isAtLessThanHalfLoad(server: RealServer): boolean {
  return server.active << 1 < server.weight;
}

/** Counts the servers of a list that are at less than half load. */
export class HalfLoadIndex implements ServerListObserver {
  private readonly servers: ServerList;
  /** 1 for each position whose server is at less than half load. */
  private marks = new Uint8Array(16);
  private count = 0;

  constructor(servers: ServerList) {
    this.servers = servers;
    this.renumbered();
    servers.subscribe(this);
  }

  /** Whether any server is at less than half load. */
  get any(): boolean {
    return this.count > 0;
  }

  serverAdded(server: RealServer): void {
    if (server.position >= this.marks.length) this.grow(server.position * 2);
    this.loadChanged(server);
  }

  serverEdited(server: RealServer): void {
    this.loadChanged(server);
  }

  serverRemoved(server: RealServer): void {
    this.mark(server.position, 0);
  }

  loadChanged(server: RealServer): void {
    this.mark(server.position, isAtLessThanHalfLoad(server) ? 1 : 0);
  }

  renumbered(): void {
    this.marks.fill(0);
    this.count = 0;
    for (const server of this.servers) this.serverAdded(server);
  }

  close(): void {
    this.servers.unsubscribe(this);
  }

  private mark(position: number, mark: number): void {
    const change = mark - this.marks[position];
    // Most connections change nothing, and leave the sum alone.
    if (change === 0) return;
    this.count += change;
    this.marks[position] = mark;
  }

  private grow(length: number): void {
    const marks = new Uint8Array(length);
    marks.set(this.marks);
    this.marks = marks;
  }
}
