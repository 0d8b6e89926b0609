/**
 * What forwarding costs, beside a copy of the same frame in the same run.
 *
 * `forward` rows time the forwarding method alone, on packets that were parsed before; `path` rows time
 * parsing, forwarding and the link header. Frames are restored outside the timing; rows alternate, 512
 * packets a sample, and the median of many samples counts. The limits are those of the forwarding methods. Bundle
 * with esbuild and start with node.
 */
import {
  ForwardingOutput,
  ForwardingTarget,
  FrameWriter,
  type Forwarder,
  type ForwardingEnvironment,
  gatewaying,
  type LinkLayer,
  masquerading,
  tunneling,
} from '../src/forwarding/index.js';
import { IpAddress } from '../src/ip-address.js';
import { createTunnel, type Tunnel } from '../src/model/forwarding-method.js';
import {
  encodePacket,
  MacAddress,
  Packet,
  type TransportDescription,
  writeEthernetHeader,
} from '../src/wire/index.js';

/** Packets per sample. */
const PACKETS = 512;
const SAMPLES = 400;
const WARM_UP = 100;
const HEADROOM = 64;
/** Frames that are used again and again within a sample; a path through a tunnel needs fresh ones. */
const FEW = 64;

const client = IpAddress.parse('198.51.100.7');
const virtual = IpAddress.parse('192.168.0.1');
const server = IpAddress.parse('10.0.0.7');

const environment: ForwardingEnvironment = {
  client: { ipv4: IpAddress.parse('192.168.100.1'), mtu: 1500 },
  server: { ipv4: IpAddress.parse('10.0.0.1'), mtu: 9000 },
  pathMtuDiscovery: true,
  localityOf: () => 'foreign',
  millisecondsOfDay: () => 0,
  nextIdentification: () => 1,
};
const neighbour = new MacAddress(0x0201, 0x0a000007);
const link: LinkLayer = {
  client: new MacAddress(0x0200, 0x0d00),
  server: new MacAddress(0x0200, 0x0d01),
  neighbourOf: () => neighbour,
};

/** A frame of a given length, with good checksums. */
function frameOf(type: 'tcp' | 'udp', length: number): Uint8Array {
  const transport: TransportDescription = { type, sourcePort: 40000, destinationPort: 80 };
  const payload = new Uint8Array(length - 14 - 20 - (type === 'tcp' ? 20 : 8)).fill(0x5a);
  const frame = encodePacket(
    {
      source: client,
      destination: virtual,
      timeToLive: 255,
      dontFragment: true,
      transport,
      payload,
    },
    14,
  );
  writeEthernetHeader(new DataView(frame.buffer), 0, link.client, neighbour, 0x0800);
  return frame;
}

interface Row {
  readonly name: string;
  readonly length: number;
  readonly restore: () => void;
  readonly run: () => void;
}

let sink = 0;

/** A ring of equal frames in one buffer, with headroom before each. */
class Ring {
  readonly bytes: Uint8Array;
  readonly offsets: number[] = [];
  readonly slots: Uint8Array[] = [];
  readonly length: number;
  readonly rounds: number;
  private readonly image: Uint8Array;

  constructor(frame: Uint8Array, count: number) {
    const stride = HEADROOM + Math.ceil(frame.length / 64) * 64;
    this.rounds = PACKETS / count;
    this.length = frame.length;
    this.bytes = new Uint8Array(stride * count);
    for (let index = 0; index < count; index++) {
      const offset = index * stride + HEADROOM;
      this.bytes.set(frame, offset);
      this.offsets.push(offset);
      this.slots.push(this.bytes.subarray(offset, offset + frame.length));
    }
    this.image = this.bytes.slice();
  }

  restore(): void {
    this.bytes.set(this.image);
  }
}

