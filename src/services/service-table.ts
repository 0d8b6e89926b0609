/**
 * The virtual services of a director.
 *
 * The servers of a deleted service are remembered while they have connections: the same service added
 * again finds them. Which service a packet belongs to is decided in `service-lookup.ts`.
 */
import type { AddressWords } from '../address-words.js';
import { IpvsError, requireKnownOptions } from '../errors.js';
import type { AddressFamily } from '../ip-address.js';
import { DeletedServices, type DeletedServicesState } from './deleted-services.js';
import {
  Service,
  ENVIRONMENT_NAMES,
  serverListOptions,
  type ServiceEnvironment,
  type ServiceSettings,
  type ServiceState,
} from './service.js';
import { createServiceKey, describeServiceKey, type ServiceName } from './service-key.js';
import { ServiceLookup } from './service-lookup.js';
import { requireStateFormat, type SavedState, STATE_FORMAT } from '../state-format.js';

/** The state of a {@link ServiceTable}, as plain JSON. */
export interface ServiceTableState extends SavedState {
  /** The services, oldest first. */
  readonly services: readonly ServiceState[];
  /** The servers of deleted services that are still remembered. */
  readonly deleted: DeletedServicesState;
}

/** The services by key. Iterating gives them in the order in which they were added. */
export class ServiceTable implements Iterable<Service> {
  private readonly index = new ServiceLookup();
  private readonly services = new Set<Service>();
  private readonly engined = new Set<Service>();
  /** The servers of deleted services that are still remembered. */
  readonly deleted: DeletedServices;
  private readonly environment: ServiceEnvironment;

  /** @param environment - Dependencies of the services' schedulers. */
  constructor(environment: ServiceEnvironment = {}) {
    requireKnownOptions('create a service table', environment, ENVIRONMENT_NAMES);
    this.environment = environment;
    this.deleted = new DeletedServices(serverListOptions(environment));
  }

  /** How many services there are. */
  get size(): number {
    return this.services.size;
  }

  /**
   * Whether there is any service of a family; without one, no packet of it is processed.
   *
   * @param family - 4 or 6.
   * @returns `true` when there is one.
   */
  hasFamily(family: AddressFamily): boolean {
    return this.index.sizeOf(family) > 0;
  }

  /**
   * Adds a service.
   *
   * @param name - What names it.
   * @param settings - Its settings; what is not given has its default.
   * @returns The service.
   * @throws {IpvsError} `ERR_SERVICE_EXISTS` when there is one of this name, else
   *   `ERR_SCHEDULER_NOT_FOUND` when the scheduler has an unknown name.
   * @throws {TypeError} When a value has the wrong type.
   * @throws {RangeError} When a value is out of range.
   */
  add(name: ServiceName, settings: ServiceSettings = {}): Service {
    const key = createServiceKey(name);
    if (this.index.get(key) !== undefined) {
      const text = describeServiceKey(key);
      throw new IpvsError(
        'ERR_SERVICE_EXISTS',
        `Cannot add ${text}: there is this service already`,
      );
    }
    const text = this.deleted.size === 0 ? '' : describeServiceKey(key);
    const service = new Service(key, settings, this.environment, this.deleted.get(text));
    this.deleted.delete(text);
    this.enter(service);
    return service;
  }

  /**
   * Changes a service's settings, all at once or not at all.
   *
   * @param name - What names it.
   * @param settings - What to change; what is not given stays.
   * @returns The service.
   * @throws {IpvsError} `ERR_SERVICE_NOT_FOUND` when there is no such service, else
   *   `ERR_SCHEDULER_NOT_FOUND` when the scheduler has an unknown name.
   * @throws {TypeError} When a value has the wrong type.
   * @throws {RangeError} When a value is out of range.
   */
  edit(name: ServiceName, settings: ServiceSettings): Service {
    const service = this.existing('edit', name);
    service.edit(settings);
    this.noteEngine(service);
    return service;
  }

  /**
   * Removes a service; its servers are removed from it.
   *
   * @param name - What names it.
   * @returns The service that was.
   * @throws {IpvsError} `ERR_SERVICE_NOT_FOUND` when there is no such service.
   */
  remove(name: ServiceName): Service {
    const service = this.existing('remove', name);
    this.index.remove(service);
    this.services.delete(service);
    this.engined.delete(service);
    service.close();
    this.deleted.add(service.toString(), service.servers);
    return service;
  }

