/**
 * A pcapng file written as classic pcap: the packets alone, all of one link type.
 *
 * The first packet's interface gives the link type; fractions are nanoseconds when an interface described
 * before it is finer than microseconds. Packets without a time get that of the epoch, as tcpdump shows them.
 */
import type { ByteSink } from './byte-sink.js';
import type { CaptureFault } from './capture-fault.js';
import type { CaptureInterface } from './capture-interface.js';
import type { CaptureRecord } from './capture-record.js';
import { asItIs, type CaptureCopier, type CopiedPacket, keptLength } from './copied-packet.js';
import { describeLinkType } from './links/link-type-names.js';
import { writePcapFileHeader, writePcapRecordHeader } from './pcap-encoding.js';
import { PCAP_FILE_HEADER, PCAP_RECORD_HEADER } from './pcap-records.js';
import { PCAPNG_BLOCK } from './pcapng-blocks.js';
import { LONGEST_PACKET } from './record-format.js';

const MICROSECONDS = 1_000_000;
const ETHERNET = 1;
const LATEST = 0xffff_ffff;

/** Copies pcapng to pcap. */
export class PcapFromPcapng implements CaptureCopier {
  fault: CaptureFault | undefined = undefined;
  private readonly sink: ByteSink;
  private readonly scratch = new Uint8Array(PCAP_FILE_HEADER);
  private readonly view = new DataView(this.scratch.buffer);
  private linkType = -1;
  private nanoseconds = false;

  /** @param sink - Where the bytes go. */
  constructor(sink: ByteSink) {
    this.sink = sink;
  }

  pass(record: CaptureRecord): void {
    if (record.kind === 'packet') {
      this.packet(record, asItIs(record));
    } else if (record.blockType === PCAPNG_BLOCK.interface && this.linkType < 0) {
      this.nanoseconds ||= record.interface.unitsPerSecond > MICROSECONDS;
    }
  }

  packet(record: CaptureRecord, packet: CopiedPacket): boolean {
    const source = record.interface;
    if (this.linkType < 0) this.begin(source.linkType, source);
    if (source.linkType !== this.linkType) return this.refuse(source.linkType);
    const seconds = record.hasTime ? Math.max(0, Math.min(record.seconds, LATEST)) : 0;
    const nanoseconds = record.hasTime ? record.nanoseconds : 0;
    const fraction = this.nanoseconds ? nanoseconds : Math.floor(nanoseconds / 1000);
    const kept = keptLength(record, packet);
    writePcapRecordHeader(this.view, seconds, fraction, kept, packet.originalLength, true);
    this.sink.put(this.scratch, 0, PCAP_RECORD_HEADER);
    this.sink.put(packet.bytes, packet.offset, packet.offset + kept);
    return true;
  }

  finish(): void {
    if (this.linkType < 0) this.begin(ETHERNET, { frameCheckBytes: 0 });
  }

  private begin(
    linkType: number,
    { frameCheckBytes }: Pick<CaptureInterface, 'frameCheckBytes'>,
  ): void {
    this.linkType = linkType;
    writePcapFileHeader(this.view, {
      linkType,
      snapLength: LONGEST_PACKET,
      nanoseconds: this.nanoseconds,
      littleEndian: true,
      frameCheckBytes,
    });
    this.sink.put(this.scratch, 0, PCAP_FILE_HEADER);
  }

  private refuse(linkType: number): false {
    const [first, other] = [this.linkType, linkType].map(describeLinkType);
    this.fault = {
      kind: 'link-type-not-read',
      text: `has packets of more than one link type, ${first} and ${other}, which a pcap file cannot have`,
      remedy: '--format pcapng',
    };
    return false;
  }
}
