/**
 * A classic pcap file copied into another one: same header, same record headers.
 */
import type { ByteSink } from './byte-sink.js';
import { type CaptureCopier, type CopiedPacket, isInPlace, keptLength } from './copied-packet.js';
import type { CaptureRecord } from './capture-record.js';
import { writePcapRecordHeader } from './pcap-encoding.js';
import { PCAP_RECORD_HEADER } from './pcap-records.js';

/** Copies pcap to pcap. */
export class PcapCopier implements CaptureCopier {
  readonly fault = undefined;
  private readonly sink: ByteSink;
  private readonly header = new Uint8Array(PCAP_RECORD_HEADER);
  private readonly view = new DataView(this.header.buffer);

  /** @param sink - Where the bytes go. */
  constructor(sink: ByteSink) {
    this.sink = sink;
  }

  pass({ bytes, start, end }: CaptureRecord): void {
    this.sink.keep(bytes, start, end);
  }

  packet(record: CaptureRecord, packet: CopiedPacket): boolean {
    if (isInPlace(record, packet)) {
      this.sink.keep(record.bytes, record.start, record.end);
      return true;
    }
    const kept = keptLength(record, packet);
    const { timeHigh, timeLow, littleEndian } = record;
    const { originalLength } = packet;
    writePcapRecordHeader(this.view, timeHigh, timeLow, kept, originalLength, littleEndian);
    this.sink.put(this.header, 0, PCAP_RECORD_HEADER);
    this.sink.put(packet.bytes, packet.offset, packet.offset + kept);
    return true;
  }

  finish(): void {
    // The header is the first record, which was passed.
  }
}
