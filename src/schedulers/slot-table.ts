/**
 * A hash table of servers that is laid out again when the list has changed.
 *
 * A change of the list only marks the table stale; the next look-up lays it out, so that a hundred
 * changes in a row cost one layout. A list longer than the table can take leaves it as it was.
 */
import type { RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import type { ServerListObserver } from '../model/server-list-observer.js';

/** Fills the slots of a table from a list. */
export type Layout = (
  slots: (RealServer | undefined)[],
  servers: Iterable<RealServer>,
  count: number,
) => void;

/** Slots that name servers, kept in step with a list. */
export class SlotTable implements ServerListObserver {
  private readonly servers: ServerList;
  private readonly layout: Layout;
  private readonly slots: (RealServer | undefined)[];
  private readonly mostServers: number;
  private stale = false;

  /**
   * @param servers - The list.
   * @param size - How many slots there are.
   * @param layout - How they are filled.
   * @param mostServers - The length of the longest list that is laid out; default any.
   */
  constructor(servers: ServerList, size: number, layout: Layout, mostServers: number = Infinity) {
    this.servers = servers;
    this.layout = layout;
    this.mostServers = mostServers;
    this.slots = Array<RealServer | undefined>(size).fill(undefined);
    this.listChanged();
    servers.subscribe(this);
  }

  /** The servers by slot, up to date. */
  get current(): readonly (RealServer | undefined)[] {
    if (this.stale) this.refresh();
    return this.slots;
  }

  serverAdded(): void {
    this.listChanged();
  }

  serverEdited(): void {
    this.listChanged();
  }

  serverRemoved(server: RealServer): void {
    this.listChanged();
    if (!this.stale) this.vacate(server);
  }

  close(): void {
    this.servers.unsubscribe(this);
  }

  private listChanged(): void {
    const { size } = this.servers;
    if (size < this.mostServers) this.stale = true;
    // The list may grow beyond the limit next, and then this layout is the one that stays.
    else if (size === this.mostServers) this.refresh();
  }

  /** Frees the slots of a server that has left while the table stays as it is. */
  private vacate(server: RealServer): void {
    for (const [slot, holder] of this.slots.entries()) {
      if (holder === server) this.slots[slot] = undefined;
    }
  }

  private refresh(): void {
    this.stale = false;
    this.slots.fill(undefined);
    if (this.servers.size > 0) this.layout(this.slots, this.servers, this.servers.size);
  }
}
