/**
 * A number that all packets of one flow have in common and different flows rarely do.
 *
 * Multiply-xorshift over addresses, protocol and ports, the finaliser being that of `seededRandom`.
 * Spreads flows over source ports, so that routers can balance tunnels; not meant to resist an
 * attacker, who could only lead his own flows onto one path.
 */
import type { Packet } from '../wire/packet.js';
import { isTransportWithPorts } from '../protocols.js';
import { readInt32 } from '../wire/bytes.js';

/**
 * Hashes the flow of a packet.
 *
 * @param packet - The packet.
 * @returns An unsigned 32-bit number.
 */
export function hashFlow(packet: Packet): number {
  const { bytes } = packet;
  let state = packet.protocol;
  const end = packet.destinationOffset + (packet.family === 4 ? 4 : 16);
  for (let at = packet.sourceOffset; at < end; at += 4) state = mix(state ^ readInt32(bytes, at));
  if (packet.hasPorts && isTransportWithPorts(packet.protocol))
    state = mix(state ^ readInt32(bytes, packet.transportOffset));
  return state >>> 0;
}

/**
 * Scrambles a word: each bit of the result depends on each bit of the word.
 *
 * @param word - 32 bits.
 * @returns 32 bits, signed.
 */
export function mix(word: number): number {
  const first = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
  const second = Math.imul(first ^ (first >>> 15), 0x735a2d97);
  return second ^ (second >>> 15);
}
