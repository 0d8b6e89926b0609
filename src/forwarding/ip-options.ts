/**
 * IPv4 options on the way through the director.
 *
 * Source routes are refused; record route gets the virtual address, a timestamp option of kind 0 the
 * time of day, while there is room in them; all others stay as they are. Source: RFC 791, section 3.1.
 */
import { writeUint32 } from '../wire/bytes.js';
import { writeIpv4Checksum } from '../wire/checksum.js';
import type { Packet } from '../wire/packet.js';
import type { ForwardingEnvironment } from './environment.js';

const END_OF_OPTIONS = 0;
const NO_OPERATION = 1;
const RECORD_ROUTE = 7;
const TIMESTAMP = 68;
const LOOSE_SOURCE_ROUTE = 131;
const STRICT_SOURCE_ROUTE = 137;

/**
 * Whether a packet carries an IPv4 source route option, which a director does not follow.
 *
 * @param packet - The packet.
 * @returns `true` for a loose or strict one.
 */
export function hasSourceRoute(packet: Packet): boolean {
  if (!packet.hasOptions) return false;
  return (
    findOption(packet, LOOSE_SOURCE_ROUTE) >= 0 || findOption(packet, STRICT_SOURCE_ROUTE) >= 0
  );
}

/**
 * Enters address and time into the record route and timestamp options of an IPv4 packet, and makes
 * its header checksum again.
 *
 * @param environment - Where the time comes from.
 * @param packet - An IPv4 packet with options.
 * @param address - The IPv4 address to enter, as a 32-bit number.
 */
export function stampOptions(
  environment: ForwardingEnvironment,
  packet: Packet,
  address: number,
): void {
  stamp(packet, findOption(packet, RECORD_ROUTE), 4, 3, address);
  const timestamp = findOption(packet, TIMESTAMP);
  if (timestamp >= 0 && packet.bytes[timestamp + 1] > 3 && (packet.bytes[timestamp + 3] & 15) === 0)
    stamp(packet, timestamp, 5, 4, environment.millisecondsOfDay());
  writeIpv4Checksum(packet.bytes, packet.offset);
}

/** Index of the first option of a type; −1 when there is none. Options that leave the header end the search. */
function findOption(packet: Packet, type: number): number {
  const { bytes, transportOffset: end } = packet;
  let at = packet.offset + 20;
  while (at < end && bytes[at] !== END_OF_OPTIONS) {
    if (bytes[at] === NO_OPERATION) {
      at += 1;
    } else {
      const length = at + 1 < end ? bytes[at + 1] : 0;
      if (length < 2 || at + length > end) return -1;
      if (bytes[at] === type) return at;
      at += length;
    }
  }
  return -1;
}

/** Writes a value where the option's pointer shows, and moves the pointer on, if there is room. */
function stamp(packet: Packet, at: number, least: number, head: number, value: number): void {
  const { bytes } = packet;
  if (at < 0 || bytes[at + 1] < head) return;
  const pointer = bytes[at + 2];
  if (pointer < least || pointer + 3 > bytes[at + 1]) return;
  writeUint32(bytes, at + pointer - 1, value);
  bytes[at + 2] = pointer + 4;
}
