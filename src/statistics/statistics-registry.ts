/**
 * The statistics of a director: one {@link Statistics} for the whole, one for each service and one for each
 * real server, and the tick that updates what they show.
 *
 * The numbers of a removed server do not change until it returns; those of a deleted service and its servers
 * are discarded.
 */
import type { RealServer } from '../model/real-server.js';
import type { Service } from '../services/service.js';
import { requireStateFormat, type SavedState, STATE_FORMAT } from '../state-format.js';
import { Statistics, type StatisticsState } from './statistics.js';

/** The state of a {@link StatisticsRegistry}, as plain JSON. */
export interface StatisticsRegistryState extends SavedState {
  /** The director's. */
  readonly total: StatisticsState;
  /** Those of services, and of servers present or remembered, by name. */
  readonly entries: Readonly<Record<string, StatisticsState>>;
}

/** The statistics of a director and everything in it. */
export class StatisticsRegistry {
  /** The whole director's. */
  readonly total: Statistics;
  /** Flushes pending counts; set by the traffic counters. */
  flush: () => void = nothingToFlush;
  private readonly entries = new WeakMap<Service | RealServer, Statistics>();
  private readonly flushPending = (): void => this.flush();

  constructor() {
    this.total = new Statistics(this.flushPending);
  }

  /**
   * The statistics of one service or server; a caller may hold them until the service is deleted.
   *
   * @param subject - The service or server.
   * @returns Its statistics, always the same.
   */
  of(subject: Service | RealServer): Statistics {
    const known = this.entries.get(subject);
    if (known !== undefined) return known;
    const fresh = new Statistics(this.flushPending);
    this.entries.set(subject, fresh);
    return fresh;
  }

  /**
   * Updates what is shown.
   *
   * @param services - All services.
   * @returns Whether anything changed; if not, neither will it at further ticks until something is counted.
   */
  tick(services: Iterable<Service>): boolean {
    let changed = this.total.tick();
    for (const service of services) {
      this.each(service, (statistics) => {
        changed = statistics.tick() || changed;
      });
    }
    return changed;
  }

  /**
   * Zeroes the numbers of services and their servers.
   *
   * @param services - The services.
   */
  zero(services: Iterable<Service>): void {
    for (const service of services) this.each(service, (statistics) => statistics.zero());
  }

  /**
   * Discards the statistics of a service that is about to be deleted.
   *
   * @param service - The service.
   */
  forget(service: Service): void {
    this.flush();
    this.entries.delete(service);
    for (const server of service.servers) this.entries.delete(server);
    for (const server of service.servers.removed) this.entries.delete(server);
  }

  /**
   * Saves the numbers.
   *
   * @param services - All services.
   * @returns Plain JSON for {@link StatisticsRegistry.restore}.
   */
  stateOf(services: Iterable<Service>): StatisticsRegistryState {
    const entries: Record<string, StatisticsState> = {};
    for (const [name, subject] of named(services)) entries[name] = this.of(subject).toJSON();
    return { format: STATE_FORMAT, total: this.total.toJSON(), entries };
  }

  /**
   * Restores numbers.
   *
   * @param state - What {@link StatisticsRegistry.stateOf} gave.
   * @param services - The same services.
   * @throws {TypeError} When it is no such state.
   * @throws {RangeError} When the state is of another format.
   */
  restore(state: StatisticsRegistryState, services: Iterable<Service>): void {
    requireStateFormat('the statistics of a director', state);
    this.total.restore(state.total);
    for (const [name, subject] of named(services)) {
      const entry = state.entries[name];
      if (entry !== undefined) this.of(subject).restore(entry);
    }
  }

  /** Visits the statistics that there are: those of what had no traffic and was not listed are not made for this. */
  private each(service: Service, visit: (statistics: Statistics) => void): void {
    const own = this.entries.get(service);
    if (own !== undefined) visit(own);
    for (const server of service.servers) {
      const statistics = this.entries.get(server);
      if (statistics !== undefined) visit(statistics);
    }
  }
}

function nothingToFlush(): void {
  // Everything is counted at once.
}

/** Services and their servers, each with a unique name. */
function* named(services: Iterable<Service>): Iterable<[string, Service | RealServer]> {
  for (const service of services) {
    yield [service.toString(), service];
    for (const server of service.servers) yield [`${service} ${server}`, server];
    for (const server of service.servers.removed) yield [`${service} ${server}`, server];
  }
}
