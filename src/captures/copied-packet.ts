/**
 * What copiers of captures share: the packet that is written, the face of a copier, and two rules.
 */
import type { CaptureFault } from './capture-fault.js';
import type { CaptureRecord } from './capture-record.js';

/** A packet as it is to be written. */
export interface CopiedPacket {
  /** The bytes it is in. */
  readonly bytes: Uint8Array;
  /** Index of its first byte, link header included. */
  readonly offset: number;
  /** Bytes that are there. */
  readonly length: number;
  /** Bytes it has on the wire. */
  readonly originalLength: number;
  /** A comment that is added to it, where the format has any; `''` = none. */
  readonly comment: string;
}

/** Writes the records of one capture into another one. */
export interface CaptureCopier {
  /** Why a packet could not be written; `undefined` while all could. */
  readonly fault: CaptureFault | undefined;

  /**
   * Copies a record that is no packet, or a packet as it is.
   *
   * @param record - The record.
   */
  pass(record: CaptureRecord): void;

  /**
   * Writes a packet that came of a record: with its time, on its interface, with its options.
   *
   * @param record - The record.
   * @param packet - The packet: the record's own bytes when it keeps its place and length.
   * @returns `false` when the format cannot have it; see {@link CaptureCopier.fault}.
   */
  packet(record: CaptureRecord, packet: CopiedPacket): boolean;

  /** Writes what a file without packets needs; call it once, at the end. */
  finish(): void;
}

/**
 * Whether a packet is where its record has it, with its old lengths.
 *
 * @param record - The record.
 * @param packet - The packet.
 * @returns `true` when the record's bytes can be copied as they are.
 */
export function isInPlace(record: CaptureRecord, packet: CopiedPacket): boolean {
  return (
    packet.bytes === record.bytes &&
    packet.offset === record.offset &&
    packet.length === record.length &&
    packet.originalLength === record.originalLength
  );
}

/**
 * Bytes of a packet that are written: no more than the interface keeps.
 *
 * @param record - Its record.
 * @param packet - The packet.
 * @returns Its length, or the snap length when that is less.
 */
export function keptLength(
  { interface: source, length }: CaptureRecord,
  packet: CopiedPacket,
): number {
  const { snapLength } = source;
  // What was longer than its own limit before may stay so.
  if (snapLength === 0 || length > snapLength) return packet.length;
  return Math.min(packet.length, snapLength);
}

/**
 * The packet of a record as it was read.
 *
 * @param record - The record.
 * @returns The same bytes and lengths, without comment.
 */
export function asItIs({ bytes, offset, length, originalLength }: CaptureRecord): CopiedPacket {
  return { bytes, offset, length, originalLength, comment: '' };
}
