/**
 * Which own port a translated connection gets: that of the client when no other connection to the same server has
 * it, else one drawn from the client port's own class. Source: iptables-extensions(8), MASQUERADE.
 */
import type { RandomSource } from '../random.js';
import { randomBelow } from '../random.js';

/** How often a port is drawn before the packet is given up. */
const DRAWS = 128;
/** The classes of ports: above which number, and the first and the last port. */
const CLASSES: readonly (readonly [number, number, number])[] = [
  [1024, 1024, 65535],
  [512, 600, 1023],
  [0, 1, 511],
];

/**
 * Chooses an own port.
 *
 * @param clientPort - The client's port.
 * @param isTaken - Whether another connection to the same server has a port.
 * @param random - Draws ports.
 * @returns A port, or −1 when none was found.
 */
export function chooseOwnPort(
  clientPort: number,
  isTaken: (port: number) => boolean,
  random: RandomSource,
): number {
  if (!isTaken(clientPort)) return clientPort;
  const [, first, last] = CLASSES.find(([above]) => clientPort >= above) ?? CLASSES[0];
  for (let left = DRAWS; left > 0; left--) {
    const port = first + randomBelow(random, last - first + 1);
    if (!isTaken(port)) return port;
  }
  return -1;
}
