/**
 * Reading a classic pcap file chunk by chunk, however the chunks are cut.
 *
 * Hand in bytes with `add`, take records with `next` until there is none, and go on. At most one
 * record and one chunk are kept. A file that is no pcap file, or breaks the format later, is a `fault`
 * and not an exception.
 */
import {
  FILE_HEADER_LENGTH,
  linkTypeOf,
  MAGIC_MICROSECONDS,
  MAGIC_NANOSECONDS,
  MAX_RECORD_LENGTH,
  type PcapLinkType,
  type PcapRecord,
  RECORD_HEADER_LENGTH,
} from './pcap-format.js';

/** What is wrong with a file. */
export type PcapFault =
  'not-a-pcap-file' | 'version-unknown' | 'link-type-unknown' | 'record-too-long';

/**
 * Reads one pcap file.
 *
 * @example
 * {@includeCode ../../docs/examples/wire-pcap.ts}
 */
export class PcapReader {
  private pending: Uint8Array = new Uint8Array(0);
  private position = 0;
  private littleEndian = false;
  private nanosecondFile = false;
  private knownLinkType: PcapLinkType | undefined = undefined;
  private knownFault: PcapFault | undefined = undefined;

  /** What is in front of the IP header; `undefined` until the file header was read. */
  get linkType(): PcapLinkType | undefined {
    return this.knownLinkType;
  }

  /** What is wrong with the file; `undefined` while nothing is. */
  get fault(): PcapFault | undefined {
    return this.knownFault;
  }

  /** Bytes handed in that no record was made of yet; above 0 at the end of a file, that was cut. */
  get bytesPending(): number {
    return this.pending.length - this.position;
  }

  /**
   * Takes in the next bytes of the file.
   *
   * @param chunk - Any number of bytes; must not change before they are read.
   */
  add(chunk: Uint8Array): void {
    if (this.bytesPending === 0) {
      this.pending = chunk;
    } else {
      const joined = new Uint8Array(this.bytesPending + chunk.length);
      joined.set(this.pending.subarray(this.position));
      joined.set(chunk, this.bytesPending);
      this.pending = joined;
    }
    this.position = 0;
  }

  /**
   * Takes out the next record.
   *
   * @returns The record, whose bytes are a copy; `undefined` when more bytes are needed or the file has
   *   a {@link PcapReader.fault}.
   */
  next(): PcapRecord | undefined {
    if (this.knownLinkType === undefined && !this.readHeader()) return undefined;
    if (this.knownFault !== undefined || this.bytesPending < RECORD_HEADER_LENGTH) return undefined;
    const view = this.view();
    const kept = view.getUint32(8, this.littleEndian);
    if (kept > MAX_RECORD_LENGTH) return this.refuse('record-too-long');
    if (this.bytesPending < RECORD_HEADER_LENGTH + kept) return undefined;
    const begin = this.position + RECORD_HEADER_LENGTH;
    this.position = begin + kept;
    return {
      seconds: view.getUint32(0, this.littleEndian),
      nanoseconds: view.getUint32(4, this.littleEndian) * (this.nanosecondFile ? 1 : 1000),
      bytes: this.pending.slice(begin, begin + kept),
      originalLength: view.getUint32(12, this.littleEndian),
    };
  }

  /** Reads the file header; `false` when it is not there yet or has a fault. */
  private readHeader(): boolean {
    if (this.knownFault !== undefined || this.bytesPending < FILE_HEADER_LENGTH) return false;
    const view = this.view();
    const magic = view.getUint32(0);
    this.littleEndian = magic >>> 24 !== 0xa1;
    const ordered = view.getUint32(0, this.littleEndian);
    this.nanosecondFile = ordered === MAGIC_NANOSECONDS;
    const linkType = linkTypeOf(view.getUint32(20, this.littleEndian));
    if (ordered !== MAGIC_MICROSECONDS && ordered !== MAGIC_NANOSECONDS)
      this.knownFault = 'not-a-pcap-file';
    else if (view.getUint16(4, this.littleEndian) !== 2) this.knownFault = 'version-unknown';
    else if (linkType === undefined) this.knownFault = 'link-type-unknown';
    if (this.knownFault !== undefined) return false;
    this.knownLinkType = linkType;
    this.position += FILE_HEADER_LENGTH;
    return true;
  }

  private view(): DataView {
    const { buffer, byteOffset } = this.pending;
    return new DataView(buffer, byteOffset + this.position, this.bytesPending);
  }

  private refuse(fault: PcapFault): undefined {
    this.knownFault = fault;
    return undefined;
  }
}
