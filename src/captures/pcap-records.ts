/**
 * The classic pcap file: a header of 24 bytes, then records of 16 bytes and a packet each.
 *
 * The magic number gives byte order and whether fractions of a second are micro- or nanoseconds. The
 * upper bits of the link-type word give the bytes of the frame check sequence that end every frame.
 * Version 2.2 and earlier write the two lengths of a packet in the other order, and 2.3 does sometimes.
 * Source: draft-ietf-opsawg-pcap; the tcpdump man page for the old versions.
 */
import type { CaptureBuffer } from './capture-buffer.js';
import type { CaptureFault } from './capture-fault.js';
import type { CaptureInterface } from './capture-interface.js';
import type { CaptureRecord } from './capture-record.js';
import { type FormatAnswer, LONGEST_PACKET, type RecordFormat } from './record-format.js';

/** Bytes of a file header. */
export const PCAP_FILE_HEADER = 24;
/** Bytes of a record header. */
export const PCAP_RECORD_HEADER = 16;
/** Magic number of files with microseconds. */
export const PCAP_MICROSECONDS = 0xa1b2c3d4;
/** Magic number of files with nanoseconds. */
export const PCAP_NANOSECONDS = 0xa1b23c4d;

const FRAME_CHECK_PRESENT = 0x0400_0000;

/**
 * Whether a file begins like a classic pcap file.
 *
 * @param magic - Its first four bytes, most significant first.
 * @returns `true` for the four magic numbers.
 */
export function isPcapMagic(magic: number): boolean {
  return [PCAP_MICROSECONDS, PCAP_NANOSECONDS, 0xd4c3b2a1, 0x4d3cb2a1].includes(magic);
}

/** Reads the records of a classic pcap file. */
export class PcapRecords implements RecordFormat {
  readonly name = 'pcap';
  needed: number = PCAP_FILE_HEADER;
  fault: CaptureFault | undefined = undefined;
  private littleEndian = true;
  private minorVersion = 4;
  private source: CaptureInterface | undefined = undefined;

  read(buffer: CaptureBuffer, record: CaptureRecord): FormatAnswer {
    if (this.source === undefined) return this.readHeader(buffer, record);
    const { view, position, end } = buffer;
    this.needed = PCAP_RECORD_HEADER;
    if (end - position < PCAP_RECORD_HEADER) return 'more';
    const { littleEndian } = this;
    const first = view.getUint32(position + 8, littleEndian);
    const second = view.getUint32(position + 12, littleEndian);
    const swapped = this.minorVersion < 3 || (this.minorVersion === 3 && first > second);
    const kept = swapped ? second : first;
    if (kept > LONGEST_PACKET) return this.refuseLength(kept);
    this.needed = PCAP_RECORD_HEADER + kept;
    if (end - position < this.needed) return 'more';
    record.kind = 'packet';
    record.start = position;
    record.offset = position + PCAP_RECORD_HEADER;
    record.length = kept;
    record.end = record.offset + kept;
    record.originalLength = swapped ? first : second;
    record.timeHigh = view.getUint32(position, littleEndian);
    record.timeLow = view.getUint32(position + 4, littleEndian);
    record.optionsStart = record.end;
    record.optionsEnd = record.end;
    return 'record';
  }

  private readHeader({ view, position, end }: CaptureBuffer, record: CaptureRecord): FormatAnswer {
    if (end - position < PCAP_FILE_HEADER) return 'more';
    const littleEndian = view.getUint8(position) !== 0xa1;
    const major = view.getUint16(position + 4, littleEndian);
    const minor = view.getUint16(position + 6, littleEndian);
    if (major !== 2) {
      const text = `is a pcap file of version ${major}.${minor}: expected 2`;
      this.fault = { kind: 'version-unknown', text };
      return 'fault';
    }
    const linkWord = view.getUint32(position + 20, littleEndian);
    const isNano = view.getUint32(position, littleEndian) === PCAP_NANOSECONDS;
    this.littleEndian = littleEndian;
    this.minorVersion = minor;
    this.source = {
      index: 0,
      linkType: linkWord & 0xffff,
      snapLength: view.getUint32(position + 16, littleEndian),
      unitsPerSecond: isNano ? 1_000_000_000 : 1_000_000,
      offsetSeconds: 0,
      frameCheckBytes: (linkWord & FRAME_CHECK_PRESENT) === 0 ? 0 : (linkWord >>> 28) * 2,
      name: undefined,
    };
    record.kind = 'header';
    record.littleEndian = littleEndian;
    record.start = position;
    record.end = position + PCAP_FILE_HEADER;
    record.interface = this.source;
    record.hasTime = true;
    record.timeIsSplit = true;
    return 'record';
  }

  private refuseLength(kept: number): FormatAnswer {
    const text = `has a record of ${kept} bytes: expected at most ${LONGEST_PACKET}`;
    this.fault = { kind: 'length-invalid', text };
    return 'fault';
  }
}
