/**
 * The number by which a router spreads flows over equal-cost paths (ECMP).
 *
 * It depends on the whole 5-tuple, or on the client's address alone, which keeps all connections of one client on
 * one path. Which function computes it differs from router to router; only that it spreads evenly matters here.
 */
import { mix } from '../../forwarding/flow-hash.js';
import type { Flow } from '../../model/flow.js';
import { protocolNumber } from '../../protocols.js';

/** What a router hashes: protocol, addresses and ports, or the source address. */
export type EcmpHash = (typeof ECMP_HASHES)[number];

/** Every {@link EcmpHash}. */
export const ECMP_HASHES = ['5-tuple', 'source'] as const;

/**
 * Hashes a flow.
 *
 * @param flow - Its endpoints.
 * @param fields - What is hashed.
 * @param seed - 32 bits; another router has another one.
 * @returns An unsigned 32-bit number.
 */
export function ecmpHash(flow: Flow, fields: EcmpHash, seed: number): number {
  const { source, destination, sourcePort, destinationPort, protocol } = flow;
  let state = mix(seed ^ source.word0);
  state = mix(state ^ source.word1);
  state = mix(state ^ source.word2);
  state = mix(state ^ source.word3);
  if (fields === 'source') return state >>> 0;
  state = mix(state ^ destination.word0 ^ destination.word1);
  state = mix(state ^ destination.word2 ^ destination.word3);
  state = mix(state ^ ((sourcePort << 16) | destinationPort));
  return mix(state ^ protocolNumber(protocol)) >>> 0;
}
