/**
 * The pcapng file: sections of blocks, each section with a byte order and interfaces of its own.
 *
 * Packets are in enhanced, simple and (obsolete) packet blocks; all other blocks are described as far as
 * their length, so that they can be passed. Source: draft-ietf-opsawg-pcapng.
 */
import type { CaptureBuffer } from './capture-buffer.js';
import type { CaptureFault, CaptureFaultKind } from './capture-fault.js';
import type { CaptureInterface } from './capture-interface.js';
import type { CaptureRecord } from './capture-record.js';
import { describeInterface } from './pcapng-interface.js';
import { type FormatAnswer, LONGEST_BLOCK, type RecordFormat } from './record-format.js';

/** Types of blocks that have a meaning here. */
export const PCAPNG_BLOCK = {
  section: 0x0a0d0d0a,
  interface: 1,
  packet: 2,
  simplePacket: 3,
  nameResolution: 4,
  interfaceStatistics: 5,
  enhancedPacket: 6,
  decryptionSecrets: 10,
  /** A custom block that may be copied into a changed file. */
  custom: 0x0000_0bad,
  /** A custom block that must not. */
  customNotCopied: 0x4000_0bad,
} as const;

/** What a section header writes to give the byte order. */
export const PCAPNG_BYTE_ORDER = 0x1a2b3c4d;
/** Bytes of an enhanced or obsolete packet block in front of the packet. */
export const PCAPNG_PACKET_HEADER = 28;

const LEAST_BLOCK = 12;
const SIMPLE_PACKET_HEADER = 12;
const SECTION_HEADER = 28;
const MOST_INTERFACES = 65_536;

/** Reads the blocks of a pcapng file. */
export class PcapngBlocks implements RecordFormat {
  readonly name = 'pcapng';
  needed: number = LEAST_BLOCK;
  fault: CaptureFault | undefined = undefined;
  private littleEndian = true;
  private interfaces: CaptureInterface[] = [];

  read(buffer: CaptureBuffer, record: CaptureRecord): FormatAnswer {
    const { view, position, end } = buffer;
    this.needed = LEAST_BLOCK;
    if (end - position < LEAST_BLOCK) return 'more';
    const isSection = view.getUint32(position) === PCAPNG_BLOCK.section;
    if (isSection && !this.beginSection(view, position)) return 'fault';
    const { littleEndian } = this;
    const length = view.getUint32(position + 4, littleEndian);
    const least = isSection ? SECTION_HEADER : LEAST_BLOCK;
    if (length < least || length > LONGEST_BLOCK || length % 4 !== 0)
      return this.wrongLength(length);
    this.needed = length;
    if (end - position < length) return 'more';
    if (view.getUint32(position + length - 4, littleEndian) !== length) {
      return this.wrongLength(view.getUint32(position + length - 4, littleEndian));
    }
    record.littleEndian = littleEndian;
    record.start = position;
    record.end = position + length;
    record.blockType = isSection ? PCAPNG_BLOCK.section : view.getUint32(position, littleEndian);
    record.timeIsSplit = false;
    return this.describe(view, record);
  }

  private beginSection(view: DataView, position: number): boolean {
    const order = view.getUint32(position + 8);
    if (order !== PCAPNG_BYTE_ORDER && order !== 0x4d3c2b1a) {
      return this.refuse('not-a-capture', 'has a section without byte order');
    }
    this.littleEndian = order !== PCAPNG_BYTE_ORDER;
    return true;
  }

  private describe(view: DataView, record: CaptureRecord): FormatAnswer {
    record.optionsStart = record.end - 4;
    record.optionsEnd = record.end - 4;
    switch (record.blockType) {
      case PCAPNG_BLOCK.section:
        return this.describeSection(view, record);
      case PCAPNG_BLOCK.interface:
        return this.describeInterface(view, record);
      case PCAPNG_BLOCK.simplePacket:
        return this.describeSimplePacket(view, record);
      case PCAPNG_BLOCK.enhancedPacket:
      case PCAPNG_BLOCK.packet:
        return this.describePacket(view, record);
      default:
        record.kind = 'block';
        return 'record';
    }
  }

  private describeSection(view: DataView, record: CaptureRecord): FormatAnswer {
    const major = view.getUint16(record.start + 12, record.littleEndian);
    if (major !== 1) {
      this.refuse('version-unknown', `is a pcapng file of version ${major}: expected 1`);
      return 'fault';
    }
    this.interfaces = [];
    record.kind = 'header';
    return 'record';
  }

  private describeInterface(view: DataView, record: CaptureRecord): FormatAnswer {
    if (record.end - record.start < 20) return this.wrongLength(record.end - record.start);
    if (this.interfaces.length >= MOST_INTERFACES) {
      this.refuse('length-invalid', `has more than ${MOST_INTERFACES} interfaces in a section`);
      return 'fault';
    }
    record.kind = 'block';
    record.optionsStart = record.start + 16;
    record.interface = describeInterface(view, record, this.interfaces.length);
    this.interfaces.push(record.interface);
    return 'record';
  }

  private describePacket(view: DataView, record: CaptureRecord): FormatAnswer {
    const { start, end, littleEndian } = record;
    if (end - start < PCAPNG_PACKET_HEADER + 4) return this.wrongLength(end - start);
    const isEnhanced = record.blockType === PCAPNG_BLOCK.enhancedPacket;
    const index = isEnhanced
      ? view.getUint32(start + 8, littleEndian)
      : view.getUint16(start + 8, littleEndian);
    const kept = view.getUint32(start + 20, littleEndian);
    const most = end - 4 - start - PCAPNG_PACKET_HEADER;
    if (kept > most) return this.wrongLength(kept);
    if (!this.isKnown(index)) return 'fault';
    record.kind = 'packet';
    record.interface = this.interfaces[index];
    record.hasTime = true;
    record.timeHigh = view.getUint32(start + 12, littleEndian);
    record.timeLow = view.getUint32(start + 16, littleEndian);
    record.offset = start + PCAPNG_PACKET_HEADER;
    record.length = kept;
    record.originalLength = view.getUint32(start + 24, littleEndian);
    record.optionsStart = Math.min(record.offset + ((kept + 3) & ~3), end - 4);
    return 'record';
  }

  private describeSimplePacket(view: DataView, record: CaptureRecord): FormatAnswer {
    const { start, end, littleEndian } = record;
    if (end - start < SIMPLE_PACKET_HEADER + 4) return this.wrongLength(end - start);
    if (!this.isKnown(0)) return 'fault';
    const [source] = this.interfaces;
    const original = view.getUint32(start + 8, littleEndian);
    const most = source.snapLength === 0 ? original : Math.min(original, source.snapLength);
    record.kind = 'packet';
    record.interface = source;
    record.hasTime = false;
    record.timeHigh = 0;
    record.timeLow = 0;
    record.offset = start + SIMPLE_PACKET_HEADER;
    record.length = Math.min(most, end - 4 - record.offset);
    record.originalLength = original;
    return 'record';
  }

  private isKnown(index: number): boolean {
    if (index < this.interfaces.length) return true;
    const text = `has a packet of interface ${index}, which its section does not describe`;
    return this.refuse('interface-unknown', text);
  }

  private wrongLength(length: number): FormatAnswer {
    this.refuse('length-invalid', `has a block whose length cannot be true: ${length}`);
    return 'fault';
  }

  private refuse(kind: CaptureFaultKind, text: string): false {
    this.fault = { kind, text };
    return false;
  }
}
