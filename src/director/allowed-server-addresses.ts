/**
 * Which addresses a real server may have: unicast ones, that is no unspecified, multicast, broadcast,
 * link-local IPv6 or IPv4-mapped address. Source: recorded answers.
 */
import type { IpAddress } from '../ip-address.js';

/** 127.255.255.255: every host is attached to the network of its loopback interface. */
const LOOPBACK_BROADCAST = 0x7fff_ffff;

/** A network the director is attached to. */
export interface Network {
  /** Any address in it. */
  readonly address: IpAddress;
  /** How many leading bits its addresses share. */
  readonly prefixLength: number;
}

/**
 * Whether an address may be a real server's.
 *
 * @param address - The address.
 * @param networks - The director's own networks, whose broadcast addresses are refused.
 * @returns `true` when it may.
 */
export function mayBeServer(address: IpAddress, networks: readonly Network[]): boolean {
  if (address.family === 6) return isUnicast6(address);
  const value = address.word3 >>> 0;
  if (value === 0 || value >>> 28 === 14) return false;
  if (value === 0xffffffff || value === LOOPBACK_BROADCAST) return false;
  return !networks.some((network) => isBroadcast(address, network));
}

function isUnicast6({ word0, word1, word2, word3 }: IpAddress): boolean {
  if (word0 >>> 24 === 0xff || word0 >>> 22 === 0xfe80 >>> 6) return false;
  if ((word0 | word1) !== 0) return true;
  return word2 !== 0xffff && (word2 | word3) !== 0;
}

/** Networks of 31 and 32 bits have no broadcast address. */
function isBroadcast(address: IpAddress, network: Network): boolean {
  const { prefixLength } = network;
  if (network.address.family === 6 || prefixLength > 30) return false;
  const last = network.address.prefix(prefixLength).word3 | (0xffffffff >>> prefixLength);
  return address.word3 === last;
}
