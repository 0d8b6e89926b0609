/**
 * The servers of deleted services that still have connections, so that the same service added again finds
 * them with their counters.
 */
import { ServerList, type ServerListOptions } from '../model/server-list.js';
import type { ServerListState } from '../model/server-list-state.js';
import { requireStateFormat, type SavedState, STATE_FORMAT } from '../state-format.js';

/** Up to this many lists are not searched for idle ones. */
const FEWEST_SWEPT = 64;

/** The state of {@link DeletedServices}, as plain JSON. */
export interface DeletedServicesState extends SavedState {
  /** The lists, by the services' names. */
  readonly lists: Readonly<Record<string, ServerListState>>;
}

/** The lists of deleted services, by the services' names. */
export class DeletedServices {
  private readonly lists = new Map<string, ServerList>();
  private sweepAbove = FEWEST_SWEPT;
  private readonly options: ServerListOptions;

  /** @param options - The options of lists that are restored. */
  constructor(options: ServerListOptions = {}) {
    this.options = options;
  }

  /** How many lists are remembered. */
  get size(): number {
    return this.lists.size;
  }

  /**
   * Remembers the servers of a service.
   *
   * @param name - The service's name.
   * @param servers - Its list, from which all servers were removed.
   */
  add(name: string, servers: ServerList): void {
    this.lists.set(name, servers);
    if (this.lists.size > this.sweepAbove) this.forgetIdle();
  }

  /**
   * The servers of a deleted service.
   *
   * @param name - The service's name.
   * @returns Its list, or `undefined` when nothing is remembered.
   */
  get(name: string): ServerList | undefined {
    return this.lists.get(name);
  }

  /**
   * Visits the lists.
   *
   * @returns The name of each deleted service, with its list.
   */
  entries(): Iterable<[string, ServerList]> {
    return this.lists;
  }

  /**
   * Forgets a service, because it was added again.
   *
   * @param name - The service's name.
   */
  delete(name: string): void {
    this.lists.delete(name);
  }

  /** Forgets the servers that have no connections. */
  forgetIdle(): void {
    for (const [name, servers] of this.lists) {
      servers.forgetIdle();
      if ([...servers.removed].length === 0) this.lists.delete(name);
    }
    // Doubling keeps the cost of sweeping constant per deletion.
    this.sweepAbove = Math.max(FEWEST_SWEPT, this.lists.size * 2);
  }

  /**
   * Saves the lists.
   *
   * @returns Plain JSON for {@link DeletedServices.restore}.
   */
  toJSON(): DeletedServicesState {
    const lists = [...this.lists].map(([name, servers]) => [name, servers.toJSON()] as const);
    return { format: STATE_FORMAT, lists: Object.fromEntries(lists) };
  }

  /**
   * Restores lists.
   *
   * @param state - What {@link DeletedServices.toJSON} gave.
   * @throws {TypeError} When it is no such state.
   * @throws {RangeError} When the state is of another format, or a list is damaged.
   */
  restore(state: DeletedServicesState): void {
    requireStateFormat('deleted services', state);
    for (const [name, servers] of Object.entries(state.lists)) {
      this.lists.set(name, ServerList.fromJSON(servers, this.options));
    }
  }
}