function copyRow(frame: Uint8Array): Row {
  const ring = new Ring(frame, FEW);
  const run = (): void => {
    const { slots, rounds } = ring;
    for (let round = 0; round < rounds; round++) for (const slot of slots) slot.set(frame);
    sink ^= ring.bytes[HEADROOM] as number;
  };
  return { name: 'copy', length: frame.length, restore: () => ring.restore(), run };
}

/** What a connection of the benchmark needs. */
function targetFor(type: Tunnel['type']): ForwardingTarget {
  const target = new ForwardingTarget();
  target.setServer(server, 8080);
  target.setVirtual(virtual, 80);
  target.tunnel = createTunnel({ type, port: type === 'gue' ? 6080 : 0 });
  return target;
}

function parseRow(frame: Uint8Array): Row {
  const ring = new Ring(frame, FEW);
  const packet = new Packet();
  const { bytes, offsets, length, rounds } = ring;
  const run = (): void => {
    for (let round = 0; round < rounds; round++) {
      for (const offset of offsets) {
        if (packet.parseFrame(bytes, offset, length) !== 'ok') throw new Error('parse');
        sink ^= packet.end;
      }
    }
  };
  return { name: 'parse', length: frame.length, restore: () => undefined, run };
}

function forwardRow(
  name: string,
  make: () => Forwarder,
  frame: Uint8Array,
  type: Tunnel['type'] = 'ipip',
): Row {
  const ring = new Ring(frame, FEW);
  const { bytes, offsets, length, rounds } = ring;
  const packets = offsets.map((offset) => {
    const packet = new Packet();
    if (packet.parseFrame(bytes, offset, length) !== 'ok') throw new Error('parse');
    return packet;
  });
  const forwarder = make();
  const output = new ForwardingOutput({ headroom: HEADROOM });
  const target = targetFor(type);
  const run = (): void => {
    for (let round = 0; round < rounds; round++) {
      for (const packet of packets) {
        if (forwarder.forward(packet, target, output) !== 'forward') throw new Error(output.reason);
        sink ^= output.length;
      }
    }
  };
  return { name: `forward: ${name}`, length: frame.length, restore: () => ring.restore(), run };
}

function pathRow(
  name: string,
  make: () => Forwarder,
  frame: Uint8Array,
  type: Tunnel['type'] = 'ipip',
): Row {
  const ring = new Ring(frame, frame.length > 128 ? FEW : PACKETS);
  const { bytes, offsets, length, rounds } = ring;
  const forwarder = make();
  const packet = new Packet();
  const output = new ForwardingOutput({ headroom: HEADROOM });
  const writer = new FrameWriter(environment, link);
  const target = targetFor(type);
  const run = (): void => {
    for (let round = 0; round < rounds; round++) {
      for (const offset of offsets) {
        if (packet.parseFrame(bytes, offset, length) !== 'ok') throw new Error('parse');
        if (forwarder.forward(packet, target, output) !== 'forward') throw new Error(output.reason);
        writer.begin(output);
        writer.next();
        sink ^= writer.length;
      }
    }
  };
  return { name: `path: ${name}`, length: frame.length, restore: () => ring.restore(), run };
}

/** What people write without a library: Buffer methods, and a checksum over everything. */
function rewriteNaively(buffer: Buffer): void {
  const ip = 14;
  const headerLength = (buffer.readUInt8(ip) & 15) * 4;
  const payload = buffer.readUInt16BE(ip + 2) - headerLength;
  const tcp = ip + headerLength;
  buffer.writeUInt8(buffer.readUInt8(ip + 8) - 1, ip + 8);
  buffer.writeInt32BE(server.word3, ip + 16);
  buffer.writeUInt16BE(0, ip + 10);
  buffer.writeUInt16BE(sumNaively(buffer, ip, headerLength, 0), ip + 10);
  buffer.writeUInt16BE(8080, tcp + 2);
  buffer.writeUInt16BE(0, tcp + 16);
  let pseudo = 6 + payload;
  for (let at = 12; at < 20; at += 2) pseudo += buffer.readUInt16BE(ip + at);
  buffer.writeUInt16BE(sumNaively(buffer, tcp, payload, pseudo), tcp + 16);
}

