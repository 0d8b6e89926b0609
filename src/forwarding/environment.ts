/**
 * The host as a forwarder sees it: its two interfaces and its own addresses.
 *
 * Everything is injected, so that a model of another director is an object with other values.
 */
import type { AddressWords } from '../address-words.js';
import type { AddressFamily, IpAddress } from '../ip-address.js';
import type { KernelRules } from '../model/kernel-profile.js';
import type { Side } from './output.js';

/** One of the director's interfaces. */
export interface HostInterface {
  /** The director's IPv4 address on this interface. */
  readonly ipv4?: IpAddress;
  /** The director's IPv6 address on this interface. */
  readonly ipv6?: IpAddress;
  /** The interface's MTU in bytes, IP header included, 68–65535. */
  readonly mtu: number;
}

/**
 * Whether an address is the director's: an address of its own (`own`), one of a whole prefix that is
 * delivered locally (`prefix`), or neither (`foreign`).
 */
export type Locality = 'own' | 'prefix' | 'foreign';

/** The host a director works on. */
export interface ForwardingEnvironment {
  /** The interface toward the clients. */
  readonly client: HostInterface;
  /** The interface toward the real servers. */
  readonly server: HostInterface;
  /**
   * Whether errors about packets that are too long for a tunnel are sent (`pmtu_disc`), and tunnels
   * copy the inner DF.
   */
  readonly pathMtuDiscovery: boolean;
  /**
   * Whether TCP, UDP and SCTP packets longer than an MTU are merged segments, which leave as segments and
   * so are not measured.
   */
  readonly mergesSegments?: boolean;
  /** The rules of the kernel whose decisions are made; default the newest. */
  readonly kernel?: KernelRules;

  /**
   * Derives whether an address is the director's.
   *
   * @param address - The address; valid during the call only.
   * @returns `own` for VIPs and the addresses of the interfaces.
   */
  localityOf(address: AddressWords): Locality;

  /**
   * The time of day, for the IPv4 timestamp option.
   *
   * @returns Milliseconds since midnight UTC, 0–86399999.
   */
  millisecondsOfDay(): number;

  /**
   * A new identification for packets that the director makes itself.
   *
   * @returns An unsigned 32-bit number; IPv4 uses its lowest 16 bits.
   */
  nextIdentification(): number;
}

/**
 * The director's address on an interface.
 *
 * @param environment - The host.
 * @param side - The interface.
 * @param family - The family.
 * @returns The address, or `undefined` when the interface has none of that family.
 */
export function ownAddress(
  environment: ForwardingEnvironment,
  side: Side,
  family: AddressFamily,
): IpAddress | undefined {
  const { ipv4, ipv6 } = environment[side];
  return family === 4 ? ipv4 : ipv6;
}
