/**
 * Headers of classic pcap files as bytes.
 *
 * Source: draft-ietf-opsawg-pcap.
 */
import { PCAP_MICROSECONDS, PCAP_NANOSECONDS } from './pcap-records.js';

/** What a file header says. */
export interface PcapHeader {
  /** The link type, 0–65535. */
  readonly linkType: number;
  /** Bytes of a packet that are kept at most. */
  readonly snapLength: number;
  /** Whether fractions of a second are nanoseconds. */
  readonly nanoseconds: boolean;
  /** Whether numbers are written least significant byte first. */
  readonly littleEndian: boolean;
  /** Bytes of the frame check sequence that ends every frame, 0–14. */
  readonly frameCheckBytes: number;
}

/**
 * Writes a file header.
 *
 * @param view - Where to write, from index 0 on; 24 bytes.
 * @param header - What it says.
 */
export function writePcapFileHeader(view: DataView, header: PcapHeader): void {
  const { littleEndian, nanoseconds, frameCheckBytes, linkType } = header;
  const frameCheck = frameCheckBytes === 0 ? 0 : ((frameCheckBytes >>> 1) << 28) | 0x0400_0000;
  view.setUint32(0, nanoseconds ? PCAP_NANOSECONDS : PCAP_MICROSECONDS, littleEndian);
  view.setUint16(4, 2, littleEndian);
  view.setUint16(6, 4, littleEndian);
  view.setUint32(8, 0);
  view.setUint32(12, 0);
  view.setUint32(16, header.snapLength, littleEndian);
  view.setUint32(20, (linkType | frameCheck) >>> 0, littleEndian);
}

/**
 * Writes a record header.
 *
 * @param view - Where to write, from index 0 on; 16 bytes.
 * @param seconds - Whole seconds.
 * @param fraction - The fraction in the file's units.
 * @param kept - Bytes of the packet that follow.
 * @param original - Bytes it had on the wire.
 * @param littleEndian - The file's byte order.
 */
export function writePcapRecordHeader(
  view: DataView,
  seconds: number,
  fraction: number,
  kept: number,
  original: number,
  littleEndian: boolean,
): void {
  view.setUint32(0, seconds, littleEndian);
  view.setUint32(4, fraction, littleEndian);
  view.setUint32(8, kept, littleEndian);
  view.setUint32(12, original, littleEndian);
}