function sumNaively(buffer: Buffer, offset: number, length: number, start: number): number {
  let sum = start;
  for (let at = 0; at + 1 < length; at += 2) sum += buffer.readUInt16BE(offset + at);
  if (length % 2 === 1) sum += buffer.readUInt8(offset + length - 1) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function naiveRow(frame: Uint8Array): Row {
  const ring = new Ring(frame, FEW);
  const buffers = ring.slots.map((slot) => Buffer.from(slot.buffer, slot.byteOffset, slot.length));
  const run = (): void => {
    for (let round = 0; round < ring.rounds; round++)
      for (const buffer of buffers) rewriteNaively(buffer);
  };
  return {
    name: 'Buffer methods, full checksum',
    length: frame.length,
    restore: () => ring.restore(),
    run,
  };
}

const nanoseconds = (span: bigint): number => Number(span);

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] as number;

function measure(rows: readonly Row[]): Map<Row, number> {
  const times = new Map<Row, number[]>(rows.map((row) => [row, []]));
  for (let sample = 0; sample < WARM_UP + SAMPLES; sample++) {
    for (const row of rows) {
      row.restore();
      const begin = process.hrtime.bigint();
      row.run();
      const spent = nanoseconds(process.hrtime.bigint() - begin) / PACKETS;
      if (sample >= WARM_UP) times.get(row)?.push(spent);
    }
  }
  return new Map([...times].map(([row, values]) => [row, median(values)]));
}

const short = frameOf('tcp', 64);
const shortUdp = frameOf('udp', 64);
const long = frameOf('tcp', 1514);
const nat = (): Forwarder => masquerading(environment);
const direct = (): Forwarder => gatewaying(environment);
const tunnel = (): Forwarder => tunneling(environment);

const base = copyRow(short);
const limits: [Row, number][] = [
  [forwardRow('direct routing', direct, short), 1.5],
  [forwardRow('NAT TCP', nat, short), 3],
  [forwardRow('NAT UDP', nat, shortUdp), 3],
  [forwardRow('NAT TCP', nat, long), 3],
  [forwardRow('tunnel ipip', tunnel, short), 2.5],
];
const naive = naiveRow(long);
const rest = [
  forwardRow('tunnel GUE', tunnel, short, 'gue'),
  parseRow(short),
  pathRow('direct routing', direct, short),
  pathRow('NAT TCP', nat, short),
  pathRow('NAT UDP', nat, shortUdp),
  pathRow('NAT TCP', nat, long),
  pathRow('tunnel ipip', tunnel, short),
  copyRow(long),
  naive,
];
const times = measure([base, ...limits.map(([row]) => row), ...rest]);
const baseTime = times.get(base) as number;

console.log(`node ${process.version}, beside a copy of 64 bytes (Uint8Array.set)`);
for (const [row, time] of times) {
  const name = `${row.name}, ${row.length} bytes`.padEnd(44);
  const ratio = time / baseTime;
  const limit = limits.find(([candidate]) => candidate === row)?.[1];
  const verdict =
    limit === undefined ? '' : `  limit ${limit}: ${ratio <= limit ? 'kept' : 'MISSED'}`;
  console.log(
    `${name} ${time.toFixed(1).padStart(9)} ns ${ratio.toFixed(2).padStart(8)} ×${verdict}`,
  );
}
const faster = (times.get(naive) as number) / (times.get(limits[3]?.[0] as Row) as number);
console.log(
  `NAT of 1514 bytes is ${faster.toFixed(0)} times as fast as with Buffer methods  limit 15: ${faster >= 15 ? 'kept' : 'MISSED'}`,
);
if (sink === 0.5) console.log(sink);
