/**
 * The observers of a server list, and how they are notified: each one of every change, whatever another throws.
 */
import { rethrowLater } from '../rethrow-later.js';
import type { RealServer } from './real-server.js';
import { loadListenerOf, type ServerListObserver } from './server-list-observer.js';
import type { LoadListener } from './server-record.js';
import type { ServerSettings } from './server-settings.js';

/** Passes on what happens to the servers of a list. */
export class ListObservers {
  /** Notified of changed counters; `undefined` when no observer wants to know. */
  load: LoadListener | undefined;
  /** Replaced by each change, so that a round of notifications sees one list. */
  private observers: readonly ServerListObserver[] = [];

  /** Starts to notify an observer. */
  add(observer: ServerListObserver): void {
    if (!this.observers.includes(observer)) this.observers = [...this.observers, observer];
    this.load = loadListenerOf(this.observers);
  }

  /** Stops notifying an observer. */
  delete(observer: ServerListObserver): void {
    this.observers = this.observers.filter((each) => each !== observer);
    this.load = loadListenerOf(this.observers);
  }

  added(server: RealServer): void {
    this.each((observer) => observer.serverAdded?.(server));
  }

  edited(server: RealServer, settings: ServerSettings): void {
    this.each((observer) => observer.serverEdited?.(server, settings));
  }

  removed(server: RealServer): void {
    this.each((observer) => observer.serverRemoved?.(server));
  }

  overloadedChanged(server: RealServer): void {
    this.each((observer) => observer.overloadedChanged?.(server));
  }

  renumbered(): void {
    this.each((observer) => observer.renumbered?.());
  }

  private each(notify: (observer: ServerListObserver) => void): void {
    for (const observer of this.observers) {
      // An observer that was removed by one before it wants to know nothing more.
      if (!this.observers.includes(observer)) continue;
      try {
        notify(observer);
      } catch (error) {
        rethrowLater(error);
      }
    }
  }
}
