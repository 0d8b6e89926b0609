/**
 * What people rewrite packets with when they have no library for it: `Buffer`, or packages that decode and encode.
 */
import { LINK_HEADER, type FrameRing } from '../harness/frames.js';
import { loadRival } from './packages.js';

/** Address translation by `Buffer`'s methods, with all checksums added up anew. */
export const BUFFER_NAT = 'Buffer, full checksum';

/** The two packages together. */
export const PACKAGES = 'ip-packet + udp-packet';

const SERVER = '10.0.0.7';
const SERVER_WORD = 0x0a000007;
const SERVER_PORT = 8080;

interface IpPacket {
  decode(state: State): DecodedIp;
  encode(state: State, packet: object): void;
}

interface State {
  buffer: Buffer;
  start: number;
  end: number;
}

interface DecodedIp {
  readonly sourceIp: string;
  readonly data: Buffer;
  readonly ttl: number;
}

interface UdpPacket {
  decode(buffer: Buffer): { sourcePort: number; data: Buffer };
  encode(packet: object): Buffer;
}

/**
 * The packages of {@link PACKAGES}.
 *
 * @returns Their names.
 */
export function packagesOf(): readonly string[] {
  return ['ip-packet', 'udp-packet'];
}

/**
 * Makes the loop of a rival.
 *
 * @param job - `'parse, UDP'`, or a kind of address translation.
 * @param impl - The rival.
 * @param ring - The frames.
 * @returns What does the job to the first frames of the ring.
 */
export function rivalLoop(job: string, impl: string, ring: FrameRing): (count: number) => void {
  const buffers = ring.frames.map((frame) =>
    Buffer.from(frame.buffer, frame.byteOffset + LINK_HEADER, frame.length - LINK_HEADER),
  );
  const act = impl === BUFFER_NAT ? translateTcp : packageAction(job);
  return (count) => {
    for (let i = 0; i < count; i++) act(buffers[i]);
  };
}

function packageAction(job: string): (buffer: Buffer) => void {
  const ip = loadRival('ip-packet') as IpPacket;
  const udp = loadRival('udp-packet') as UdpPacket;
  const decode = (buffer: Buffer): DecodedIp => ip.decode({ buffer, start: 0, end: buffer.length });
  if (job.startsWith('parse')) return (buffer) => void udp.decode(decode(buffer).data);
  return (buffer) => {
    const packet = decode(buffer);
    const datagram = udp.decode(packet.data);
    const ends = { sourceIp: packet.sourceIp, destinationIp: SERVER };
    const data = udp.encode({ ...datagram, ...ends, destinationPort: SERVER_PORT });
    ip.encode({ buffer, start: 0, end: buffer.length }, { ...packet, ...ends, data });
  };
}

/** Rewrites destination address and port, and both checksums. */
function translateTcp(buffer: Buffer): void {
  const headerLength = (buffer.readUInt8(0) & 15) * 4;
  const length = buffer.readUInt16BE(2);
  buffer.writeInt32BE(SERVER_WORD, 16);
  buffer.writeUInt16BE(SERVER_PORT, headerLength + 2);
  buffer.writeUInt16BE(0, 10);
  buffer.writeUInt16BE(folded(sumOf(buffer, 0, headerLength)), 10);
  buffer.writeUInt16BE(0, headerLength + 16);
  const pseudoHeader = sumOf(buffer, 12, 20) + 6 + length - headerLength;
  buffer.writeUInt16BE(
    folded(pseudoHeader + sumOf(buffer, headerLength, length)),
    headerLength + 16,
  );
}

function sumOf(buffer: Buffer, start: number, end: number): number {
  let sum = 0;
  for (let at = start; at + 1 < end; at += 2) sum += buffer.readUInt16BE(at);
  return (end - start) % 2 === 1 ? sum + (buffer.readUInt8(end - 1) << 8) : sum;
}

function folded(sum: number): number {
  let rest = sum;
  while (rest > 0xffff) rest = (rest & 0xffff) + (rest >>> 16);
  return ~rest & 0xffff;
}
