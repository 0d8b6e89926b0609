/**
 * What listings say of services and servers. Several listings of one director add up: one has the
 * schedulers, another the thresholds, a third the traffic.
 */
import type { Traffic } from '../../statistics/statistics.js';
import { formatEndpoint } from '../../endpoint.js';
import type { CommandServerAddress, CommandService } from '../../ipvsadm/command.js';

/** A server of a listing; what no listing says is absent. */
export interface ListedServer extends CommandServerAddress {
  /** The number of the line where it is first. */
  readonly line: number;
  /** The rule's option for the method, such as `-m`. */
  method?: string;
  /** The rule's options for the tunnel; empty for the usual one. */
  tunnel?: string;
  weight?: number;
  upperThreshold?: number;
  lowerThreshold?: number;
  active?: number;
  inactive?: number;
  persistent?: number;
  totals?: Traffic;
  rates?: Traffic;
}

/** A service of a listing; what no listing says is absent. */
export interface ListedService {
  /** What names it. */
  readonly service: CommandService;
  /** The number of the line where it is first. */
  readonly line: number;
  /** Its servers by endpoint, in the order of the listing. */
  readonly servers: Map<string, ListedServer>;
  /** The options of the rule behind the name, such as `-s wlc -p 300`. */
  settings?: string;
  /** Whether the listing has the kernel's own order: the newest server first. */
  readonly newestFirst: boolean;
  /** Whether it is of /proc/net/ip_vs, which says less. */
  readonly ofKernel: boolean;
  totals?: Traffic;
  rates?: Traffic;
}

/** All services of a text. */
export class ListedServices {
  private readonly services = new Map<string, ListedService>();

  /** The services, in the order of the listings. */
  get all(): readonly ListedService[] {
    return [...this.services.values()];
  }

  /** The service of a name; a new one when it is the first time. */
  service(
    service: CommandService,
    line: number,
    { hexadecimal, newestFirst }: { readonly hexadecimal: boolean; readonly newestFirst: boolean },
  ): ListedService {
    const name = serviceText(service);
    const known = this.services.get(name);
    if (known !== undefined) return known;
    const added: ListedService = {
      service,
      line,
      servers: new Map(),
      newestFirst: newestFirst || hexadecimal,
      ofKernel: hexadecimal,
    };
    this.services.set(name, added);
    return added;
  }
}

/** The server of an endpoint; a new one when it is the first time. */
export function serverOf(
  { servers }: ListedService,
  address: CommandServerAddress,
  line: number,
): ListedServer {
  const name = formatEndpoint(address.address, address.port);
  const known = servers.get(name);
  if (known !== undefined) return known;
  const added: ListedServer = { ...address, line };
  servers.set(name, added);
  return added;
}

/**
 * The options that name a service in a rule.
 *
 * @param service - The service.
 * @returns For example `-t 192.0.2.1:80` or `-f 7 -6`.
 */
export function serviceText(service: CommandService): string {
  if ('fwmark' in service) return `-f ${service.fwmark}${service.family === 6 ? ' -6' : ''}`;
  const option = service.protocol === 'sctp' ? '--sctp-service' : `-${service.protocol.charAt(0)}`;
  return `${option} ${formatEndpoint(service.address, service.port)}`;
}
