/**
 * A virtual service with its real servers as a rule file describes them: plain data.
 */
import type { AddressFamily, IpAddress } from '../ip-address.js';
import type { Protocol } from '../model/flow.js';
import type { ServerOptions } from '../model/server-settings.js';
import type { SchedulerName } from '../schedulers/scheduler.js';

/** What names a virtual service: an address and port of a protocol, or a firewall mark. */
export type ServiceAddress =
  | {
      /** The transport protocol. */
      readonly protocol: Protocol;
      /** The virtual address. */
      readonly address: IpAddress;
      /** The virtual port, 0–65535; 0 = every port. */
      readonly port: number;
    }
  | {
      /** The firewall mark, 1–4294967295. */
      readonly mark: number;
      /** The family of the packets that bear it. */
      readonly family: AddressFamily;
    };

/** How a persistent service remembers its clients. */
export interface PersistenceRules {
  /** How long a client is remembered after its last new connection, in seconds. */
  readonly timeoutSeconds: number;
  /** Which clients are one: an IPv4 mask as a 32-bit number, or an IPv6 prefix length. */
  readonly netmask: number;
}

/** A virtual service and its real servers. */
export interface ServiceRules {
  /** What names it. */
  readonly service: ServiceAddress;
  /** The scheduling algorithm. */
  readonly scheduler: SchedulerName;
  /** Options of the hashing algorithms. */
  readonly flags: {
    /** Whether an unusable server is replaced by another. */
    readonly fallback: boolean;
    /** Whether the client's port takes part. */
    readonly port: boolean;
  };
  /** How clients are remembered, when they are. */
  readonly persistence?: PersistenceRules;
  /** Whether every datagram is scheduled by itself. */
  readonly onePacket: boolean;
  /** The real servers, oldest first. */
  readonly servers: readonly ServerOptions[];
}

/**
 * The family of a service's clients.
 *
 * @param service - The service.
 * @returns 4 or 6.
 */
export function familyOf(service: ServiceAddress): AddressFamily {
  return 'mark' in service ? service.family : service.address.family;
}

/**
 * The name of a service as ipvsadm's listings write it.
 *
 * @param service - The service.
 * @returns For example `TCP  10.0.0.1:80`, `UDP  [2001:db8::1]:53` or `FWM  7 IPv6`.
 */
export function serviceName(service: ServiceAddress): string {
  if ('mark' in service) return `FWM  ${service.mark}${service.family === 6 ? ' IPv6' : ''}`;
  const { protocol, address, port } = service;
  const host = address.family === 6 ? `[${address}]` : `${address}`;
  return `${protocol.toUpperCase().padEnd(5)}${host}:${port}`;
}
