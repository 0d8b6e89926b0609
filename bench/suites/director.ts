/**
 * The suite *director*: the whole way of a frame, by a director that knows so many connections.
 *
 * *known*: a frame of an established connection, drawn by lot: parsed, found, counted, its state and timer
 * moved, rewritten or handed on; one by one, or *batched*, many at a time. *new*: the first frame of a client,
 * which is scheduled and remembered; what that adds to the table stays. Frames have 64 bytes, Ethernet header
 * included; a sample goes through a ring of them, which is written anew outside the timing. The limit is a copy
 * of the frame; with so many connections that memory is slow, one dependent random access to what the frames
 * touch of the table.
 */
import { ManualClock, seededRandom } from 'ipvs';
import { Director } from 'ipvs/director';
import { schedulersByName } from 'ipvs/schedulers';
import { MacAddress, TCP_FLAG, writeEthernetHeader } from 'ipvs/wire';
import { DependentAccess } from '../published/memory-limits.js';
import { LIMIT, OURS, type Job, type Prepared, type Suite } from '../harness/suite.js';
import { Draws } from '../published/table-clients.js';
import { RANDOM_ACCESS } from '../published/table-suite.js';
import { DirectorRing, FRAME } from '../harness/director-ring.js';
import { LINK_HEADER, RING, segmentOf, SERVICE } from '../harness/frames.js';

const FEW = 1000;
const MANY = 1_000_000;
const SERVERS = 16;
const METHODS = { NAT: 'masquerading', 'direct routing': 'gatewaying' } as const;
const FRAME_COPY = `${LIMIT}frame copy`;
/** What a frame touches of the table: a line of the index, and the record of its entry. */
const BYTES_PER_CONNECTION = 128;
const SEED = 5;
const IPV4_TYPE = 0x0800;

type Method = keyof typeof METHODS;

const neighbor = new MacAddress(0x0201, 0x0a000007);
const link = {
  client: new MacAddress(0x0200, 0x0d00),
  server: new MacAddress(0x0200, 0x0d01),
  resolveNeighbor: () => neighbor,
};

/** The suite. */
export const suite: Suite = {
  name: 'director',
  operation: 'one frame',
  jobs: () =>
    [FEW, MANY].flatMap((n) =>
      (['direct routing', 'NAT'] as const).flatMap((method) => [
        jobOf(method, 'known', n),
        jobOf(method, 'batched', n),
        jobOf(method, 'new', n),
      ]),
    ),
  prepare(job, impl) {
    if (impl === FRAME_COPY) return new FrameCopy(impl);
    if (impl === RANDOM_ACCESS) return new DependentAccess(impl, job.n * BYTES_PER_CONNECTION);
    return job.subject === 'new' ? newcomers(job) : knownFrames(job);
  },
};

function jobOf(method: Method, subject: string, n: number): Job {
  const limit = n === MANY && subject !== 'new' ? RANDOM_ACCESS : FRAME_COPY;
  return { job: `${method}, ${subject}`, subject, n, impls: [OURS, limit], limit };
}

/** Frames of connections that the director knows. */
function knownFrames(job: Job): Prepared {
  const director = directorFor(job);
  const frames = new Uint8Array(job.n * FRAME);
  for (let client = 0; client < job.n; client++) {
    director.receive(frameOf(client, TCP_FLAG.SYN));
    director.receive(frameOf(client, TCP_FLAG.ACK));
    frames.set(frameOf(client, TCP_FLAG.ACK), client * FRAME);
  }
  const ring = new DirectorRing();
  const draws = new Draws();
  const restore = (): void => {
    for (let place = 0; place < RING; place++) {
      const at = draws.below(job.n) * FRAME;
      ring.write(place, frames.subarray(at, at + FRAME));
    }
  };
  restore();
  const run =
    job.subject === 'batched'
      ? (count: number): void => ring.sendBatch(director, count)
      : (count: number): void => ring.send(director, count);
  return { impl: OURS, run, restore, largestBatch: RING };
}

/** First frames of new clients. */
function newcomers(job: Job): Prepared {
  const director = directorFor(job);
  let next = 0;
  for (; next < job.n; next++) director.receive(frameOf(next, TCP_FLAG.SYN));
  const ring = new DirectorRing();
  const restore = (): void => {
    for (let place = 0; place < RING; place++) ring.write(place, frameOf(next++, TCP_FLAG.SYN));
  };
  restore();
  return { impl: OURS, run: (count) => ring.send(director, count), restore, largestBatch: RING };
}

function directorFor(job: Job): Director {
  const method = job.job.slice(0, job.job.indexOf(',')) as Method;
  const director = new Director({
    schedulers: schedulersByName,
    clock: new ManualClock(),
    random: seededRandom(SEED),
    host: { link },
  });
  director.addService(SERVICE, { scheduler: 'wlc' });
  const port = method === 'NAT' ? 8080 : SERVICE.port;
  for (let i = 0; i < SERVERS; i++) {
    const address = `10.0.0.${i + 2}`;
    director.addServer(SERVICE, { address, port, forwardingMethod: METHODS[method] });
  }
  return director;
}

function frameOf(client: number, flags: number): Uint8Array {
  const frame = new Uint8Array(FRAME);
  frame.set(segmentOf(client, flags), LINK_HEADER);
  writeEthernetHeader(new DataView(frame.buffer), 0, link.client, neighbor, IPV4_TYPE);
  return frame;
}

/** Copies frames from one place to another. */
class FrameCopy implements Prepared {
  readonly impl: string;
  readonly largestBatch = RING;
  private readonly target = new Uint8Array(RING * FRAME);
  private readonly frame = frameOf(0, TCP_FLAG.ACK);

  /** @param impl - What the limit is called. */
  constructor(impl: string) {
    this.impl = impl;
  }

  run(count: number): void {
    const { target, frame } = this;
    for (let place = 0; place < count; place++) target.set(frame, place * FRAME);
  }
}
