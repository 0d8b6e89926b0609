/**
 * Recordings in which the director's host has sockets of its own: what it got and what it sent in each step.
 */
import type { Director } from '../../src/director/director.js';
import type { Verdict } from '../../src/director/verdict.js';
import { IpAddress } from '../../src/ip-address.js';
import {
  ETHER_TYPE,
  IP_PROTOCOL,
  Packet,
  verifyChecksums,
  writeEthernetHeader,
  writeUint16,
} from '../../src/wire/index.js';
import { maskArbitraryFields } from './arbitrary-fields.js';
import type { RecordedFrame, RecordedStep, RecordingHeader } from './director-recording.js';
import { bytesOf, hexOf } from './hex.js';
import { hostOf, markOf, type MarkRule } from './recorded-topology.js';

const LINK_HEADER = 14;
/** The transport checksum within the header, by protocol. */
const CHECKSUM_AT: Readonly<Record<number, number>> = {
  [IP_PROTOCOL.TCP]: 16,
  [IP_PROTOCOL.UDP]: 6,
};

/** What a step led to: frames on the wires, and IP packets for the host. */
export interface HostTrafficSeen {
  /** Side and bytes of each frame. */
  readonly out: string[];
  /** The bytes of each packet. */
  readonly deliver: string[];
}

/** Feeds a director the packets of a step, and those that its host sent. */
export class HostTraffic {
  private readonly director: Director;
  private readonly header: RecordingHeader;
  private readonly marks: readonly MarkRule[];
  private seen: HostTrafficSeen = { out: [], deliver: [] };

  /**
   * @param director - The director.
   * @param header - The recording's first line.
   * @param marks - Which packets get a mark.
   */
  constructor(director: Director, header: RecordingHeader, marks: readonly MarkRule[]) {
    this.director = director;
    this.header = header;
    this.marks = marks;
  }

  /**
   * What was recorded in a step, in the form of {@link HostTraffic.replay}.
   *
   * @param step - The step.
   * @returns Frames and packets, arbitrary fields masked.
   */
  recorded(step: RecordedStep): HostTrafficSeen {
    const own = new Set(step.own_icmp);
    return {
      out: ((step.out ?? []) as readonly RecordedFrame[]).map(({ dev, hex }) =>
        this.maskedFrame(dev, bytesOf(hex)),
      ),
      deliver: (step.deliver ?? []).map((hex) => maskedPacket(bytesOf(hex), own.has(hex))),
    };
  }

  /**
   * Feeds the director the packet that came in, if there is one, then those of the host in order.
   *
   * @param step - The step.
   * @returns What it led to, arbitrary fields masked.
   */
  replay(step: RecordedStep): HostTrafficSeen {
    this.seen = { out: [], deliver: [] };
    if (typeof step.in === 'string') this.receive(bytesOf(step.in), step.dev ?? 'client');
    for (const hex of step.host ?? []) this.send(bytesOf(hex));
    return this.seen;
  }

  /**
   * Feeds the director packets that the host sent at an unknown moment before a step.
   *
   * @param packets - The packets.
   */
  sendBefore(packets: readonly string[]): void {
    for (const hex of packets) this.director.observe(bytesOf(hex));
  }

  private receive(frame: Uint8Array, dev: 'client' | 'server'): void {
    const packet = new Packet();
    const mark = packet.parseFrame(frame) === 'ok' ? markOf(this.marks, packet) : 0;
    this.note(this.director.take(frame, 0, frame.length, dev, mark));
  }

  private send(packet: Uint8Array): void {
    const before = packet.slice();
    const verdict = this.director.observe(packet);
    this.note(verdict);
    // The host routes by itself what the director leaves to it.
    if (verdict.action === 'accept' && !verdict.delivers) this.seen.out.push(this.routed(before));
  }

  private note(verdict: Verdict): void {
    for (const { side, bytes } of verdict.departures()) {
      this.seen.out.push(this.maskedFrame(side, bytes));
    }
    const delivery = verdict.delivery();
    if (delivery !== undefined) {
      this.seen.deliver.push(maskedPacket(delivery, verdict.action === 'reply'));
    }
  }

  private routed(bytes: Uint8Array): string {
    const packet = new Packet();
    packet.parse(bytes);
    const { topology } = this.header;
    const destination = IpAddress.fromBytes(packet.family, bytes, packet.destinationOffset);
    const side = topology.rips?.includes(destination.toString()) === true ? 'server' : 'client';
    const { link } = hostOf(topology, []);
    const frame = new Uint8Array(LINK_HEADER + bytes.length);
    const neighbor = link?.resolveNeighbor(side, destination, packet.source);
    frame.set(bytes, LINK_HEADER);
    if (link !== undefined && neighbor !== undefined) {
      const type = packet.family === 4 ? ETHER_TYPE.IPV4 : ETHER_TYPE.IPV6;
      writeEthernetHeader(new DataView(frame.buffer), 0, neighbor, link[side], type);
    }
    return this.maskedFrame(side, frame);
  }

  private maskedFrame(side: string, frame: Uint8Array): string {
    const own = this.header.topology.director_server_side;
    const isTunnel = ({ family, bytes, sourceOffset, protocol }: Packet): boolean => {
      const source = IpAddress.fromBytes(family, bytes, sourceOffset).toString();
      return source === (family === 4 ? own.ip : own.ip6) && isTunnelProtocol(protocol);
    };
    const masked = maskArbitraryFields(frame, isTunnel);
    const packet = new Packet();
    // The host gives tunnel packets of its own UDP sockets an identification even with DF.
    if (packet.parseFrame(masked) === 'ok' && packet.family === 4 && isTunnel(packet)) {
      writeUint16(masked, packet.offset + 4, 0);
      writeUint16(masked, packet.offset + 10, 0);
    }
    return `${side} ${hexOf(masked)}`;
  }
}

function isTunnelProtocol(protocol: number): boolean {
  return [IP_PROTOCOL.IPV4, IP_PROTOCOL.IPV6, IP_PROTOCOL.GRE].includes(protocol as 4);
}

/**
 * Masks arbitrary fields of an IP packet. The host leaves transport checksums to the hardware, so an error about one of
 * its own packets quotes a part of the sum.
 */
function maskedPacket(packet: Uint8Array, isOwnError: boolean): string {
  const frame = new Uint8Array(LINK_HEADER + packet.length);
  frame.set(packet[0] >>> 4 === 4 ? [0x08, 0x00] : [0x86, 0xdd], 12);
  frame.set(packet, LINK_HEADER);
  maskArbitraryFields(frame, () => false);
  if (isOwnError) maskQuotedChecksum(frame);
  return hexOf(frame.subarray(LINK_HEADER));
}

function maskQuotedChecksum(frame: Uint8Array): void {
  const error = new Packet();
  const quote = new Packet();
  if (error.parseFrame(frame) !== 'ok') return;
  const right = verifyChecksums(error);
  const at = error.transportOffset + 8;
  if (quote.parseQuote(frame, at, error.end - at, error.family) !== 'ok') return;
  const checksumAt = CHECKSUM_AT[quote.protocol];
  if (checksumAt === undefined) return;
  writeUint16(frame, quote.transportOffset + checksumAt, 0);
  writeUint16(frame, error.transportOffset + 2, Number(right));
}
