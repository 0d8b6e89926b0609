/**
 * The name of a virtual service: protocol, address and port, or a firewall mark.
 *
 * A mark names one service per address family, whatever protocol and port its packets have. Protocols
 * have their numbers of the IP header, so that a look-up needs no text.
 */
import { formatEndpoint } from '../endpoint.js';
import { requireInteger, requireOneOf } from '../errors.js';
import { hostAddress } from '../host-address.js';
import { type AddressFamily, IpAddress, type IpAddressLike } from '../ip-address.js';
import { requirePort } from '../model/flow.js';
import { type Protocol, PROTOCOLS } from '../protocols.js';

/** The greatest firewall mark: 2^32 − 1. */
export const MAX_FWMARK = 4294967295;

/**
 * The name of a service by the endpoint that its clients connect to.
 *
 * @expand
 */
export interface ServiceAddress {
  /** The transport protocol; default `'tcp'`. */
  readonly protocol?: Protocol;
  /** The virtual address; `'localhost'` is 127.0.0.1. */
  readonly address: IpAddressLike;
  /** The virtual port, 0–65535; 0 = every port that has no service of its own. */
  readonly port: number;
}

/**
 * The name of a service by the mark that a firewall sets on its packets.
 *
 * @expand
 */
export interface ServiceMark {
  /** The mark, 1–4294967295. */
  readonly fwmark: number;
  /** The family of the packets, 4 or 6; default 4. */
  readonly family?: AddressFamily;
}

/**
 * The name of a service, in either form; every service is a name of itself.
 *
 * @expand
 */
export type ServiceName = ServiceAddress | ServiceMark;

/** A name that was checked and completed. */
export interface ServiceKey {
  /** The address family of the service's clients. */
  readonly family: AddressFamily;
  /** The mark, or 0 for a service with an address. */
  readonly fwmark: number;
  /** The transport protocol; `'tcp'` for a service with a mark, without a meaning. */
  readonly protocol: Protocol;
  /** The virtual address; the unspecified one for a service with a mark. */
  readonly address: IpAddress;
  /** The virtual port; 0 for a service with a mark. */
  readonly port: number;
}

const unspecified: Readonly<Record<AddressFamily, IpAddress>> = {
  4: IpAddress.fromIpv4(0),
  6: IpAddress.fromIpv6(0, 0, 0, 0),
};

/**
 * Checks a name and fills in its defaults.
 *
 * @param name - The name.
 * @returns The key.
 * @throws {TypeError} When a value has the wrong type.
 * @throws {RangeError} When a value is out of range.
 */
export function createServiceKey(name: ServiceName): ServiceKey {
  if (isMark(name)) return markKey(name);
  const { protocol, address, port } = name;
  const parsed = hostAddress('service', address);
  return {
    family: parsed.family,
    fwmark: 0,
    protocol: requireOneOf('protocol', protocol ?? 'tcp', PROTOCOLS),
    address: parsed,
    port: requirePort('service port', port),
  };
}

/** A key of a service with an address has a mark too, which is 0. */
function isMark(name: ServiceName): name is ServiceMark {
  return !('address' in name) || ('fwmark' in name && name.fwmark !== 0);
}

function markKey(name: ServiceMark): ServiceKey {
  const family = name.family ?? 4;
  requireInteger('address family', family, 4, 6);
  if (family !== 4 && family !== 6) {
    throw new RangeError(`Invalid address family: expected 4 or 6, got ${String(family)}`);
  }
  return {
    family,
    fwmark: requireInteger('fwmark', name.fwmark, 1, MAX_FWMARK),
    protocol: 'tcp',
    address: unspecified[family],
    port: 0,
  };
}

/**
 * Formats a key as messages and listings show it.
 *
 * @param key - The key.
 * @returns For example `TCP 10.0.0.1:80`, `UDP [2001:db8::1]:53`, `FWM 7` or `FWM 7 IPv6`.
 */
export function describeServiceKey(key: ServiceKey): string {
  if (key.fwmark !== 0) return `FWM ${key.fwmark}${key.family === 6 ? ' IPv6' : ''}`;
  return `${key.protocol.toUpperCase()} ${formatEndpoint(key.address, key.port)}`;
}
