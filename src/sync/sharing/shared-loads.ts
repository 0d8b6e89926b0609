/**
 * The connections of other processes, counted at the servers of this one, so that its scheduler sees them.
 *
 * A server's counters hold both: what this process has is what remains. Cost: a flag per connection; a comparison per
 * changed server when changes are sent.
 */
import type { RealServer } from '../../model/real-server.js';
import type { ServerList } from '../../model/server-list.js';
import type { ServerListObserver } from '../../model/server-list-observer.js';
import type { SharedLoad, SharedState } from './shared-state.js';

/** A server, and what of its counters other processes have. */
interface Shared {
  readonly server: RealServer;
  readonly key: string;
  elsewhere: SharedLoad;
  changed: boolean;
}

/** Is notified of servers. */
export interface SharedLoadsListener {
  /** A server was added. */
  added(server: RealServer): void;
  /** The connections of other processes have ended, and the server has none left. */
  emptied(server: RealServer): void;
}

/** Keeps the counters of a list and the shared state consistent. */
export class SharedLoads implements ServerListObserver {
  private readonly servers: ServerList;
  private readonly state: SharedState;
  private readonly onChange: () => void;
  private readonly listener: SharedLoadsListener;
  private readonly shared = new Map<RealServer, Shared>();
  private readonly changed: Shared[] = [];
  /** Whether the counters change because of another process. */
  private isApplying = false;

  /**
   * @param servers - The list.
   * @param state - The shared state.
   * @param onChange - Called when this process has something new to say.
   * @param listener - Is notified of servers.
   */
  constructor(
    servers: ServerList,
    state: SharedState,
    onChange: () => void,
    listener: SharedLoadsListener,
  ) {
    this.servers = servers;
    this.state = state;
    this.onChange = onChange;
    this.listener = listener;
    for (const server of servers) this.note(server);
    servers.subscribe(this);
  }

  loadChanged(server: RealServer): void {
    if (!this.isApplying) this.note(server);
  }

  serverAdded(server: RealServer): void {
    this.apply(String(server));
    this.note(server);
    this.listener.added(server);
  }

  /** Hands what this process has with changed servers to the shared state. */
  collect(): void {
    for (const shared of this.changed) {
      const { server, key, elsewhere } = shared;
      shared.changed = false;
      const { active, inactive } = elsewhere;
      this.state.setLoad(key, server.active - active, server.inactive - inactive);
    }
    this.changed.length = 0;
  }

  /**
   * Counts what other processes have with a server.
   *
   * @param key - The server's address and port.
   */
  apply(key: string): void {
    const server = this.find(key);
    if (server !== undefined) this.count(this.sharedOf(server), this.state.loadElsewhere(key));
  }

  /** Takes all counts of other processes back. */
  close(): void {
    this.servers.unsubscribe(this);
    for (const shared of this.shared.values()) this.count(shared, { active: 0, inactive: 0 });
  }

  private note(server: RealServer): void {
    const shared = this.sharedOf(server);
    if (shared.changed) return;
    shared.changed = true;
    this.changed.push(shared);
    this.onChange();
  }

  private count(shared: Shared, elsewhere: SharedLoad): void {
    const { server } = shared;
    const before = shared.elsewhere;
    shared.elsewhere = elsewhere;
    this.isApplying = true;
    change(server, true, elsewhere.active - before.active);
    change(server, false, elsewhere.inactive - before.inactive);
    this.isApplying = false;
    if (server.total === 0 && before.active + before.inactive > 0) this.listener.emptied(server);
  }

  private sharedOf(server: RealServer): Shared {
    let shared = this.shared.get(server);
    if (shared === undefined) {
      const elsewhere = { active: 0, inactive: 0 };
      shared = { server, key: String(server), elsewhere, changed: false };
      this.shared.set(server, shared);
    }
    return shared;
  }

  /** A server by what another process calls it, which may be anything. */
  private find(key: string): RealServer | undefined {
    try {
      return this.servers.find(key);
    } catch {
      return undefined;
    }
  }
}

function change(server: RealServer, active: boolean, by: number): void {
  if (by > 0) server.open(active, by);
  else if (by < 0) server.close(active, -by);
}
