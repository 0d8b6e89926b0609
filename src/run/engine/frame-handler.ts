/**
 * One frame of the device after the other: read into one buffer, decided by the director, written back.
 *
 * In front of each frame the device has a header that says how far its checksum is, and whether it is a packet of
 * up to 64 kB that stands for many of the same connection. Such a packet is rewritten as any other, and the kernel
 * cuts it. The last four bytes of a frame's source address are a mark: that of a service on the way in, on the way
 * out that of the gateway to a server of direct routing. Cost: no allocation for a packet that leaves in place.
 */
import type { Director } from '../../director/director.js';
import type { Verdict } from '../../director/verdict.js';
import type { IpAddress } from '../../ip-address.js';
import type { BusyConnections } from './busy-connections.js';
import { raiseHopLimit } from './hop-limit.js';
import { PartialChecksum, VNET_HEADER_LENGTH } from './partial-checksum.js';
import type { DestinationFilter } from './destination-filter.js';

/** Bytes in front of what is read, for the headers of tunnels. */
const ROOM = 128;
const ETHERNET_LENGTH = 14;
/** Bytes in front of a packet. */
const PREFIX = VNET_HEADER_LENGTH + ETHERNET_LENGTH;
const LONGEST_FRAME = PREFIX + 65_536;
const IP = ROOM + PREFIX;
const SOURCE_MARK = ROOM + VNET_HEADER_LENGTH + 8;
const TYPE = IP - 2;
/** Bytes of a packet of the bell, whose last four are its number. */
const BELL_LENGTH = 32;
const TYPE_IPV4 = 0x0800;
const TYPE_IPV6 = 0x86dd;

/** How many bytes in front of a packet the director may write: what lies there besides the device's headers. */
export const HEADROOM: number = ROOM - 8;

/** What was done with frames, by number. */
export interface FrameCounts {
  /** Frames that were read. */
  received: number;
  /** Frames that were written. */
  sent: number;
  /** Packets to a virtual address that the host itself got. */
  accepted: number;
  /** Packets that did not leave. */
  dropped: number;
  /** Frames that the device did not take. */
  refused: number;
  /** Bytes of the longest packet that was read. */
  longest: number;
}

/** What a frame handler works with. */
export interface FrameHandlerParts {
  /** Decides. */
  readonly director: Director;
  /** Which packets come from clients. */
  readonly virtual: DestinationFilter;
  /** The byte order of the machine. */
  readonly isLittleEndian: boolean;
  /** The address beyond the device that wakes the engine, signed. */
  readonly bellWord: number;
  /**
   * Writes a frame.
   *
   * @param bytes - The bytes that hold it.
   * @param offset - Index of its first byte.
   * @param length - Its bytes.
   * @throws {Error} When the device does not take it.
   */
  readonly write: (bytes: Uint8Array, offset: number, length: number) => void;
  /**
   * Called when the bell rings.
   *
   * @param number - How often it has been rung.
   */
  readonly bell: (number: number) => void;
  /** Samples packets of clients; absent: none are sampled. */
  readonly busy?: BusyConnections | undefined;
}

/** Handles frames. */
export class FrameHandler {
  /** Where a frame is read to, from {@link FrameHandler.offset} on. */
  readonly bytes: Uint8Array = new Uint8Array(ROOM + LONGEST_FRAME);
  /** Index of the first byte of a frame, with the header in front of it. */
  readonly offset: number = ROOM;
  /** The most bytes of a frame. */
  readonly longest: number = LONGEST_FRAME;
  /** What was done. */
  readonly counts: FrameCounts = {
    received: 0,
    sent: 0,
    accepted: 0,
    dropped: 0,
    refused: 0,
    longest: 0,
  };
  private readonly parts: FrameHandlerParts;
  private readonly view: DataView;
  private readonly checksum: PartialChecksum;
  /** Receives packets that do not leave in place. */
  private readonly scratch = new Uint8Array(LONGEST_FRAME);
  private readonly gateways = new Map<IpAddress, number>();
  private gatewayMarks: ReadonlyMap<string, number> = new Map();

  /** @param parts - What it works with. */
  constructor(parts: FrameHandlerParts) {
    this.parts = parts;
    this.view = new DataView(this.bytes.buffer);
    this.checksum = new PartialChecksum(parts.isLittleEndian);
  }

  /**
   * Sets the marks that lead to servers of direct routing.
   *
   * @param marks - By the server's address.
   */
  setGateways(marks: ReadonlyMap<string, number>): void {
    this.gatewayMarks = marks;
    this.gateways.clear();
  }

