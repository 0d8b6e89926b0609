/**
 * The settings of a persistent service: for how long, and for which group of clients, the choice of
 * a real server persists.
 *
 * The netmask is stored as an address whose bits select the significant bits of a client's address, so that
 * masking is four AND operations in both families. IPv4 masks may have any pattern of bits; IPv6
 * ones are prefixes. Source: ipvsadm(8), `--persistent` and `--netmask`.
 */
import { type OptionNames, requireInteger, requireKnownOptions, show } from '../errors.js';
import { type AddressFamily, IpAddress, type IpAddressLike } from '../ip-address.js';

/** The default persistence timeout, in seconds. */
export const DEFAULT_PERSISTENCE_SECONDS = 360;

/** The longest persistence timeout, in seconds: 31 days. */
export const MAX_PERSISTENCE_SECONDS = 2678400;

/** Options of persistence. */
export interface PersistenceOptions {
  /** How long a template lives after its last new connection, 1–2678400 seconds; default 360. */
  readonly timeoutSeconds?: number;
  /**
   * The significant bits of a client's address: an IPv4 mask, for example `'255.255.255.0'`, or the number of
   * leading bits (0–32, or 1–128 for IPv6); default all of them. It is for clients of the service's family; a
   * service with clients of both families takes `{ ipv4: 24, ipv6: 64 }`.
   */
  readonly netmask?: Netmask | Netmasks;
}

/** A mask, or the number of leading bits. */
export type Netmask = IpAddressLike | number;

/** A mask for each family of clients. */
export interface Netmasks {
  /** For IPv4 clients; default all 32 bits. */
  readonly ipv4?: Netmask;
  /** For IPv6 clients; default all 128 bits. */
  readonly ipv6?: Netmask;
}

/** The persistence of a service, complete. */
export interface Persistence {
  /** How long a template lives after its last new connection, 1–2678400 seconds. */
  readonly timeoutSeconds: number;
  /** The significant bits of a client's address, as an address of the service's family. */
  readonly netmask: IpAddress;
  /** The same for clients of the other family, which sockets may bring. */
  readonly otherNetmask: IpAddress;
}

/** The netmasks of both families, as text. */
export interface NetmaskTexts {
  /** That of IPv4 clients. */
  readonly ipv4: string;
  /** That of IPv6 clients. */
  readonly ipv6: string;
}

/** The state of a {@link Persistence}, as plain JSON: options that give it back. */
export interface PersistenceState {
  /** The timeout in seconds. */
  readonly timeoutSeconds: number;
  /** The mask, as an address; one for each family when clients of the other family have a mask, too. */
  readonly netmask: string | NetmaskTexts;
}

const PERSISTENCE_OPTIONS: OptionNames<PersistenceOptions> = {
  timeoutSeconds: true,
  netmask: true,
};
const NETMASK_NAMES: OptionNames<Netmasks> = { ipv4: true, ipv6: true };

const allBits: Readonly<Record<AddressFamily, IpAddress>> = {
  4: IpAddress.fromIpv4(0xffffffff),
  6: IpAddress.fromIpv6(-1, -1, -1, -1),
};

/**
 * Checks the settings of persistence and fills in the defaults.
 *
 * @param options - The settings.
 * @param family - The family of the service's clients.
 * @returns The whole settings.
 * @throws {TypeError} When a value has the wrong type.
 * @throws {RangeError} When a value is out of range, or the mask is not of the family.
 */
export function createPersistence(options: PersistenceOptions, family: AddressFamily): Persistence {
  requireKnownOptions('set persistence', options, PERSISTENCE_OPTIONS);
  const timeoutSeconds = requireInteger(
    'persistence timeout',
    options.timeoutSeconds ?? DEFAULT_PERSISTENCE_SECONDS,
    1,
    MAX_PERSISTENCE_SECONDS,
  );
  const { netmask } = options;
  const other = family === 4 ? 6 : 4;
  return {
    timeoutSeconds,
    netmask: createNetmask(maskFor(family, netmask, netmask), family),
    otherNetmask: createNetmask(maskFor(other, netmask, undefined), other),
  };
}

/**
 * Writes persistence out.
 *
 * @param persistence - The settings.
 * @returns Plain JSON, which are options again.
 */
export function persistenceState(persistence: Persistence): PersistenceState {
  const { timeoutSeconds, netmask, otherNetmask } = persistence;
  const own = netmask.toString();
  const other = otherNetmask.toString();
  if (isHostMask(otherNetmask)) return { timeoutSeconds, netmask: own };
  const both = netmask.family === 4 ? { ipv4: own, ipv6: other } : { ipv4: other, ipv6: own };
  return { timeoutSeconds, netmask: both };
}

/** The mask for a family of clients; a single one is `single`. */
function maskFor(
  family: AddressFamily,
  netmask: Netmask | Netmasks | undefined,
  single: Netmask | Netmasks | undefined,
): Netmask | undefined {
  if (typeof netmask !== 'object' || netmask instanceof IpAddress) return single as Netmask;
  requireKnownOptions('set netmasks', netmask, NETMASK_NAMES);
  return family === 4 ? netmask.ipv4 : netmask.ipv6;
}

function createNetmask(
  netmask: IpAddressLike | number | undefined,
  family: AddressFamily,
): IpAddress {
  if (netmask === undefined) return allBits[family];
  if (typeof netmask === 'number') {
    requireInteger('netmask length', netmask, family === 4 ? 0 : 1, allBits[family].bitLength);
    return allBits[family].prefix(netmask);
  }
  const mask = IpAddress.from(netmask);
  if (mask.family !== family || (family === 6 && !isPrefixMask(mask))) {
    const allowed = family === 4 ? 'an IPv4 mask' : 'a prefix of 1–128 bits';
    throw new RangeError(`Invalid netmask: expected ${allowed}, got ${show(mask.toString())}`);
  }
  return mask;
}

function isPrefixMask(mask: IpAddress): boolean {
  const length = prefixLengthOf(mask);
  return length > 0 && mask.equals(allBits[6].prefix(length));
}

/**
 * Whether a mask selects every bit, so that each client is a group of its own.
 *
 * @param netmask - The mask.
 * @returns `true` for 255.255.255.255 and for 128 bits.
 */
export function isHostMask(netmask: IpAddress): boolean {
  return netmask.equals(allBits[netmask.family]);
}

/**
 * The number of bits a mask selects.
 *
 * @param netmask - The mask.
 * @returns 0–32 or 0–128; for a prefix mask its length.
 */
export function prefixLengthOf(netmask: IpAddress): number {
  const { word0, word1, word2, word3 } = netmask;
  return countBits(word0) + countBits(word1) + countBits(word2) + countBits(word3);
}

function countBits(word: number): number {
  let rest = word >>> 0;
  let count = 0;
  for (; rest !== 0; rest = (rest & (rest - 1)) >>> 0) count++;
  return count;
}
