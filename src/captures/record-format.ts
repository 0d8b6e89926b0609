/**
 * What the reader asks of a file format: to describe the record at the buffer's position.
 */
import type { CaptureBuffer } from './capture-buffer.js';
import type { CaptureFault } from './capture-fault.js';
import type { CaptureRecord } from './capture-record.js';

/** What a format says of the bytes at the position. */
export type FormatAnswer =
  /** A whole record was described. */
  | 'record'
  /** More bytes are needed; how many is in {@link RecordFormat.needed}. */
  | 'more'
  /** The file is broken here; see {@link RecordFormat.fault}. */
  | 'fault';

/** One file format. */
export interface RecordFormat {
  /** Its name. */
  readonly name: 'pcap' | 'pcapng';
  /** After `'more'`: how many bytes from the position on are needed at least. */
  readonly needed: number;
  /** After `'fault'`: what is wrong. */
  readonly fault: CaptureFault | undefined;

  /**
   * Describes the record at the buffer's position; the position stays.
   *
   * @param buffer - The bytes.
   * @param record - Is filled in.
   * @returns Whether it could be described.
   */
  read(buffer: CaptureBuffer, record: CaptureRecord): FormatAnswer;
}

/** Bytes a packet may have; what claims more is broken. */
export const LONGEST_PACKET = 262_144;
/** Bytes a block of a pcapng file may have. */
export const LONGEST_BLOCK = 16_777_216;
