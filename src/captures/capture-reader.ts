/**
 * Reading a capture chunk by chunk, however the chunks are cut: classic pcap or pcapng, with one face.
 *
 * Hand in bytes with `add` (a copy) or by filling `space` (none), take records with `next` until it says
 * `false`, and go on. What is kept is a buffer of fixed size, which grows only for a longer record, and the
 * interfaces of the present section. A broken file is a `fault` and no exception; records in front of the
 * fault are read. Sources: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng.
 */
import { type OptionNames, requireInteger, requireKnownOptions } from '../errors.js';
import { CaptureBuffer } from './capture-buffer.js';
import type { CaptureFault } from './capture-fault.js';
import { CaptureRecord } from './capture-record.js';
import { faultOfBeginning } from './file-kinds.js';
import { PCAPNG_BLOCK, PcapngBlocks } from './pcapng-blocks.js';
import { isPcapMagic, PcapRecords } from './pcap-records.js';
import type { RecordFormat } from './record-format.js';

/** How a capture is read. */
export interface CaptureReaderOptions {
  /** Bytes of the buffer at the beginning, 1024–16777216; default 65536. */
  readonly bufferBytes?: number;
}

const OPTION_NAMES: OptionNames<CaptureReaderOptions> = { bufferBytes: true };
const DEFAULT_BUFFER = 65_536;
const MAGIC_LENGTH = 4;

/**
 * Reads one capture.
 *
 * @example
 * {@includeCode ../../docs/examples/captures-reading.ts}
 */
export class CaptureReader {
  /** The record that `next` read last: one object, filled in again for each. */
  readonly record: CaptureRecord = new CaptureRecord();
  /** How many packets were read. */
  packets = 0;
  private readonly buffer: CaptureBuffer;
  private known: RecordFormat | undefined = undefined;
  private knownFault: CaptureFault | undefined = undefined;

  /**
   * @param options - What is not default.
   * @throws {TypeError} When the size is no integer, or an option has an unknown name.
   * @throws {RangeError} When the size is out of range.
   */
  constructor(options: CaptureReaderOptions = {}) {
    requireKnownOptions('read a capture', options, OPTION_NAMES);
    const { bufferBytes = DEFAULT_BUFFER } = options;
    this.buffer = new CaptureBuffer(requireInteger('buffer size', bufferBytes, 1024, 16_777_216));
  }

  /** The file's format; `undefined` until its first bytes were read. */
  get format(): 'pcap' | 'pcapng' | undefined {
    return this.known?.name;
  }

  /** What is wrong with the file; `undefined` while nothing is. */
  get fault(): CaptureFault | undefined {
    return this.knownFault;
  }

  /** Bytes that were handed in and are in no record yet; above 0 at the end of a file that was cut. */
  get bytesPending(): number {
    return this.buffer.end - this.buffer.position;
  }

  /**
   * Takes in the next bytes of the file; records that were read before are no longer valid.
   *
   * @param chunk - Any number of bytes, which are copied.
   */
  add(chunk: Uint8Array): void {
    this.buffer.makeRoom(chunk.length).set(chunk);
    this.added(chunk.length);
  }

  /**
   * Room for the next bytes of the file: at least what the present record still needs. Records that were
   * read before are no longer valid.
   *
   * @returns Where to write them, from its first byte on; then call {@link CaptureReader.added}.
   */
  space(): Uint8Array {
    const needed = this.known === undefined ? MAGIC_LENGTH : this.known.needed;
    return this.buffer.makeRoom(Math.max(1, needed - this.bytesPending));
  }

  /**
   * Says how many bytes were written into {@link CaptureReader.space}.
   *
   * @param length - The number, 0 to the space's length.
   * @throws {TypeError} When it is no integer.
   * @throws {RangeError} When it is out of range.
   */
  added(length: number): void {
    const { buffer } = this;
    requireInteger('number of bytes', length, 0, buffer.bytes.length - buffer.end);
    buffer.end += length;
  }

  /**
   * Goes to the next record.
   *
   * @returns `false` when more bytes are needed or the file has a {@link CaptureReader.fault}.
   */
  next(): boolean {
    const format = this.known ?? this.recognize();
    if (format === undefined || this.knownFault !== undefined) return false;
    const { record, buffer } = this;
    if (record.bytes !== buffer.bytes) {
      record.bytes = buffer.bytes;
      record.view = buffer.view;
    }
    const answer = format.read(buffer, record);
    if (answer === 'record') {
      buffer.position = record.end;
      if (record.kind === 'packet') record.number = ++this.packets;
      return true;
    }
    if (answer === 'fault') this.knownFault = format.fault;
    return false;
  }

  private recognize(): RecordFormat | undefined {
    const { view, bytes, position, end } = this.buffer;
    if (this.knownFault !== undefined || end - position < MAGIC_LENGTH) return undefined;
    const magic = view.getUint32(position);
    if (isPcapMagic(magic)) this.known = new PcapRecords();
    else if (magic === PCAPNG_BLOCK.section) this.known = new PcapngBlocks();
    else this.knownFault = faultOfBeginning(bytes, position, end);
    return this.known;
  }
}
