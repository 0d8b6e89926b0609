/**
 * Which service and server a listed connection belongs to: listings do not say it.
 */
import type { ListedConnection } from '../ipvsadm/listed-connection.js';
import { formatEndpoint } from '../endpoint.js';
import type { RealServer } from '../model/real-server.js';
import type { Service } from '../services/service.js';

/** The owner of a connection; empty when the director has none that fits. */
export interface ConnectionOwner {
  /** The service. */
  readonly service?: Service;
  /** The server. */
  readonly server?: RealServer;
}

/** Finds the owners of connections. */
export class ServiceOfConnection {
  private readonly byEndpoint = new Map<string, Service>();
  private readonly byAddress = new Map<string, Service[]>();
  private readonly marked: Service[] = [];

  /** @param services - The services of the director. */
  constructor(services: Iterable<Service>) {
    for (const service of services) {
      if (service.fwmark !== 0) this.marked.push(service);
      else this.enter(service);
    }
  }

  /**
   * Finds the owner of a connection: the service of its virtual endpoint, else that of all ports, else another one
   * of the address that has the server (FTP's data connections), else a mark that has it.
   */
  of(connection: ListedConnection): ConnectionOwner {
    for (const service of this.candidates(connection)) {
      const server = serverOf(service, connection);
      if (server !== undefined) return { service, server };
    }
    return {};
  }

  private *candidates(connection: ListedConnection): Iterable<Service> {
    const { protocol, fwmark, virtualAddress, virtualPort } = connection;
    if (fwmark !== undefined) {
      yield* this.marked.filter((service) => service.fwmark === fwmark);
      return;
    }
    const exact = this.byEndpoint.get(`${protocol} ${formatEndpoint(virtualAddress, virtualPort)}`);
    if (exact !== undefined) yield exact;
    const every = this.byEndpoint.get(`${protocol} ${formatEndpoint(virtualAddress, 0)}`);
    if (every !== undefined) yield every;
    yield* this.byAddress.get(`${protocol} ${virtualAddress.toString()}`) ?? [];
    yield* this.marked;
  }

  private enter(service: Service): void {
    const { protocol, address, port } = service;
    this.byEndpoint.set(`${protocol} ${formatEndpoint(address, port)}`, service);
    const name = `${protocol} ${address.toString()}`;
    const others = this.byAddress.get(name);
    if (others === undefined) this.byAddress.set(name, [service]);
    else others.push(service);
  }
}

/** The server of a connection, whose own port may be 0, or that of the service. */
function serverOf(service: Service, connection: ListedConnection): RealServer | undefined {
  const { serverAddress: address, serverPort } = connection;
  for (const port of [serverPort, 0, service.port]) {
    const server = service.servers.get({ address, port });
    if (server !== undefined) return server;
  }
  // The template of all ports names no port of the server.
  if (serverPort !== 0) return undefined;
  return [...service.servers].find((server) => server.address.equals(address));
}
