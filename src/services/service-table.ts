/**
 * The virtual services of a director, and which of them a packet belongs to.
 *
 * The look-up takes the first that exists of: the service of the packet's mark; the one of its
 * protocol, address and port; for TCP to port 20 or an unprivileged one, the one on port 21 (FTP
 * data); the one on port 0. It works on numbers and allocates nothing. A deleted service's servers
 * are remembered while they have connections: the same service added again finds them.
 */
import { IpvsError, requireKnownOptions } from '../errors.js';
import type { AddressFamily } from '../ip-address.js';
import type { ServerListState } from '../model/server-list-state.js';
import { DeletedServices } from './deleted-services.js';
import {
  Service,
  SERVICE_SETTING_NAMES,
  type ServiceEnvironment,
  type ServiceSettings,
  type ServiceState,
} from './service.js';
import { kindOf, ServiceIndex } from './service-index.js';
import {
  createServiceKey,
  describeServiceKey,
  protocolNumber,
  type ServiceKey,
  type ServiceName,
} from './service-key.js';

const TCP = 6;
const FTP_PORT = 21;
const FTP_DATA_PORT = 20;
const FIRST_UNPRIVILEGED_PORT = 1024;

/** The state of a {@link ServiceTable}, as plain JSON. */
export interface ServiceTableState {
  /** The services, oldest first. */
  readonly services: readonly ServiceState[];
  /** The servers of deleted services that are still remembered, by the service's name. */
  readonly deleted: Readonly<Record<string, ServerListState>>;
}

/** The services by key. Iterating gives them in the order in which they were added. */
export class ServiceTable implements Iterable<Service> {
  private readonly index = new ServiceIndex();
  private readonly services = new Set<Service>();
  /** What is remembered of deleted services. */
  readonly deleted: DeletedServices = new DeletedServices();
  private readonly environment: ServiceEnvironment;
  private readonly sizes = { 4: 0, 6: 0 };
  private ftpServices = 0;
  private anyPortServices = 0;

  /** @param environment - What the services' schedulers are made from. */
  constructor(environment: ServiceEnvironment = {}) {
    this.environment = environment;
  }

  /** How many services there are. */
  get size(): number {
    return this.services.size;
  }

  /**
   * Whether there is any service of a family; without one, no packet of it is looked at.
   *
   * @param family - 4 or 6.
   * @returns `true` when there is one.
   */
  hasFamily(family: AddressFamily): boolean {
    return this.sizes[family] > 0;
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
    requireKnownOptions('add a service', settings, SERVICE_SETTING_NAMES);
    const key = createServiceKey(name);
    const text = describeServiceKey(key);
    if (this.findKey(key) !== undefined) {
      throw new IpvsError(
        'ERR_SERVICE_EXISTS',
        `Cannot add ${text}: there is this service already`,
      );
    }
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
    requireKnownOptions('edit a service', settings, SERVICE_SETTING_NAMES);
    const service = this.get('edit', name);
    service.edit(settings);
    return service;
  }

  /**
   * Deletes a service; its servers are removed from it.
   *
   * @param name - What names it.
   * @returns The service that was.
   * @throws {IpvsError} `ERR_SERVICE_NOT_FOUND` when there is no such service.
   */
  delete(name: ServiceName): Service {
    const service = this.get('delete', name);
    this.leave(service);
    service.close();
    this.deleted.add(service.toString(), service.servers);
    return service;
  }

  /** Deletes all services. */
  flush(): void {
    for (const service of this.services) this.delete(service);
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
    return this.findKey(createServiceKey(name));
  }

  /**
   * Finds a service by its name, which must exist.
   *
   * @param name - What names it.
   * @returns The service.
   * @throws {IpvsError} `ERR_SERVICE_NOT_FOUND` when there is none.
   * @throws {TypeError} When a value has the wrong type.
   * @throws {RangeError} When a value is out of range.
   */
  require(name: ServiceName): Service {
    return this.get('find', name);
  }

