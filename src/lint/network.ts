/**
 * Networks: an address and how many of its bits name the network.
 */
import { IpAddress } from '../ip-address.js';

/** A network, or an address in one. */
export interface LintNetwork {
  /** The address. */
  readonly address: IpAddress;
  /** How many bits name the network, 0–32 or 0–128. */
  readonly length: number;
}

/**
 * Reads an address with an optional prefix length.
 *
 * @param text - For example `192.0.2.0/24`; without a length it is a single address.
 * @returns The network; `undefined` when the text is none.
 */
export function readNetwork(text: string): LintNetwork | undefined {
  const [host = '', bits, more] = text.split('/');
  const address = IpAddress.tryParse(host);
  if (address === undefined || more !== undefined) return undefined;
  if (bits === undefined) return { address, length: address.bitLength };
  const length = /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  return length <= address.bitLength ? { address, length } : undefined;
}

/**
 * Whether an address is in a network.
 *
 * @param network - The network.
 * @param address - The address.
 */
export function contains({ address: base, length }: LintNetwork, address: IpAddress): boolean {
  if (base.family !== address.family) return false;
  if (base.family === 4) return sharesBits(base.word3, address.word3, length);
  return (
    sharesBits(base.word0, address.word0, length) &&
    sharesBits(base.word1, address.word1, length - 32) &&
    sharesBits(base.word2, address.word2, length - 64) &&
    sharesBits(base.word3, address.word3, length - 96)
  );
}

/** Whether the first bits of two words are the same; lengths beyond a word mean all of it, or none. */
function sharesBits(a: number, b: number, length: number): boolean {
  if (length <= 0) return true;
  return length >= 32 ? a === b : (a ^ b) >>> (32 - length) === 0;
}

/**
 * The network that an address is usually in: a /24, or a /64.
 *
 * @param address - The address.
 */
export function usualNetwork(address: IpAddress): LintNetwork {
  return { address, length: address.family === 4 ? 24 : 64 };
}

/**
 * Whether an address is private: RFC 1918, or fc00::/7.
 *
 * @param address - The address.
 */
export function isPrivate({ family, word0, word3 }: IpAddress): boolean {
  if (family === 6) return word0 >>> 25 === 0xfc >>> 1;
  return word3 >>> 24 === 10 || word3 >>> 20 === 0xac1 || word3 >>> 16 === 0xc0a8;
}

/**
 * Whether an address is a loopback address.
 *
 * @param address - The address.
 */
export function isLoopback({ family, word0, word1, word2, word3 }: IpAddress): boolean {
  if (family === 4) return word3 >>> 24 === 127;
  return (word0 | word1 | word2) === 0 && word3 === 1;
}
