/**
 * Whether a locality-based scheduler should leave a server: it is loaded while another one is idle enough.
 *
 * Rule: a server is loaded when it has more active connections than its weight and any server of the list,
 * usable or not, is at less than half load (2 × active < weight, in signed 32-bit numbers).
 * Cost: O(1) per question and per change: the servers at less than half load are counted as they change.
 */
import type { RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import type { ServerListObserver } from '../model/server-list-observer.js';

/** Counts the servers of a list that are at less than half load. */
export class HalfLoad implements ServerListObserver {
  private readonly servers: ServerList;
  /** 1 for each position whose server is at less than half load. */
  private marks = new Uint8Array(16);
  private count = 0;

  constructor(servers: ServerList) {
    this.servers = servers;
    this.renumbered();
    servers.subscribe(this);
  }

  /**
   * Whether a server is loaded while another one is at less than half load.
   *
   * @param server - Any server, also a removed one.
   */
  isLoaded(server: RealServer): boolean {
    return server.active > server.weight && this.count > 0;
  }

  serverAdded(server: RealServer): void {
    if (server.position >= this.marks.length) this.grow(server.position + 1);
    this.loadChanged(server);
  }

  serverEdited(server: RealServer): void {
    this.loadChanged(server);
  }

  serverRemoved(server: RealServer): void {
    this.mark(server.position, 0);
  }

  loadChanged(server: RealServer): void {
    this.mark(server.position, server.active << 1 < server.weight ? 1 : 0);
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
    this.count += mark - (this.marks[position] as number);
    this.marks[position] = mark;
  }

  private grow(length: number): void {
    const marks = new Uint8Array(length * 2);
    marks.set(this.marks);
    this.marks = marks;
  }
}
