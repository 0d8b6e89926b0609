/**
 * Whose statistics are whose: one {@link Statistics} for the director, for each service and for each
 * real server, and the tick that renews what they show.
 *
 * A removed server keeps its numbers, which stand still until it returns; those of a deleted service
 * and its servers are forgotten.
 */
import type { RealServer } from '../model/real-server.js';
import type { Service } from '../services/service.js';
import { Statistics } from './statistics.js';

/** The statistics of a director and everything in it. */
export class StatisticsBook {
  /** The whole director's. */
  readonly total: Statistics = new Statistics();
  private readonly entries = new WeakMap<Service | RealServer, Statistics>();

  /**
   * The statistics of one service or server; they may be kept by whoever counts, until the service
   * is deleted.
   *
   * @param subject - The service or server.
   * @returns Its statistics, always the same.
   */
  of(subject: Service | RealServer): Statistics {
    const known = this.entries.get(subject);
    if (known !== undefined) return known;
    const fresh = new Statistics();
    this.entries.set(subject, fresh);
    return fresh;
  }

  /**
   * Renews what is shown.
   *
   * @param services - All services.
   */
  tick(services: Iterable<Service>): void {
    this.total.tick();
    for (const service of services) this.each(service, (statistics) => statistics.tick());
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
   * Forgets a service that is about to be deleted.
   *
   * @param service - The service.
   */
  forget(service: Service): void {
    this.entries.delete(service);
    for (const server of service.servers) this.entries.delete(server);
    for (const server of service.servers.removed) this.entries.delete(server);
  }

  private each(service: Service, visit: (statistics: Statistics) => void): void {
    visit(this.of(service));
    for (const server of service.servers) visit(this.of(server));
  }
}
