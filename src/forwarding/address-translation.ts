/**
 * One end of a packet replaced: address, port, and every checksum over them, TTL along with it.
 *
 * TCP and UDP checksums are updated incrementally, so a wrong one stays wrong by the same amount; UDP
 * without checksum gets one (the functions of `wire/rewrite.ts` leave it without); SCTP's is recomputed when the port changes. Other protocols: address only.
 * Over IPv4 the header checksum is updated once, for address and TTL. Source: RFC 1624, RFC 3022.
 */
import type { AddressWords } from '../address-words.js';
import { changeOfUint16, changeOfUint32, updateChecksum } from '../wire/checksum.js';
import type { Packet } from '../wire/packet.js';
import { IP_PROTOCOL } from '../wire/protocol-numbers.js';
import {
  decrementTimeToLive,
  recomputeTransportChecksum,
  replaceAddress,
  timeToLiveWordAfterHop,
} from '../wire/rewrite.js';
import { writeSctpChecksum } from '../wire/sctp-checksum.js';

/**
 * Replaces one end of an IPv4 packet and lowers its TTL.
 *
 * @param packet - The packet, TTL above 0, its transport header whole.
 * @param addressAt - Index of the address.
 * @param portAt - Index of the port.
 * @param address - The new address.
 * @param port - The new port, 0–65535.
 */
export function translate4(
  packet: Packet,
  addressAt: number,
  portAt: number,
  address: number,
  port: number,
): void {
  const { view, offset } = packet;
  // "| 0" marks it as an integer for the engine, which spares a conversion to a double.
  const after = address | 0;
  const change = changeOfUint32(view.getInt32(addressAt), after);
  view.setInt32(addressAt, after);
  view.setInt32(offset + 8, timeToLiveWordAfterHop(view.getInt32(offset + 8), change));
  replacePort(packet, portAt, port, change);
}

/**
 * Replaces one end of an IPv6 packet and lowers its hop limit.
 *
 * @param packet - The packet, hop limit above 0, its transport header whole.
 * @param addressAt - Index of the address.
 * @param portAt - Index of the port.
 * @param address - The new address.
 * @param port - The new port, 0–65535.
 */
export function translate6(
  packet: Packet,
  addressAt: number,
  portAt: number,
  address: AddressWords,
  port: number,
): void {
  decrementTimeToLive(packet);
  const change = replaceAddress(packet, addressAt, address);
  replacePort(packet, portAt, port, change);
}

/**
 * Replaces one end of a packet that the host itself gets or sends: its TTL stays.
 *
 * @param packet - The packet, its transport header whole.
 * @param addressAt - Index of the address.
 * @param portAt - Index of the port.
 * @param address - The new address.
 * @param port - The new port, 0–65535.
 */
export function translateWithoutHop(
  packet: Packet,
  addressAt: number,
  portAt: number,
  address: AddressWords,
  port: number,
): void {
  const change = replaceAddress(packet, addressAt, address);
  replacePort(packet, portAt, port, change);
}

/** Writes a port, and updates the transport checksum for it and for the address changed before. */
function replacePort(packet: Packet, portAt: number, port: number, addressChange: number): void {
  const { protocol, view, transportOffset } = packet;
  if (protocol === IP_PROTOCOL.TCP) {
    const before = view.getUint16(portAt);
    view.setUint16(portAt, port | 0);
    const change = addressChange + changeOfUint16(before, port);
    const at = transportOffset + 16;
    view.setUint16(at, updateChecksum(view.getUint16(at), change));
  } else if (protocol === IP_PROTOCOL.UDP) {
    replaceUdpPort(packet, portAt, port, addressChange);
  } else if (protocol === IP_PROTOCOL.SCTP && view.getUint16(portAt) !== port) {
    view.setUint16(portAt, port | 0);
    writeSctpChecksum(packet.bytes, transportOffset, packet.end);
  }
}

/** A missing checksum is filled in; a computed 0 would mean a missing one and is sent as 0xFFFF. */
function replaceUdpPort(packet: Packet, portAt: number, port: number, addressChange: number): void {
  const { view, transportOffset } = packet;
  const change = addressChange + changeOfUint16(view.getUint16(portAt), port);
  view.setUint16(portAt, port | 0);
  const at = transportOffset + 6;
  const old = view.getUint16(at);
  if (old === 0) recomputeTransportChecksum(packet, 6);
  else view.setUint16(at, updateChecksum(old, change) || 0xffff);
}