  /**
   * Finds the service a packet belongs to.
   *
   * @param mark - The packet's firewall mark; 0 = none.
   * @param family - Its family, 4 or 6.
   * @param protocol - Its protocol's number.
   * @param w0 - The first word of its destination, signed; 0 for IPv4.
   * @param w1 - The second word; 0 for IPv4.
   * @param w2 - The third word; 0 for IPv4.
   * @param w3 - The last word; for IPv4 the address.
   * @param port - Its destination port.
   * @returns The service, or `undefined` when the packet belongs to none.
   */
  lookup(
    mark: number,
    family: number,
    protocol: number,
    w0: number,
    w1: number,
    w2: number,
    w3: number,
    port: number,
  ): Service | undefined {
    const { index } = this;
    if (mark !== 0) {
      const marked = index.get(kindOf(family, 0), mark, 0, 0, 0, 0);
      if (marked !== undefined) return marked;
    }
    const kind = kindOf(family, protocol);
    let service = index.get(kind, port, w0, w1, w2, w3);
    if (service === undefined && this.ftpServices > 0 && protocol === TCP && mayBeFtpData(port)) {
      service = index.get(kind, FTP_PORT, w0, w1, w2, w3);
    }
    if (service === undefined && this.anyPortServices > 0) {
      service = index.get(kind, 0, w0, w1, w2, w3);
    }
    return service;
  }

  /** Forgets the removed servers that nothing counts on, in all services that are or were. */
  forgetIdle(): void {
    for (const service of this.services) service.servers.forgetIdle();
    this.deleted.forgetIdle();
  }

  /**
   * Goes through the services, oldest first.
   *
   * @returns An iterator.
   */
  [Symbol.iterator](): IterableIterator<Service> {
    return this.services.values();
  }

  /**
   * Writes the table out.
   *
   * @returns Plain JSON for {@link ServiceTable.fromJSON}.
   */
  toJSON(): ServiceTableState {
    this.forgetIdle();
    return {
      services: [...this.services].map((service) => service.toJSON()),
      deleted: this.deleted.toJSON(),
    };
  }

  /**
   * Reads a table back.
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
   * Reads services back into this table.
   *
   * @param state - What {@link ServiceTable.toJSON} gave; none of its services may be in the table.
   * @throws As {@link ServiceTable.add} does, when the state is damaged.
   */
  restore(state: ServiceTableState): void {
    for (const each of state.services) {
      this.enter(Service.fromJSON(each, createServiceKey(each), this.environment));
    }
    this.deleted.restore(state.deleted);
  }

  private findKey({ family, fwmark, protocol, address, port }: ServiceKey): Service | undefined {
    if (fwmark !== 0) return this.index.get(kindOf(family, 0), fwmark, 0, 0, 0, 0);
    const { word0, word1, word2, word3 } = address;
    return this.index.get(
      kindOf(family, protocolNumber(protocol)),
      port,
      word0,
      word1,
      word2,
      word3,
    );
  }

  private get(verb: string, name: ServiceName): Service {
    const key = createServiceKey(name);
    const service = this.findKey(key);
    if (service !== undefined) return service;
    throw new IpvsError(
      'ERR_SERVICE_NOT_FOUND',
      `Cannot ${verb} ${describeServiceKey(key)}: there is no such service`,
    );
  }

  private enter(service: Service): void {
    this.index.add(service);
    this.services.add(service);
    this.count(service, 1);
  }

  private leave(service: Service): void {
    this.index.delete(service);
    this.services.delete(service);
    this.count(service, -1);
  }

  private count(service: Service, step: number): void {
    this.sizes[service.family] += step;
    if (service.fwmark !== 0) return;
    if (service.port === 0) this.anyPortServices += step;
    if (service.port === FTP_PORT && service.protocolNumber === TCP) this.ftpServices += step;
  }
}

/** Whether a TCP packet to this port may belong to an FTP session. */
function mayBeFtpData(port: number): boolean {
  return port === FTP_DATA_PORT || port >= FIRST_UNPRIVILEGED_PORT;
}
