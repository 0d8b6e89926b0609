/**
 * One record of a capture file: a packet, or anything else a file has between packets.
 *
 * There is one record per reader, which is filled in again for each; nothing is copied. All indices
 * count from the first byte of {@link CaptureRecord.bytes}.
 */
import { copyBytes } from '../wire/copy-bytes.js';
import { NO_BYTES, NO_VIEW } from '../wire/no-bytes.js';
import {
  type CaptureInterface,
  millisecondsOf,
  nanosecondsOf,
  secondsOf,
} from './capture-interface.js';

/** What a record is: the file's or a section's header, a packet, or any other block. */
export type RecordKind = 'header' | 'packet' | 'block';

/** The interface of a record that is none of a packet. */
const NO_INTERFACE: CaptureInterface = {
  index: 0,
  linkType: 0,
  snapLength: 0,
  unitsPerSecond: 1_000_000,
  offsetSeconds: 0,
  frameCheckBytes: 0,
  name: undefined,
};

/** A reusable description of one record; valid until the reader is asked for the next one or given bytes. */
export class CaptureRecord {
  /** What it is. */
  kind: RecordKind = 'header';
  /** The bytes it is in. */
  bytes: Uint8Array = NO_BYTES;
  /** The same bytes, for reading and writing words. */
  view: DataView = NO_VIEW;
  /** Index of the record's first byte. */
  start = 0;
  /** Index behind the record's last byte, padding included. */
  end = 0;
  /** Whether its numbers are written least significant byte first. */
  littleEndian = true;
  /** The type of a pcapng block, 0–4294967295; 0 in a classic file. */
  blockType = 0;
  /** Index of the first byte of its options; equals {@link CaptureRecord.optionsEnd} when it has none. */
  optionsStart = 0;
  /** Index behind the last byte of its options. */
  optionsEnd = 0;
  /** The packet's number in the file, from 1; blocks that are no packets do not count. */
  number = 0;
  /** The interface it was captured on. */
  interface: CaptureInterface = NO_INTERFACE;
  /** Index of the packet's first byte. */
  offset = 0;
  /** Bytes of the packet that were kept. */
  length = 0;
  /** Bytes the packet had on the wire. */
  originalLength = 0;
  /** Whether it has a time; simple packet blocks have none. */
  hasTime = false;
  /** The upper 32 bits of its time stamp. */
  timeHigh = 0;
  /** The lower 32 bits of its time stamp. */
  timeLow = 0;
  /** Whether the time stamp is seconds and a fraction, as in classic files, and not one number. */
  timeIsSplit = false;

  /** When it was seen: whole seconds since 1970, UTC; 0 when it has no time. */
  get seconds(): number {
    if (!this.timeIsSplit) return secondsOf(this.interface, this.timeHigh, this.timeLow);
    return this.timeHigh + Math.floor(this.timeLow / this.interface.unitsPerSecond);
  }

  /** When it was seen: nanoseconds within the second, 0–999999999. */
  get nanoseconds(): number {
    return nanosecondsOf(this.interface, this.timeIsSplit ? 0 : this.timeHigh, this.timeLow);
  }

  /** When it was seen, in milliseconds since 1970, UTC; 0 when it has no time. */
  get milliseconds(): number {
    if (!this.timeIsSplit) return millisecondsOf(this.interface, this.timeHigh, this.timeLow);
    return this.timeHigh * 1000 + (this.timeLow / this.interface.unitsPerSecond) * 1000;
  }

  /**
   * Copies the bytes of the packet.
   *
   * @returns The bytes that were kept.
   */
  copy(): Uint8Array {
    return copyBytes(this.bytes, this.offset, this.offset + this.length);
  }
}