  /**
   * Handles the frame that was read.
   *
   * @param read - How many bytes were read.
   */
  handle(read: number): void {
    const { counts, view, bytes } = this;
    counts.received++;
    const length = read - PREFIX;
    if (length > counts.longest) counts.longest = length;
    const family = this.familyOf(length);
    if (family === undefined || this.isForMany(family)) return;
    if (family === 4 && view.getInt32(IP + 16) === this.parts.bellWord) {
      this.parts.bell(length < BELL_LENGTH ? 0 : view.getUint32(IP + BELL_LENGTH - 4));
      return;
    }
    const { busy } = this.parts;
    const mark = view.getUint32(SOURCE_MARK);
    const isClient = mark !== 0 || this.parts.virtual.isDestination(view, IP, family);
    const weight = busy === undefined ? 0 : busy.sample(view, IP, family, length, isClient);
    raiseHopLimit(bytes, IP);
    this.checksum.begin(bytes, ROOM, ROOM + read);
    const side = isClient ? 'client' : 'server';
    const verdict = this.parts.director.take(bytes, IP, length, side, mark);
    if (weight > 0 && verdict.action === 'forward') this.countSample(weight, isClient, family);
    if (verdict.leaves) this.send(verdict);
    else if (verdict.action === 'accept') this.deliver(length);
    else counts.dropped++;
  }

  private countSample(weight: number, isClient: boolean, family: 4 | 6): void {
    const { busy } = this.parts;
    if (isClient) busy?.forwarded(weight);
    else busy?.forwardedReply(weight, this.view, IP, family);
  }

  /** The version of a packet that may be one. */
  private familyOf(length: number): 4 | 6 | undefined {
    const type = this.view.getUint16(TYPE);
    if (type === TYPE_IPV4 && length >= 20) return 4;
    return type === TYPE_IPV6 && length >= 40 ? 6 : undefined;
  }

  /** Whether a packet is for a group: the host has got it itself. */
  private isForMany(family: 4 | 6): boolean {
    return family === 4 ? this.bytes[IP + 16] >= 224 : this.bytes[IP + 24] === 0xff;
  }

  /** Gives a packet to the host as it came. */
  private deliver(length: number): void {
    this.counts.accepted++;
    this.checksum.reopen(this.bytes);
    this.writeHeader(this.bytes, IP, 0);
    this.write(this.bytes, ROOM, length + PREFIX);
  }

  private send(verdict: Verdict): void {
    const { output } = verdict;
    const mark = this.markOf(output.gateway?.server);
    const { bytes, offset, length } = output;
    if (bytes !== this.bytes || length > output.fragmentLimit) {
      for (const departure of verdict.departures()) this.sendCopy(departure.bytes, mark);
      return;
    }
    this.checksum.reopen(bytes);
    raiseHopLimit(bytes, offset);
    if (offset !== IP) bytes.fill(0, offset - PREFIX, offset - ETHERNET_LENGTH);
    this.writeHeader(bytes, offset, mark);
    this.write(bytes, offset - PREFIX, length + PREFIX);
  }

  private sendCopy(packet: Uint8Array, mark: number): void {
    const { scratch } = this;
    scratch.fill(0, 0, PREFIX);
    scratch.set(packet, PREFIX);
    raiseHopLimit(scratch, PREFIX);
    this.writeHeader(scratch, PREFIX, mark);
    this.write(scratch, 0, packet.length + PREFIX);
  }

  /** Writes the link header in front of a packet: to the device's own address, from one that has the mark. */
  private writeHeader(bytes: Uint8Array, at: number, mark: number): void {
    const start = at - ETHERNET_LENGTH;
    bytes.fill(0, start, at - 2);
    bytes[start] = 2;
    bytes[start + 6] = 2;
    if (mark !== 0) this.writeMark(bytes, start + 8, mark);
    const isIpv6 = bytes[at] >>> 4 === 6;
    bytes[at - 2] = isIpv6 ? 0x86 : 0x08;
    bytes[at - 1] = isIpv6 ? 0xdd : 0;
  }

  /** A mark in the byte order of the machine, as the kernel loads it. */
  private writeMark(bytes: Uint8Array, at: number, mark: number): void {
    for (let i = 0; i < 4; i++) {
      const shift = this.parts.isLittleEndian ? i * 8 : 24 - i * 8;
      bytes[at + i] = mark >>> shift;
    }
  }

  private markOf(gateway: IpAddress | undefined): number {
    if (gateway === undefined) return 0;
    const known = this.gateways.get(gateway);
    if (known !== undefined) return known;
    const mark = this.gatewayMarks.get(gateway.toString()) ?? 0;
    this.gateways.set(gateway, mark);
    return mark;
  }

  private write(bytes: Uint8Array, offset: number, length: number): void {
    try {
      this.parts.write(bytes, offset, length);
      this.counts.sent++;
    } catch {
      this.counts.refused++;
    }
  }
}
