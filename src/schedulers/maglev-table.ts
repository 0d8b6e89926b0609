/**
 * How the Maglev table is filled: each server walks its own permutation of the slots and takes the
 * free ones, in turns, as many per turn as its weight says.
 *
 * Weights are divided by their greatest common divisor and shifted right so that the greatest one has
 * at most six bits; a server with any weight takes at least one slot per turn.
 */
import type { RealServer } from '../model/real-server.js';
import { greatestCommonDivisor } from './greatest-common-divisor.js';
import { sipHashBelow } from './siphash.js';

/** The number of slots, a prime. */
export const MAGLEV_TABLE_SIZE = 4093;

/** The key of the hash that gives the first slot of a server, and the slot of a client. */
export const MAGLEV_HASH_KEY: number = 0x9e3779b1 | 0;

/** The key of the hash that gives the distance between a server's slots. */
const SKIP_HASH_KEY = 0x9e37a52c | 0;

/** How many bits of the weights count. */
const WEIGHT_BITS = 6;

interface Walker {
  readonly server: RealServer;
  readonly turns: number;
  readonly skip: number;
  slot: number;
}

/**
 * Fills all slots, or none when no server ever had a weight.
 *
 * @param slots - The slots, all free.
 * @param servers - The servers in list order, not more than there are slots.
 */
export function fillByPermutations(
  slots: (RealServer | undefined)[],
  servers: Iterable<RealServer>,
): void {
  const walkers = walkersOf([...servers]);
  let free = walkers.length === 0 ? 0 : slots.length;
  while (free > 0) {
    for (const walker of walkers) {
      for (let turn = 0; turn < walker.turns && free > 0; turn++) {
        while (slots[walker.slot] !== undefined) {
          walker.slot = (walker.slot + walker.skip) % MAGLEV_TABLE_SIZE;
        }
        slots[walker.slot] = walker.server;
        free -= 1;
      }
    }
  }
}

/** The servers that take slots, each at the beginning of its permutation. */
function walkersOf(servers: readonly RealServer[]): Walker[] {
  const divisor = servers.reduce((gcd, each) => greatestCommonDivisor(gcd, each.lastWeight), 0);
  const greatest = servers.reduce((max, each) => Math.max(max, each.lastWeight), 0) / divisor;
  const shift = Math.max(0, 32 - Math.clz32(greatest) - WEIGHT_BITS);
  return servers
    .filter((server) => server.lastWeight > 0)
    .map((server) => {
      const identity = server.address.fold + server.port;
      return {
        server,
        turns: Math.max(1, (server.lastWeight / divisor) >>> shift),
        skip: sipHashBelow(identity, SKIP_HASH_KEY, MAGLEV_TABLE_SIZE - 1) + 1,
        slot: sipHashBelow(identity, MAGLEV_HASH_KEY, MAGLEV_TABLE_SIZE),
      };
    });
}
