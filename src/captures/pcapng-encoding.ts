/**
 * Blocks of pcapng files as bytes.
 *
 * Source: draft-ietf-opsawg-pcapng.
 */
import { PCAPNG_BLOCK, PCAPNG_BYTE_ORDER } from './pcapng-blocks.js';
import { PCAPNG_OPTION } from './pcapng-options.js';
import type { PcapHeader } from './pcap-encoding.js';

const TWO_32 = 4_294_967_296;
const SECTION_LENGTH = 28;
/** Bytes of a section header and one interface description, as they are written here. */
export const PCAPNG_BEGINNING = 76;

/**
 * Writes a section header and the description of one interface.
 *
 * @param view - Where to write, from index 0 on; {@link PCAPNG_BEGINNING} bytes.
 * @param header - What is said of the interface, and the byte order.
 * @returns How many bytes were written.
 */
export function writePcapngBeginning(view: DataView, header: PcapHeader): number {
  const { littleEndian } = header;
  view.setUint32(0, PCAPNG_BLOCK.section);
  view.setUint32(4, SECTION_LENGTH, littleEndian);
  view.setUint32(8, PCAPNG_BYTE_ORDER, littleEndian);
  view.setUint16(12, 1, littleEndian);
  view.setUint16(14, 0);
  view.setInt32(16, -1);
  view.setInt32(20, -1);
  view.setUint32(24, SECTION_LENGTH, littleEndian);
  const end = writeInterfaceOptions(view, SECTION_LENGTH + 16, header) + 4;
  const length = end - SECTION_LENGTH;
  view.setUint32(SECTION_LENGTH, PCAPNG_BLOCK.interface, littleEndian);
  view.setUint32(SECTION_LENGTH + 4, length, littleEndian);
  view.setUint16(SECTION_LENGTH + 8, header.linkType, littleEndian);
  view.setUint16(SECTION_LENGTH + 10, 0);
  view.setUint32(SECTION_LENGTH + 12, header.snapLength, littleEndian);
  view.setUint32(end - 4, length, littleEndian);
  return end;
}

function writeInterfaceOptions(view: DataView, start: number, header: PcapHeader): number {
  let at = start;
  if (header.nanoseconds) at = writeByteOption(view, at, PCAPNG_OPTION.timeResolution, 9, header);
  if (header.frameCheckBytes > 0) {
    const code = PCAPNG_OPTION.frameCheckLength;
    at = writeByteOption(view, at, code, header.frameCheckBytes, header);
  }
  if (at === start) return at;
  view.setUint32(at, PCAPNG_OPTION.end);
  return at + 4;
}

function writeByteOption(
  view: DataView,
  at: number,
  code: number,
  value: number,
  { littleEndian }: PcapHeader,
): number {
  view.setUint16(at, code, littleEndian);
  view.setUint16(at + 2, 1, littleEndian);
  view.setUint32(at + 4, 0);
  view.setUint8(at + 4, value);
  return at + 8;
}

/**
 * Splits a time into the two halves of a pcapng time stamp.
 *
 * @param seconds - Whole seconds, 0–4294967295.
 * @param fraction - The fraction in units.
 * @param unitsPerSecond - Units in a second, up to 1000000000.
 * @param halves - Receives the upper and the lower 32 bits.
 */
export function splitTime(
  seconds: number,
  fraction: number,
  unitsPerSecond: number,
  halves: Uint32Array,
): void {
  // In two steps, since the product may have more than 53 bits.
  const upper = Math.floor(seconds / 65_536) * unitsPerSecond;
  const rest = (upper % 65_536) * 65_536 + (seconds % 65_536) * unitsPerSecond + fraction;
  halves[0] = Math.floor(upper / 65_536) + Math.floor(rest / TWO_32);
  halves[1] = rest % TWO_32;
}

/**
 * An option with a comment, padded to four bytes.
 *
 * @param text - The comment, at most 65535 bytes as UTF-8.
 * @param littleEndian - The section's byte order.
 * @returns Its bytes.
 */
export function commentOption(text: string, littleEndian: boolean): Uint8Array {
  const value = utf8(text);
  const bytes = new Uint8Array(4 + ((value.length + 3) & ~3));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, PCAPNG_OPTION.comment, littleEndian);
  view.setUint16(2, value.length, littleEndian);
  bytes.set(value, 4);
  return bytes;
}

/** UTF-8 without the encoder that only some platforms have under one name. */
function utf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    else if (code < 0x1_0000) {
      bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    } else {
      bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f));
      bytes.push(0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    }
  }
  return Uint8Array.from(bytes.slice(0, 65_535));
}
