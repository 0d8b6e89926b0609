/**
 * A pcapng file copied into another one: all blocks that may be copied, in order.
 *
 * A section's length is written as unknown, since packets change theirs. Options that are about the old
 * bytes (hashes) and custom blocks and options that must not be copied into a changed file are left out.
 */
import type { ByteSink } from './byte-sink.js';
import type { CaptureRecord } from './capture-record.js';
import { type CaptureCopier, type CopiedPacket, isInPlace, keptLength } from './copied-packet.js';
import { PCAPNG_BLOCK, PCAPNG_PACKET_HEADER } from './pcapng-blocks.js';
import { commentOption } from './pcapng-encoding.js';
import { PcapngOptions } from './pcapng-options.js';

const NO_COMMENT = new Uint8Array(0);
const SECTION_LENGTH_AT = 16;
const SIMPLE_HEADER = 12;

/** Copies pcapng to pcapng. */
export class PcapngCopier implements CaptureCopier {
  readonly fault = undefined;
  private readonly sink: ByteSink;
  private readonly options = new PcapngOptions();
  private readonly scratch = new Uint8Array(PCAPNG_PACKET_HEADER);
  private readonly view = new DataView(this.scratch.buffer);

  /** @param sink - Where the bytes go. */
  constructor(sink: ByteSink) {
    this.sink = sink;
  }

  pass({ kind, bytes, view, start, end, blockType }: CaptureRecord): void {
    if (blockType === PCAPNG_BLOCK.customNotCopied) return;
    if (kind === 'header') {
      view.setInt32(start + SECTION_LENGTH_AT, -1);
      view.setInt32(start + SECTION_LENGTH_AT + 4, -1);
    }
    this.sink.keep(bytes, start, end);
  }

  packet(record: CaptureRecord, packet: CopiedPacket): boolean {
    const isPlain = packet.comment === '' || !record.hasTime;
    if (isPlain && isInPlace(record, packet) && this.optionsSurvive(record)) {
      this.sink.keep(record.bytes, record.start, record.end);
    } else if (record.hasTime) {
      this.writePacket(record, packet);
    } else {
      this.writeSimplePacket(record, packet);
    }
    return true;
  }

  finish(): void {
    // Every section's header is a record, which was passed.
  }

  private optionsSurvive(record: CaptureRecord): boolean {
    const { options } = this;
    if (record.optionsStart === record.optionsEnd) return true;
    options.begin(record.view, record.optionsStart, record.optionsEnd, record.littleEndian);
    while (options.advance()) if (!options.survivesChange) return false;
    return true;
  }

  private writePacket(record: CaptureRecord, packet: CopiedPacket): void {
    const { sink, scratch, view } = this;
    const { littleEndian } = record;
    const kept = keptLength(record, packet);
    const padding = -kept & 3;
    const comment =
      packet.comment === '' ? NO_COMMENT : commentOption(packet.comment, littleEndian);
    const optionBytes = this.survivingBytes(record) + comment.length;
    const length = PCAPNG_PACKET_HEADER + kept + padding + optionBytes + (optionBytes > 0 ? 8 : 4);
    scratch.set(record.bytes.subarray(record.start, record.start + PCAPNG_PACKET_HEADER));
    view.setUint32(4, length, littleEndian);
    view.setUint32(20, kept, littleEndian);
    view.setUint32(24, packet.originalLength, littleEndian);
    sink.put(scratch, 0, PCAPNG_PACKET_HEADER);
    sink.put(packet.bytes, packet.offset, packet.offset + kept);
    view.setUint32(0, 0);
    sink.put(scratch, 0, padding);
    this.copyOptions(record);
    sink.put(comment, 0, comment.length);
    if (optionBytes > 0) sink.put(scratch, 0, 4);
    view.setUint32(0, length, littleEndian);
    sink.put(scratch, 0, 4);
  }

  private writeSimplePacket(record: CaptureRecord, packet: CopiedPacket): void {
    const { sink, scratch, view } = this;
    const { littleEndian } = record;
    const kept = keptLength(record, packet);
    const padding = -kept & 3;
    const length = SIMPLE_HEADER + kept + padding + 4;
    view.setUint32(0, PCAPNG_BLOCK.simplePacket, littleEndian);
    view.setUint32(4, length, littleEndian);
    view.setUint32(8, packet.originalLength, littleEndian);
    sink.put(scratch, 0, SIMPLE_HEADER);
    sink.put(packet.bytes, packet.offset, packet.offset + kept);
    view.setUint32(0, 0);
    sink.put(scratch, 0, padding);
    view.setUint32(0, length, littleEndian);
    sink.put(scratch, 0, 4);
  }

  private survivingBytes(record: CaptureRecord): number {
    const { options } = this;
    let length = 0;
    options.begin(record.view, record.optionsStart, record.optionsEnd, record.littleEndian);
    while (options.advance()) if (options.survivesChange) length += options.next - options.start;
    return length;
  }

  private copyOptions(record: CaptureRecord): void {
    const { options, sink } = this;
    options.begin(record.view, record.optionsStart, record.optionsEnd, record.littleEndian);
    while (options.advance()) {
      if (options.survivesChange) sink.put(record.bytes, options.start, options.next);
    }
  }
}
