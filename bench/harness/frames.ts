/**
 * Frames to measure with: rings of them, side by side, which can be put back as they were.
 */
import { IpAddress } from 'ipvs';
import { encodePacket, MacAddress, writeEthernetHeader } from 'ipvs/wire';
import type { PacketDescription } from 'ipvs/wire';
import { clientAddress, clientPort } from '../published/table-clients.js';

/** Room before each frame, for the headers of tunnels. */
export const HEADROOM = 64;

/** Bytes of an Ethernet header. */
export const LINK_HEADER = 14;

/** Frames per ring: as many as are timed at once. */
export const RING = 1024;

/** The virtual service of {@link segmentOf}. */
export const SERVICE = { address: '192.168.0.1', port: 80 };

const IPV4_HEADER = 20;
const TRANSPORT_HEADER = { tcp: 20, udp: 8 };
const IPV4_TYPE = 0x0800;

/**
 * Makes the packet of a client's TCP segment to {@link SERVICE}.
 *
 * @param client - The client's number.
 * @param flags - The segment's.
 * @param number - Its sequence and acknowledgment number.
 * @returns The packet.
 */
export function segmentOf(client: number, flags: number, number = 0): Uint8Array {
  return encodePacket({
    source: IpAddress.fromIpv4(clientAddress(client)),
    destination: SERVICE.address,
    transport: {
      type: 'tcp',
      sourcePort: clientPort(client),
      destinationPort: SERVICE.port,
      flags,
      sequenceNumber: number,
      acknowledgmentNumber: number,
    },
  });
}

/**
 * Makes a frame with good checksums.
 *
 * @param transport - Its transport protocol.
 * @param length - Its bytes, 64–1514.
 * @returns The frame.
 */
export function frameOf(transport: 'tcp' | 'udp', length: number): Uint8Array {
  const headers = LINK_HEADER + IPV4_HEADER + TRANSPORT_HEADER[transport];
  const description: PacketDescription = {
    source: '198.51.100.7',
    destination: '192.168.0.1',
    timeToLive: 255,
    dontFragment: true,
    transport: { type: transport, sourcePort: 40_000, destinationPort: 80 },
    payload: new Uint8Array(length - headers).fill(0x5a),
  };
  const frame = encodePacket(description, LINK_HEADER);
  const [to, from] = [new MacAddress(0x0200, 0x0d00), new MacAddress(0x0201, 0x0a000007)];
  writeEthernetHeader(new DataView(frame.buffer), 0, to, from, IPV4_TYPE);
  return frame;
}

/** Frames in one buffer, one after the other, each with room before it. */
export class FrameRing {
  readonly bytes: Uint8Array;
  readonly offsets: readonly number[];
  /** Each frame by itself. */
  readonly frames: readonly Uint8Array[];
  /** The bytes of each frame. */
  readonly length: number;
  private readonly image: Uint8Array;

  /** @param frames - The frames, all of the same length. */
  constructor(frames: readonly Uint8Array[]) {
    this.length = frames[0].length;
    const stride = HEADROOM + Math.ceil(this.length / 64) * 64;
    this.bytes = new Uint8Array(stride * frames.length);
    this.offsets = frames.map((_, index) => index * stride + HEADROOM);
    for (const [index, frame] of frames.entries()) {
      this.bytes.set(frame, this.offsets[index]);
    }
    this.frames = this.offsets.map((offset) => this.bytes.subarray(offset, offset + this.length));
    this.image = this.bytes.slice();
  }

  /** Puts all frames back as they were. */
  restore(): void {
    this.bytes.set(this.image);
  }
}

/**
 * Makes a ring of equal frames.
 *
 * @param transport - Their transport protocol.
 * @param length - Their bytes.
 * @returns The ring.
 */
export function ringOf(transport: 'tcp' | 'udp', length: number): FrameRing {
  const frame = frameOf(transport, length);
  return new FrameRing(Array.from({ length: RING }, () => frame));
}