  /** Removes all services. */
  flush(): void {
    for (const service of this.services) this.remove(service);
  }

  /**
   * Finds a service by its name.
   *
   * @param name - What names it.
   * @returns The service, or `undefined` when there is none.
   * @throws {TypeError} When a value has the wrong type.
   * @throws {RangeError} When a value is out of range.
   */
  find(name: ServiceName): Service | undefined {
    return this.index.get(createServiceKey(name));
  }

  /**
   * A service by its name, which must exist.
   *
   * @param name - What names it.
   * @returns The service.
   * @throws {IpvsError} `ERR_SERVICE_NOT_FOUND` when there is none.
   * @throws {TypeError} When a value has the wrong type.
   * @throws {RangeError} When a value is out of range.
   */
  get(name: ServiceName): Service {
    return this.existing('find', name);
  }

  /**
   * Finds the service a packet belongs to.
   *
   * @param mark - The packet's firewall mark; 0 = none.
   * @param protocol - The number of its protocol.
   * @param address - Its destination address.
   * @param port - Its destination port.
   * @returns The service, or `undefined` when the packet belongs to none.
   */
  lookup(mark: number, protocol: number, address: AddressWords, port: number): Service | undefined {
    return this.index.find(mark, protocol, address, port);
  }

  /**
   * Finds the service of a firewall mark.
   *
   * @param family - 4 or 6.
   * @param mark - The mark, 1–4294967295.
   * @returns The service, or `undefined` when there is none.
   */
  marked(family: AddressFamily, mark: number): Service | undefined {
    return this.index.marked(family, mark);
  }

  /** The services with a persistence engine. */
  get withEngine(): ReadonlySet<Service> {
    return this.engined;
  }

  /** Forgets the removed servers that have no connections, in present and deleted services. */
  forgetIdle(): void {
    for (const service of this.services) service.servers.forgetIdle();
    this.deleted.forgetIdle();
  }

  /**
   * Visits the services, oldest first.
   *
   * @returns An iterator.
   */
  [Symbol.iterator](): IterableIterator<Service> {
    return this.services.values();
  }

  /**
   * Saves the table.
   *
   * @returns Plain JSON for {@link ServiceTable.fromJSON}.
   */
  toJSON(): ServiceTableState {
    this.forgetIdle();
    return {
      format: STATE_FORMAT,
      services: [...this.services].map((service) => service.toJSON()),
      deleted: this.deleted.toJSON(),
    };
  }

  /**
   * Restores a table.
   *
   * @param state - What {@link ServiceTable.toJSON} gave.
   * @param environment - What the services' schedulers are made from.
   * @returns A table with the same services.
   * @throws As {@link ServiceTable.add} does, when the state is damaged.
   */
  static fromJSON(state: ServiceTableState, environment: ServiceEnvironment = {}): ServiceTable {
    const table = new ServiceTable(environment);
    table.restore(state);
    return table;
  }

  /**
   * Restores services into this table.
   *
   * @param state - What {@link ServiceTable.toJSON} gave; none of its services may be in the table.
   * @throws As {@link ServiceTable.add} does, when the state is damaged.
   */
  restore(state: ServiceTableState): void {
    requireStateFormat('a table of services', state);
    for (const each of state.services) {
      this.enter(Service.fromJSON(each, createServiceKey(each), this.environment));
    }
    this.deleted.restore(state.deleted);
  }

  private existing(verb: string, name: ServiceName): Service {
    const key = createServiceKey(name);
    const service = this.index.get(key);
    if (service !== undefined) return service;
    throw new IpvsError(
      'ERR_SERVICE_NOT_FOUND',
      `Cannot ${verb} ${describeServiceKey(key)}: there is no such service`,
    );
  }

  private enter(service: Service): void {
    this.index.add(service);
    this.services.add(service);
    this.noteEngine(service);
  }

  private noteEngine(service: Service): void {
    if (service.persistenceEngine === undefined) this.engined.delete(service);
    else this.engined.add(service);
  }
}
