/**
 * The figures of every event: what there was before it, what it did, and what followed until the next one.
 */
import type { FleetClients, FleetEffect, FleetServiceResult } from './fleet-result.js';
import type { FleetLoad } from './fleet-servers.js';
import type { FleetService, Rerouted } from './fleet-service.js';

/** What is known of an effect at once. */
type Immediate = Omit<FleetEffect, 'clients' | 'refused' | 'balancedAfterSeconds'>;

/** What a service had just before an event. */
interface Before {
  readonly open: number;
  readonly broken: number;
  readonly load: FleetLoad;
}

/** The figures of one service. */
class ServiceLedger {
  private readonly service: FleetService;
  private readonly effects: FleetEffect[] = [];
  private clientsBefore: FleetClients = { returned: 0, moved: 0 };
  private refusedBefore = 0;
  private at: Before | undefined;
  private immediate: Immediate | undefined;

  constructor(service: FleetService) {
    this.service = service;
  }

  before(seconds: number): void {
    const { service } = this;
    this.endPeriod();
    const { open, broken } = service;
    this.at = { open, broken, load: service.servers.load() };
    service.balance.disturb(seconds);
  }

  after(rerouted: Rerouted): void {
    const { open, broken, load } = this.at as Before;
    const { service } = this;
    this.immediate = {
      open,
      ...rerouted,
      lost: service.broken - broken - rerouted.broken,
      loadBefore: load,
      loadAfter: service.servers.load(),
    };
  }

  close(): FleetServiceResult {
    const { service, effects } = this;
    this.endPeriod();
    return {
      service: service.service.toString(),
      scheduler: service.service.schedulerName,
      connections: service.begun,
      refused: service.refused,
      clientsBefore: this.clientsBefore,
      effects,
    };
  }

  /** What followed the last event ends with the next one. */
  private endPeriod(): void {
    const { service, immediate } = this;
    const clients = service.clients.take();
    const refused = service.refused - this.refusedBefore;
    this.refusedBefore = service.refused;
    if (immediate === undefined) this.clientsBefore = clients;
    else {
      const balancedAfterSeconds = service.balance.taken();
      this.effects.push({ ...immediate, clients, refused, balancedAfterSeconds });
    }
  }
}

/** The figures of all services. */
export class EventLedger {
  private readonly ledgers: readonly ServiceLedger[];

  /** @param services - The services. */
  constructor(services: readonly FleetService[]) {
    this.ledgers = services.map((service) => new ServiceLedger(service));
  }

  /**
   * Something is about to happen.
   *
   * @param seconds - When.
   */
  before(seconds: number): void {
    for (const ledger of this.ledgers) ledger.before(seconds);
  }

  /**
   * It has happened.
   *
   * @param rerouted - What it did to the connections of each service.
   */
  after(rerouted: readonly Rerouted[]): void {
    for (const [index, ledger] of this.ledgers.entries()) ledger.after(rerouted[index]);
  }

  /**
   * Ends the last period.
   *
   * @returns What became of each service.
   */
  close(): FleetServiceResult[] {
    return this.ledgers.map((ledger) => ledger.close());
  }
}
