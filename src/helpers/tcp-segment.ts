/**
 * TCP segments whose numbers or text change on their path.
 *
 * Sources: RFC 9293, section 3.1; RFC 2018, section 3.
 */
import { changeOfUint32, checksum, updateChecksum, writeIpv4Checksum } from '../wire/checksum.js';
import { readUint16, writeUint16, writeUint32 } from '../wire/bytes.js';
import type { Packet } from '../wire/packet.js';
import { recomputeTransportChecksum, sumOfPseudoHeader } from '../wire/rewrite.js';
import {
  type SequenceOffsets,
  shiftOfAcknowledgement,
  shiftOfSequence,
} from './sequence-offsets.js';

/** Bytes of the header without options. */
const HEADER = 20;
const SEQUENCE = 4;
const ACKNOWLEDGEMENT = 8;
const FLAGS = 13;
const CHECKSUM = 16;
const FLAG_ACK = 0x10;
const OPTION_END = 0;
const OPTION_NOP = 1;
const OPTION_SACK = 5;
const LONGEST_IPV4 = 0xffff;
const IPV6_HEADER = 40;

/**
 * Whether a segment is whole enough to be read: its header, with all options, is within the packet.
 *
 * @param packet - A TCP packet, not a fragment.
 * @returns `false` when the header is cut short.
 */
export function hasWholeHeader(packet: Packet): boolean {
  if (packet.transportLength < HEADER) return false;
  const length = headerLengthOf(packet);
  return length >= HEADER && length <= packet.transportLength;
}

/**
 * Whether the checksum of a segment is right.
 *
 * @param packet - A TCP packet, not a fragment.
 * @returns `false` when it is wrong.
 */
export function hasRightChecksum(packet: Packet): boolean {
  const { bytes, transportOffset, transportLength } = packet;
  return checksum(bytes, transportOffset, transportLength, sumOfPseudoHeader(packet)) === 0;
}

/**
 * Index of the first byte of a segment's text.
 *
 * @param packet - A TCP packet with a whole header.
 * @returns The index.
 */
export function textOffset(packet: Packet): number {
  return packet.transportOffset + headerLengthOf(packet);
}

/**
 * The sequence number of a segment.
 *
 * @param packet - A TCP packet with a whole header.
 * @returns 32 bits, signed.
 */
export function sequenceOf({ view, transportOffset }: Packet): number {
  return view.getInt32(transportOffset + SEQUENCE);
}

/**
 * Shifts the sequence number of a server's segment, with its checksum.
 *
 * @param packet - A TCP packet with a whole header.
 * @param offsets - The shifts.
 */
export function shiftSequence(packet: Packet, offsets: SequenceOffsets): void {
  const shift = shiftOfSequence(offsets, sequenceOf(packet));
  if (shift !== 0) addToWord(packet, packet.transportOffset + SEQUENCE, shift);
}

/**
 * Takes the shift out of what a client's segment acknowledges: its number and both edges of each SACK block, each by
 * itself, with its checksum.
 *
 * @param packet - A TCP packet with a whole header.
 * @param offsets - The shifts.
 */
export function unshiftAcknowledgements(packet: Packet, offsets: SequenceOffsets): void {
  const { transportOffset, bytes } = packet;
  if ((bytes[transportOffset + FLAGS] & FLAG_ACK) === 0) return;
  unshift(packet, transportOffset + ACKNOWLEDGEMENT, offsets);
  const end = textOffset(packet);
  for (let at = transportOffset + HEADER; at < end; at += optionLength(bytes, at, end)) {
    if (bytes[at] === OPTION_END) return;
    if (bytes[at] === OPTION_SACK) unshiftBlocks(packet, at, optionLength(bytes, at, end), offsets);
  }
}

/**
 * A copy of a packet in which some of its text is replaced; lengths and checksums are those of the new text.
 *
 * @param packet - A TCP packet with a whole header and a right checksum.
 * @param start - Index of the first byte to replace.
 * @param end - Index behind the last one.
 * @param text - What is there instead, in ASCII.
 * @returns The bytes of the frame; `undefined` when the packet would be too long for its header.
 */
export function withText(
  packet: Packet,
  start: number,
  end: number,
  text: string,
): Uint8Array | undefined {
  const { bytes, frameOffset } = packet;
  const growth = text.length - (end - start);
  if (!mayGrow(packet, growth)) return undefined;
  const copy = new Uint8Array(packet.end - frameOffset + growth);
  copy.set(bytes.subarray(frameOffset, start));
  for (let i = 0; i < text.length; i++) copy[start - frameOffset + i] = text.charCodeAt(i);
  copy.set(bytes.subarray(end, packet.end), start - frameOffset + text.length);
  const at = packet.offset - frameOffset;
  const lengthAt = at + (packet.family === 4 ? 2 : 4);
  writeUint16(copy, lengthAt, readUint16(copy, lengthAt) + growth);
  if (packet.family === 4) writeIpv4Checksum(copy, at);
  return copy;
}

/**
 * Makes the checksum of a segment right.
 *
 * @param packet - A TCP packet with a whole header.
 */
export function writeChecksum(packet: Packet): void {
  recomputeTransportChecksum(packet, CHECKSUM);
}

function mayGrow(packet: Packet, growth: number): boolean {
  const length = packet.family === 4 ? packet.length : packet.length - IPV6_HEADER;
  return length + growth <= LONGEST_IPV4;
}

function headerLengthOf({ bytes, transportOffset }: Packet): number {
  return (bytes[transportOffset + 12] >>> 4) << 2;
}

/** Bytes of an option; all that is left when its length makes no sense. */
function optionLength(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] === OPTION_NOP) return 1;
  const length = at + 1 < end ? bytes[at + 1] : 0;
  return length < 2 || at + length > end ? end - at : length;
}

function unshiftBlocks(packet: Packet, at: number, length: number, offsets: SequenceOffsets): void {
  for (let edge = at + 2; edge + 4 <= at + length; edge += 4) unshift(packet, edge, offsets);
}

function unshift(packet: Packet, at: number, offsets: SequenceOffsets): void {
  const shift = shiftOfAcknowledgement(offsets, packet.view.getInt32(at));
  if (shift !== 0) addToWord(packet, at, -shift);
}

/** Adds to a word of the header; the checksum follows, also when the word is not at an even place of the header. */
function addToWord(packet: Packet, at: number, summand: number): void {
  const { bytes, view, transportOffset } = packet;
  const before = view.getInt32(at);
  const after = (before + summand) | 0;
  writeUint32(bytes, at, after);
  const change = changeOfUint32(before, after);
  const isOdd = ((at - transportOffset) & 1) !== 0;
  const placed = isOdd ? swapped(change) : change;
  const checksumAt = transportOffset + CHECKSUM;
  writeUint16(bytes, checksumAt, updateChecksum(readUint16(bytes, checksumAt), placed));
}

/** A sum of words that begin at odd places: its bytes change places. */
function swapped(sum: number): number {
  const folded = (sum >>> 16) + (sum & 0xffff);
  const word = (folded >>> 16) + (folded & 0xffff);
  return ((word & 0xff) << 8) | ((word >>> 8) & 0xff);
}
