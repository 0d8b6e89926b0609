/**
 * Made-up addresses of clients and destinations: public unicast ones, a few to a network, no two alike.
 */
import { IpAddress, type AddressFamily } from '../ip-address.js';
import { randomBelow, type RandomSource } from '../random.js';

/** The most hosts that are drawn from one network: a /24, or a /64 of IPv6. */
const MOST_HOSTS = 8;

/** First bytes with large special-purpose blocks behind them. */
const AVOIDED = [10, 100, 127, 169, 172, 192, 198, 203];

/**
 * Makes addresses up.
 *
 * @param family - 4 or 6.
 * @param count - How many, up to some millions.
 * @param random - The random source.
 * @returns The addresses, all different, in random order.
 */
export function inventAddresses(
  family: AddressFamily,
  count: number,
  random: RandomSource,
): IpAddress[] {
  const seen = new Set<string>();
  const addresses: IpAddress[] = [];
  while (addresses.length < count) {
    const network = family === 4 ? ipv4Network(random) : ipv6Network(random);
    const hosts = 1 + randomBelow(random, MOST_HOSTS);
    for (let host = 0; host < hosts && addresses.length < count; host++) {
      const address = network();
      const text = address.toString();
      if (!seen.has(text)) addresses.push(address);
      seen.add(text);
    }
  }
  return shuffled(addresses, random);
}

/** A generator of hosts within one random /24. */
function ipv4Network(random: RandomSource): () => IpAddress {
  let first: number;
  do first = 1 + randomBelow(random, 223);
  while (AVOIDED.includes(first));
  const network = (first * 0x1_00_00 + randomBelow(random, 0x1_00_00)) * 0x1_00;
  return () => IpAddress.fromIpv4(network + 1 + randomBelow(random, 254));
}

/** A generator of hosts within one random /64 of 2000::/3. */
function ipv6Network(random: RandomSource): () => IpAddress {
  const word = (): number => randomBelow(random, 0x1_0000_0000);
  const word0 = 0x2000_0000 + randomBelow(random, 0x2000_0000);
  const word1 = word();
  return () => IpAddress.fromIpv6(word0, word1, word(), word());
}

/** Neighbors shall not be neighbors in popularity. */
function shuffled(addresses: IpAddress[], random: RandomSource): IpAddress[] {
  for (let last = addresses.length - 1; last > 0; last--) {
    const other = randomBelow(random, last + 1);
    const address = addresses[last];
    addresses[last] = addresses[other];
    addresses[other] = address;
  }
  return addresses;
}
