/**
 * What forwarding costs, beside a copy of the same frame in the same run.
 *
 * Every row takes the same ring of frames, restored outside the timing, and is timed a thousand
 * packets at a time; rows alternate, and the median of many samples counts. Run with
 * `npm run bench:wire`, or bundle with esbuild and start with node.
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
import { createTunnel } from '../src/model/forwarding-method.js';
import {
  checksum,
  encodePacket,
  MacAddress,
  Packet,
  type TransportDescription,
  writeEthernetHeader,
} from '../src/wire/index.js';

/** Packets per sample; frames of one sample lie side by side in at most 128 KiB. */
const PACKETS = 1024;
const SAMPLES = 400;
const WARM_UP = 100;
const HEADROOM = 64;

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

  constructor(frame: Uint8Array) {
    const stride = HEADROOM + Math.ceil(frame.length / 64) * 64;
    // Short frames are used once per sample, since a tunnel's headers replace the link header.
    const count = frame.length > 128 ? 64 : PACKETS;
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
  const ring = new Ring(frame);
  const run = (): void => {
    const { slots, rounds } = ring;
    for (let round = 0; round < rounds; round++) for (const slot of slots) slot.set(frame);
    sink ^= ring.bytes[HEADROOM] as number;
  };
  return { name: 'copy', length: frame.length, restore: () => ring.restore(), run };
}

function forwardRow(name: string, forwarder: Forwarder, frame: Uint8Array, type = 'ipip'): Row {
  const ring = new Ring(frame);
  const packet = new Packet();
  const output = new ForwardingOutput({ headroom: HEADROOM });
  const writer = new FrameWriter(environment, link);
  const target = new ForwardingTarget();
  target.setServer(server, 8080);
  target.setVirtual(virtual, 80);
  target.tunnel = createTunnel({ type: type as 'ipip', port: type === 'gue' ? 6080 : 0 });
  const { bytes, offsets, length, rounds } = ring;
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
  return { name, length: frame.length, restore: () => ring.restore(), run };
}

/** What people write without a library: Buffer methods, and a checksum over everything. */
function naiveRow(frame: Uint8Array): Row {
  const ring = new Ring(frame);
  const buffers = ring.slots.map((slot) => Buffer.from(slot.buffer, slot.byteOffset, slot.length));
  const rewrite = (buffer: Buffer): void => {
    const ip = 14;
    const headerLength = (buffer.readUInt8(ip) & 15) * 4;
    const length = buffer.readUInt16BE(ip + 2);
    buffer.writeUInt8(buffer.readUInt8(ip + 8) - 1, ip + 8);
    buffer.writeInt32BE(server.word3, ip + 16);
    buffer.writeUInt16BE(0, ip + 10);
    let sum = 0;
    for (let at = 0; at < headerLength; at += 2) sum += buffer.readUInt16BE(ip + at);
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
    buffer.writeUInt16BE(~sum & 0xffff, ip + 10);
    const tcp = ip + headerLength;
    buffer.writeUInt16BE(8080, tcp + 2);
    buffer.writeUInt16BE(0, tcp + 16);
    const payload = length - headerLength;
    sum = 6 + payload;
    for (let at = 12; at < 20; at += 2) sum += buffer.readUInt16BE(ip + at);
    for (let at = 0; at + 1 < payload; at += 2) sum += buffer.readUInt16BE(tcp + at);
    if (payload % 2 === 1) sum += buffer.readUInt8(tcp + payload - 1) << 8;
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
    buffer.writeUInt16BE(~sum & 0xffff, tcp + 16);
  };
  const run = (): void => {
    for (let round = 0; round < ring.rounds; round++) for (const buffer of buffers) rewrite(buffer);
  };
  return {
    name: 'naive NAT (Buffer, full checksum)',
    length: frame.length,
    restore: () => ring.restore(),
    run,
  };
}

function checksumRow(frame: Uint8Array): Row {
  const run = (): void => {
    for (let index = 0; index < PACKETS; index++) sink ^= checksum(frame, 14, frame.length - 14);
  };
  return { name: 'full checksum alone', length: frame.length, restore: () => undefined, run };
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] as number;

function measure(rows: readonly Row[]): Map<Row, number> {
  const times = new Map<Row, number[]>(rows.map((row) => [row, []]));
  for (let sample = 0; sample < WARM_UP + SAMPLES; sample++) {
    for (const row of rows) {
      row.restore();
      const begin = process.hrtime.bigint();
      row.run();
      const spent = Number(process.hrtime.bigint() - begin) / PACKETS;
      if (sample >= WARM_UP) times.get(row)?.push(spent);
    }
  }
  return new Map([...times].map(([row, values]) => [row, median(values)]));
}

const short = frameOf('tcp', 64);
const shortUdp = frameOf('udp', 64);
const long = frameOf('tcp', 1514);
const nat = masquerading(environment);
const dr = gatewaying(environment);
const rows = [
  copyRow(short),
  forwardRow('direct routing', dr, short),
  forwardRow('NAT TCP', nat, short),
  forwardRow('NAT UDP', nat, shortUdp),
  forwardRow('tunnel ipip', tunneling(environment), short),
  forwardRow('tunnel GUE', tunneling(environment), short, 'gue'),
  copyRow(long),
  forwardRow('NAT TCP', nat, long),
  naiveRow(long),
  checksumRow(long),
];
const times = measure(rows);
const base = times.get(rows[0] as Row) as number;
console.log(`node ${process.version}; each packet: parse, forward, link header`);
for (const [row, time] of times)
  console.log(
    `${`${row.name}, ${row.length} bytes`.padEnd(46)} ${time.toFixed(1).padStart(8)} ns  ${(time / base).toFixed(2).padStart(7)} × copy of 64 bytes`,
  );
const natLong = times.get(rows[7] as Row) as number;
const naive = times.get(rows[8] as Row) as number;
console.log(`NAT at 1514 bytes: ${(naive / natLong).toFixed(1)} times as fast as naive NAT`);
if (sink === 0.5) console.log(sink);
