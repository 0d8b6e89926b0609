/**
 * The whole way of a packet through a director, beside what the machine can do: for few flows the copy of
 * a frame, for a million flows one random dependent memory access over as many bytes.
 *
 * Frames have 64 bytes, Ethernet header included; each sample takes 1024 of them from a ring that is
 * written anew outside the timing. Rows alternate, and the best of many samples counts. Run:
 * `npx esbuild bench/director.ts --bundle --platform=node --format=esm --outfile=$TMPDIR/director.mjs &&
 * node $TMPDIR/director.mjs [flows …]`
 */
import { ManualClock } from '../src/clock.js';
import { Director, type PacketBatch } from '../src/director/index.js';
import { IpAddress } from '../src/ip-address.js';
import type { ForwardingMethod } from '../src/model/forwarding-method.js';
import { seededRandom } from '../src/random.js';
import { schedulersByName } from '../src/schedulers/index.js';
import { encodePacket, MacAddress, TCP_FLAG, writeEthernetHeader } from '../src/wire/index.js';
import { clientAddress, clientPort, dependentAccess, Random } from './table-support.js';

const FRAME = 64;
const RING = 1024;
const SAMPLES = 400;
const WARM_UP = 100;
const SERVERS = 16;
const SERVICE = { address: '192.168.101.10', port: 80 };

const neighbour = new MacAddress(0x0201, 0x0a000007);
const link = {
  client: new MacAddress(0x0200, 0x0d00),
  server: new MacAddress(0x0200, 0x0d01),
  neighbourOf: () => neighbour,
};

function directorOf(forwardingMethod: ForwardingMethod): Director {
  const clock = new ManualClock();
  const random = seededRandom(1);
  const director = new Director({ schedulers: schedulersByName, clock, random, host: { link } });
  director.addService(SERVICE, { scheduler: 'wlc' });
  const port = forwardingMethod === 'masquerading' ? 8080 : 80;
  for (let i = 0; i < SERVERS; i++) {
    director.addServer(SERVICE, { address: `10.0.0.${i + 2}`, port, forwardingMethod });
  }
  return director;
}

function frameOf(flow: number, flags: number): Uint8Array {
  const transport = {
    type: 'tcp',
    sourcePort: clientPort(flow),
    destinationPort: 80,
    flags,
  } as const;
  const source = IpAddress.fromIpv4(clientAddress(flow));
  const frame = new Uint8Array(FRAME);
  frame.set(encodePacket({ source, destination: SERVICE.address, transport }, 14));
  writeEthernetHeader(new DataView(frame.buffer), 0, link.client, neighbour, 0x0800);
  return frame;
}

/** A ring of frames of flows, written from bytes made before. */
class Ring {
  readonly batch: PacketBatch = {
    bytes: new Uint8Array(RING * FRAME),
    offsets: Int32Array.from({ length: RING }, (_, place) => place * FRAME),
    lengths: new Int32Array(RING).fill(FRAME),
    count: RING,
  };
  private readonly frames: Uint8Array;
  private readonly flows: number;
  private readonly random = new Random();

  constructor(flows: number) {
    this.flows = flows;
    this.frames = new Uint8Array(flows * FRAME);
    for (let flow = 0; flow < flows; flow++) {
      this.frames.set(frameOf(flow, TCP_FLAG.ACK), flow * FRAME);
    }
  }

  restore(): void {
    const { frames, flows, random } = this;
    for (let place = 0; place < RING; place++) {
      const at = random.below(flows) * FRAME;
      this.batch.bytes.set(frames.subarray(at, at + FRAME), place * FRAME);
    }
  }
}

interface Row {
  readonly name: string;
  readonly ring: Ring;
  readonly run: (ring: Ring) => void;
  best: number;
}

function rowsOf(method: ForwardingMethod, ring: Ring, flows: number): Row[] {
  const director = directorOf(method);
  for (let flow = 0; flow < flows; flow++) {
    director.receive(frameOf(flow, TCP_FLAG.SYN));
    director.receive(frameOf(flow, TCP_FLAG.ACK));
  }
  let forwarded = 0;
  const single = ({ batch }: Ring): void => {
    for (let place = 0; place < RING; place++) {
      const { leaves } = director.take(batch.bytes, place * FRAME, FRAME, 'client');
      if (leaves) forwarded++;
    }
  };
  const batched = ({ batch }: Ring): void =>
    director.receiveBatch(batch, (verdict) => {
      if (verdict.leaves) forwarded++;
    });
  return [
    { name: `${method}, one by one`, ring, run: single, best: Infinity },
    { name: `${method}, in a batch`, ring, run: batched, best: Infinity },
  ];
}

function copyRow(ring: Ring): Row {
  const target = new Uint8Array(RING * FRAME);
  const frame = frameOf(0, TCP_FLAG.ACK);
  const run = (): void => {
    for (let place = 0; place < RING; place++) target.set(frame, place * FRAME);
  };
  return { name: 'copy of a frame', ring, run, best: Infinity };
}

function measure(rows: readonly Row[]): void {
  for (let sample = 0; sample < WARM_UP + SAMPLES; sample++) {
    for (const row of rows) {
      row.ring.restore();
      const begin = process.hrtime.bigint();
      row.run(row.ring);
      const nanoseconds = process.hrtime.bigint() - begin;
      const spent = Number(nanoseconds) / RING;
      if (sample >= WARM_UP && spent < row.best) row.best = spent;
    }
  }
}

function report(flows: number): void {
  const ring = new Ring(flows);
  const copy = copyRow(ring);
  const methods = (process.env['METHODS'] ?? 'gatewaying,masquerading').split(',');
  const rows = methods.flatMap((method) => rowsOf(method as ForwardingMethod, ring, flows));
  measure([copy, ...rows]);
  // What a packet touches of the table: a line of the index and the record of its entry.
  const access = dependentAccess(flows * 128);
  const limit = flows > 100_000 ? access : copy.best;
  console.log(`${flows} flows: copy ${copy.best.toFixed(1)} ns, access ${access.toFixed(1)} ns`);
  for (const { name, best } of rows) {
    console.log(`  ${name}: ${best.toFixed(1)} ns = ${(best / limit).toFixed(2)} limits`);
  }
}

const sizes = process.argv.slice(2).map(Number);
for (const flows of sizes.length > 0 ? sizes : [1000, 1_000_000]) report(flows);
