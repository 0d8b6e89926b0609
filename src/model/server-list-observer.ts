/**
 * Watching a list of servers, as schedulers do to keep their indices right.
 */
import type { RealServer } from './real-server.js';
import type { LoadListener } from './server-record.js';
import type { ServerSettings } from './server-settings.js';

/** Who wants to know what happens to a list's servers; each method is called after the fact. */
export interface ServerListObserver {
  /**
   * A server was added at the front.
   *
   * @param server - The server.
   */
  serverAdded?(server: RealServer): void;
  /**
   * A server's settings were written, changed or not.
   *
   * @param server - The server.
   * @param settings - What was asked to change; what is not given has stayed.
   */
  serverEdited?(server: RealServer, settings: ServerSettings): void;
  /**
   * A server was removed; it still has its last `position`.
   *
   * @param server - The server.
   */
  serverRemoved?(server: RealServer): void;
  /**
   * The counters or the overloaded flag of a server of the list have changed.
   *
   * @param server - The server.
   */
  loadChanged?(server: RealServer): void;
  /**
   * The overloaded flag of a server of the list has changed, by its counters.
   *
   * Cheaper than {@link loadChanged}, which is called for every connection.
   *
   * @param server - The server.
   */
  overloadedChanged?(server: RealServer): void;
  /** Every server has a new `position`; their order is the same. */
  renumbered?(): void;
}

/**
 * The listener of load changes: the only observer that has the method, or one that calls all of them.
 *
 * @param observers - The observers of a list.
 * @returns The listener, or `undefined` when no observer has the method.
 */
export function loadListenerOf(observers: Iterable<ServerListObserver>): LoadListener | undefined {
  const interested = [...observers].filter(wantsLoad);
  const [first, ...others] = interested;
  return first === undefined ? undefined : others.reduce<LoadListener>(tellingBoth, first);
}

function wantsLoad(observer: ServerListObserver): observer is ServerListObserver & LoadListener {
  return observer.loadChanged !== undefined;
}

/** Calls one listener and then another, each by a call of its own: the engine can inline these. */
function tellingBoth(first: LoadListener, second: LoadListener): LoadListener {
  return {
    loadChanged(server) {
      first.loadChanged(server);
      second.loadChanged(server);
    },
  };
}
