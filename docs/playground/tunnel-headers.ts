/**
 * What a tunnel puts in front of a packet, and how a server takes it off.
 */
import {
  ETHER_TYPE,
  ETHERNET_HEADER_LENGTH,
  greHeaderLength,
  IP_PROTOCOL,
  Packet,
  readUint16,
  writeUint16,
} from 'ipvs/wire';

const UDP_HEADER_LENGTH = 8;

/**
 * Where the inner packet begins.
 *
 * @param outer - The outer packet, parsed.
 * @returns The index of the inner packet's first byte.
 */
export function innerOffset({ bytes, transportOffset: at, protocol }: Packet): number {
  if (protocol === IP_PROTOCOL.GRE) return at + greHeaderLength(readUint16(bytes, at));
  if (protocol !== IP_PROTOCOL.UDP) return at;

  return at + UDP_HEADER_LENGTH + 4 + (bytes[at + UDP_HEADER_LENGTH] & 0x1f) * 4;
}

/**
 * Takes the outer headers off, as the server does.
 *
 * @param frame - An Ethernet frame with a packet in a tunnel.
 * @returns A frame with the inner packet alone.
 */
export function unpack(frame: Uint8Array): Uint8Array {
  const outer = new Packet();
  const length = frame.length - ETHERNET_HEADER_LENGTH;
  if (outer.parse(frame, ETHERNET_HEADER_LENGTH, length) !== 'ok') return frame;
  const begin = innerOffset(outer);
  const inner = frame.slice(begin - ETHERNET_HEADER_LENGTH);
  inner.set(frame.subarray(0, ETHERNET_HEADER_LENGTH));
  const version = inner[ETHERNET_HEADER_LENGTH] >> 4;
  writeUint16(inner, 12, version === 6 ? ETHER_TYPE.IPV6 : ETHER_TYPE.IPV4);
  return inner;
}
