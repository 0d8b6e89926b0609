/**
 * What a forwarder has to know of the host it works on: its two legs and its own addresses.
 *
 * Everything is handed in, so that a model of another director is an object with other values.
 */
import type { AddressWords } from '../address-words.js';
import type { AddressFamily, IpAddress } from '../ip-address.js';
import type { Side } from './output.js';

/** One of the director's legs. */
export interface Leg {
  /** The director's IPv4 address on this leg. */
  readonly ipv4?: IpAddress;
  /** The director's IPv6 address on this leg. */
  readonly ipv6?: IpAddress;
  /** The leg's MTU in bytes, IP header included, 68–65535. */
  readonly mtu: number;
}

/**
 * Whether an address is the director's: an address of its own (`own`), one of a whole prefix that is
 * delivered locally (`prefix`), or neither (`foreign`).
 */
export type Locality = 'own' | 'prefix' | 'foreign';

/** The host a director works on. */
export interface ForwardingEnvironment {
  /** The leg towards the clients. */
  readonly client: Leg;
  /** The leg towards the real servers. */
  readonly server: Leg;
  /**
   * Whether errors about packets that are too long for a tunnel are sent (`pmtu_disc`), and tunnels
   * copy the inner DF.
   */
  readonly pathMtuDiscovery: boolean;

  /**
   * Tells whether an address is the director's.
   *
   * @param address - The address; valid during the call only.
   * @returns `own` for VIPs and the addresses of the legs.
   */
  localityOf(address: AddressWords): Locality;

  /**
   * The time of day, for the IPv4 timestamp option.
   *
   * @returns Milliseconds since midnight UTC, 0–86399999.
   */
  millisecondsOfDay(): number;

  /**
   * A fresh identification for packets the director makes itself.
   *
   * @returns An unsigned 32-bit number; IPv4 uses its lowest 16 bits.
   */
  nextIdentification(): number;
}

/**
 * The director's address on a leg.
 *
 * @param environment - The host.
 * @param side - The leg.
 * @param family - The family.
 * @returns The address, or `undefined` when the leg has none of that family.
 */
export function ownAddress(
  environment: ForwardingEnvironment,
  side: Side,
  family: AddressFamily,
): IpAddress | undefined {
  const leg = environment[side];
  return family === 4 ? leg.ipv4 : leg.ipv6;
}
