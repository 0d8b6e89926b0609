/**
 * Writing a classic pcap file: the header once, then one piece per record.
 *
 * Nothing is kept: each call gives bytes to be written out.
 */
import { type OptionNames, requireInteger, requireKnownOptions, requireOneOf } from '../errors.js';
import {
  FILE_HEADER_LENGTH,
  linkTypeNumber,
  MAGIC_MICROSECONDS,
  MAGIC_NANOSECONDS,
  MAX_RECORD_LENGTH,
  type PcapLinkType,
  type PcapRecord,
  RECORD_HEADER_LENGTH,
} from './pcap-format.js';

/** How a file is written. */
export interface PcapWriterOptions {
  /** What is in front of the IP header in each record; default `'ethernet'`. */
  readonly linkType?: PcapLinkType;
  /** Whether numbers are written least significant byte first; default `true`. */
  readonly littleEndian?: boolean;
  /** Whether fractions of a second are written as nanoseconds; default `false`: microseconds. */
  readonly nanoseconds?: boolean;
}

const PCAP_WRITER_OPTIONS: OptionNames<PcapWriterOptions> = {
  linkType: true,
  littleEndian: true,
  nanoseconds: true,
};

/** What {@link PcapWriter.record} takes: a record whose length on the wire may be left out. */
export type PcapRecordInput = Omit<PcapRecord, 'originalLength'> & {
  /** How many bytes it had on the wire; default: as many as are kept. */
  readonly originalLength?: number;
};

/** Writes one pcap file. */
export class PcapWriter {
  private readonly linkType: PcapLinkType;
  private readonly littleEndian: boolean;
  private readonly nanosecondFile: boolean;

  /**
   * @param options - What is not default.
   * @throws {TypeError} When the link type is no string.
   * @throws {RangeError} When the link type is unknown.
   */
  constructor(options: PcapWriterOptions = {}) {
    requireKnownOptions('write a capture', options, PCAP_WRITER_OPTIONS);
    const linkType = options.linkType ?? 'ethernet';
    this.linkType = requireOneOf('link type', linkType, ['ethernet', 'raw-ip']);
    this.littleEndian = options.littleEndian ?? true;
    this.nanosecondFile = options.nanoseconds ?? false;
  }

  /**
   * The file header.
   *
   * @returns The first 24 bytes of the file.
   */
  header(): Uint8Array {
    const bytes = new Uint8Array(FILE_HEADER_LENGTH);
    const view = new DataView(bytes.buffer);
    const magic = this.nanosecondFile ? MAGIC_NANOSECONDS : MAGIC_MICROSECONDS;
    view.setUint32(0, magic, this.littleEndian);
    view.setUint16(4, 2, this.littleEndian);
    view.setUint16(6, 4, this.littleEndian);
    view.setUint32(16, MAX_RECORD_LENGTH, this.littleEndian);
    view.setUint32(20, linkTypeNumber(this.linkType), this.littleEndian);
    return bytes;
  }

  /**
   * One record.
   *
   * @param record - The packet, with at most 262144 bytes; nanoseconds are cut to microseconds in a file
   *   of these.
   * @returns The bytes that follow in the file.
   * @throws {TypeError} When a number is none.
   * @throws {RangeError} When a number is out of range or the packet too long.
   */
  record(record: PcapRecordInput): Uint8Array {
    const { bytes: packet, seconds, nanoseconds } = record;
    requireInteger('record length', packet.length, 0, MAX_RECORD_LENGTH);
    requireInteger('seconds', seconds, 0, 0xffff_ffff);
    requireInteger('nanoseconds', nanoseconds, 0, 999_999_999);
    const original = record.originalLength ?? packet.length;
    requireInteger('original length', original, packet.length, 0xffff_ffff);
    const bytes = new Uint8Array(RECORD_HEADER_LENGTH + packet.length);
    const view = new DataView(bytes.buffer);
    const fraction = this.nanosecondFile ? nanoseconds : Math.floor(nanoseconds / 1000);
    view.setUint32(0, seconds, this.littleEndian);
    view.setUint32(4, fraction, this.littleEndian);
    view.setUint32(8, packet.length, this.littleEndian);
    view.setUint32(12, original, this.littleEndian);
    bytes.set(packet, RECORD_HEADER_LENGTH);
    return bytes;
  }
}
