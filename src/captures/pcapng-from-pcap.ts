/**
 * A classic pcap file written as pcapng: one section, one interface, the same byte order and resolution.
 */
import type { ByteSink } from './byte-sink.js';
import type { CaptureRecord } from './capture-record.js';
import { asItIs, type CaptureCopier, type CopiedPacket, keptLength } from './copied-packet.js';
import { PCAPNG_PACKET_HEADER, PCAPNG_BLOCK } from './pcapng-blocks.js';
import {
  commentOption,
  PCAPNG_BEGINNING,
  splitTime,
  writePcapngBeginning,
} from './pcapng-encoding.js';

const NANOSECONDS = 1_000_000_000;
const NO_COMMENT = new Uint8Array(0);

/** Copies pcap to pcapng. */
export class PcapngFromPcap implements CaptureCopier {
  readonly fault = undefined;
  private readonly sink: ByteSink;
  private readonly scratch = new Uint8Array(PCAPNG_BEGINNING);
  private readonly view = new DataView(this.scratch.buffer);
  private readonly halves = new Uint32Array(2);

  /** @param sink - Where the bytes go. */
  constructor(sink: ByteSink) {
    this.sink = sink;
  }

  pass(record: CaptureRecord): void {
    if (record.kind === 'header') this.begin(record);
    else this.packet(record, asItIs(record));
  }

  packet(record: CaptureRecord, packet: CopiedPacket): boolean {
    const { sink, scratch, view, halves } = this;
    const { littleEndian, timeHigh, timeLow } = record;
    const kept = keptLength(record, packet);
    const padding = -kept & 3;
    const comment =
      packet.comment === '' ? NO_COMMENT : commentOption(packet.comment, littleEndian);
    const optionBytes = comment.length === 0 ? 0 : comment.length + 4;
    const length = PCAPNG_PACKET_HEADER + kept + padding + optionBytes + 4;
    splitTime(timeHigh, timeLow, record.interface.unitsPerSecond, halves);
    view.setUint32(0, PCAPNG_BLOCK.enhancedPacket, littleEndian);
    view.setUint32(4, length, littleEndian);
    view.setUint32(8, 0);
    view.setUint32(12, halves[0], littleEndian);
    view.setUint32(16, halves[1], littleEndian);
    view.setUint32(20, kept, littleEndian);
    view.setUint32(24, packet.originalLength, littleEndian);
    sink.put(scratch, 0, PCAPNG_PACKET_HEADER);
    sink.put(packet.bytes, packet.offset, packet.offset + kept);
    view.setUint32(0, 0);
    sink.put(scratch, 0, padding);
    sink.put(comment, 0, comment.length);
    if (optionBytes > 0) sink.put(scratch, 0, 4);
    view.setUint32(0, length, littleEndian);
    sink.put(scratch, 0, 4);
    return true;
  }

  finish(): void {
    // The beginning was written for the file's header.
  }

  private begin({ interface: source, littleEndian }: CaptureRecord): void {
    const length = writePcapngBeginning(this.view, {
      ...source,
      nanoseconds: source.unitsPerSecond === NANOSECONDS,
      littleEndian,
    });
    this.sink.put(this.scratch, 0, length);
  }
}
