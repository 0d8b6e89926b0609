/**
 * Writing a capture from nothing: the beginning once, then bytes for each packet.
 *
 * Nothing is kept: each call gives bytes to be written out.
 */
import { copyBytes } from '../wire/copy-bytes.js';
import { type OptionNames, requireInteger, requireKnownOptions, requireOneOf } from '../errors.js';
import { captureCopier } from './capture-copier.js';
import { CaptureRecord } from './capture-record.js';
import type { CaptureCopier } from './copied-packet.js';
import { writePcapFileHeader } from './pcap-encoding.js';
import { PCAP_FILE_HEADER } from './pcap-records.js';
import { LONGEST_PACKET } from './record-format.js';

const NANOSECONDS = 1_000_000_000;

/** How a capture is written. */
export interface CaptureWriterOptions {
  /** The file's format; default `'pcapng'`. */
  readonly format?: 'pcap' | 'pcapng';
  /** The link type, 0–65535; default 1: Ethernet. 101 is that of bare IP packets. */
  readonly linkType?: number;
  /** Whether numbers are written least significant byte first; default `true`. */
  readonly littleEndian?: boolean;
  /** Whether times are written in nanoseconds; default `false`: microseconds. */
  readonly nanoseconds?: boolean;
  /** Bytes of a packet that are kept at most, 1–262144; default 262144. */
  readonly snapLength?: number;
}

const OPTION_NAMES: OptionNames<CaptureWriterOptions> = {
  format: true,
  linkType: true,
  littleEndian: true,
  nanoseconds: true,
  snapLength: true,
};

/** A packet to be written. */
export interface WrittenPacket {
  /** When it was seen: whole seconds since 1970, UTC, 0–4294967295. */
  readonly seconds: number;
  /** When it was seen: nanoseconds within the second, 0–999999999; default 0. */
  readonly nanoseconds?: number;
  /** Its bytes, link header included. */
  readonly bytes: Uint8Array;
  /** How many bytes it had on the wire, up to 4294967295; default: as many as are given. */
  readonly originalLength?: number;
  /** A comment, which classic files cannot have; default none. */
  readonly comment?: string;
}

/**
 * Writes one capture.
 *
 * @example
 * {@includeCode ../../docs/examples/captures-reading.ts}
 */
export class CaptureWriter {
  private readonly format: 'pcap' | 'pcapng';
  private readonly record = new CaptureRecord();
  private readonly copier: CaptureCopier;
  private parts: Uint8Array[] = [];

  /**
   * @param options - What is not default.
   * @throws {TypeError} When an option has the wrong type or is unknown.
   * @throws {RangeError} When an option is out of range.
   */
  constructor(options: CaptureWriterOptions = {}) {
    requireKnownOptions('write a capture', options, OPTION_NAMES);
    const { format = 'pcapng', linkType = 1, littleEndian = true, nanoseconds = false } = options;
    const { snapLength = LONGEST_PACKET } = options;
    const { record } = this;
    record.littleEndian = littleEndian;
    record.hasTime = true;
    record.timeIsSplit = true;
    record.interface = {
      index: 0,
      linkType: requireInteger('link type', linkType, 0, 65_535),
      snapLength: requireInteger('snap length', snapLength, 1, LONGEST_PACKET),
      unitsPerSecond: nanoseconds ? 1_000_000_000 : 1_000_000,
      offsetSeconds: 0,
      frameCheckBytes: 0,
      name: undefined,
    };
    this.format = requireOneOf('format', format, ['pcap', 'pcapng']);
    const put = (bytes: Uint8Array, start: number, end: number): void => {
      this.parts.push(copyBytes(bytes, start, end));
    };
    this.copier = captureCopier('pcap', this.format, { keep: put, put });
  }

  /**
   * The beginning of the file.
   *
   * @returns Its first bytes: 24 in a classic file.
   */
  header(): Uint8Array {
    const { record } = this;
    if (this.format === 'pcap') {
      const bytes = new Uint8Array(PCAP_FILE_HEADER);
      const { interface: source, littleEndian } = record;
      const nanoseconds = source.unitsPerSecond === NANOSECONDS;
      writePcapFileHeader(new DataView(bytes.buffer), { ...source, nanoseconds, littleEndian });
      return bytes;
    }
    record.kind = 'header';
    this.copier.pass(record);
    return this.taken();
  }

  /**
   * One packet.
   *
   * @param packet - The packet; what is longer than the snap length is cut, what is finer than the
   *   resolution too.
   * @returns The bytes that follow in the file.
   * @throws {TypeError} When a value has the wrong type.
   * @throws {RangeError} When a value is out of range.
   */
  packet(packet: WrittenPacket): Uint8Array {
    const { record } = this;
    const { bytes, seconds, nanoseconds = 0, comment = '' } = packet;
    const { originalLength = bytes.length } = packet;
    requireInteger('seconds', seconds, 0, 0xffff_ffff);
    requireInteger('nanoseconds', nanoseconds, 0, 999_999_999);
    requireInteger('original length', originalLength, bytes.length, 0xffff_ffff);
    record.kind = 'packet';
    record.timeHigh = seconds;
    record.timeLow = Math.floor(nanoseconds / (NANOSECONDS / record.interface.unitsPerSecond));
    const { length } = bytes;
    this.copier.packet(record, { bytes, offset: 0, length, originalLength, comment });
    return this.taken();
  }

  private taken(): Uint8Array {
    const { parts } = this;
    const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    this.parts = [];
    return bytes;
  }
}
