/**
 * The suite *conntrack*: what connection tracking adds to the path of a frame.
 *
 * A frame of an established connection that is masqueraded, drawn by lot, as in the suite *director*: without tracking,
 * tracked, and with its source translated, too. The last adds a second rewriting. The limit is the director
 * without tracking.
 */
import { IpAddress, ManualClock, seededRandom } from 'ipvs';
import { ConnectionTracking } from 'ipvs/conntrack';
import { Director } from 'ipvs/director';
import { encodePacket, MacAddress, TCP_FLAG, writeEthernetHeader } from 'ipvs/wire';
import { DirectorRing, FRAME } from '../harness/director-ring.js';
import { LINK_HEADER, RING, segmentOf, SERVICE } from '../harness/frames.js';
import { LIMIT, OURS, type Job, type Prepared, type Suite } from '../harness/suite.js';
import { Draws } from '../published/table-clients.js';

/** Connections by subject: of one own address, 16 servers have room for so many that are translated. */
const COUNTS = { tracked: [1000, 1_000_000], 'source translated': [1000, 100_000] } as const;
const WITHOUT = `${LIMIT}without tracking`;
/** Tracking may add a quarter. */
const TRACKED_GOAL = 1.25;
const SERVERS = 16;
const SERVER_PORT = 8080;
const SEED = 5;
const IPV4_TYPE = 0x0800;

const neighbor = new MacAddress(0x0201, 0x0a000007);
const link = {
  client: new MacAddress(0x0200, 0x0d00),
  server: new MacAddress(0x0200, 0x0d01),
  resolveNeighbor: () => neighbor,
};

/** The suite. */
export const suite: Suite = {
  name: 'conntrack',
  operation: 'one frame',
  jobs: () =>
    Object.entries(COUNTS).flatMap(([subject, counts]) =>
      counts.map((n) => ({
        job: subject,
        subject,
        n,
        impls: [OURS, WITHOUT],
        limit: WITHOUT,
        ...(subject === 'tracked' && { goal: TRACKED_GOAL }),
      })),
    ),
  prepare: (job, impl) => prepared(job, impl),
};

function prepared(job: Job, impl: string): Prepared {
  const director = directorFor(impl === WITHOUT ? 'untracked' : job.subject);
  const frames = new Uint8Array(job.n * FRAME);
  for (let client = 0; client < job.n; client++) {
    const toServer = director.receive(frameOf(client, TCP_FLAG.SYN)).departures()[0];
    if (toServer !== undefined) director.respond(answerTo(toServer.bytes));
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
  return { impl, run: (count) => ring.send(director, count), restore, largestBatch: RING };
}

function directorFor(subject: string): Director {
  const sourceNat = subject === 'source translated' ? [{ to: '10.0.1.1' }] : [];
  const tracking =
    subject === 'untracked' ? {} : { tracking: new ConnectionTracking({ sourceNat }) };
  const director = new Director({
    clock: new ManualClock(),
    random: seededRandom(SEED),
    host: { link },
    tunables: { conntrack: 1 },
    ...tracking,
  });
  director.addService(SERVICE, { scheduler: 'wlc' });
  for (let i = 0; i < SERVERS; i++) {
    const address = `10.0.0.${i + 2}`;
    director.addServer(SERVICE, { address, port: SERVER_PORT, forwardingMethod: 'masquerading' });
  }
  return director;
}

function frameOf(client: number, flags: number): Uint8Array {
  return framed(segmentOf(client, flags, flags === TCP_FLAG.SYN ? 0 : 1));
}

/** The SYN+ACK with which a server answers the frame that it got. */
function answerTo(frame: Uint8Array): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset + LINK_HEADER);
  return framed(
    encodePacket({
      source: IpAddress.fromIpv4(view.getInt32(16)),
      destination: IpAddress.fromIpv4(view.getInt32(12)),
      transport: {
        type: 'tcp',
        sourcePort: view.getUint16(22),
        destinationPort: view.getUint16(20),
        flags: TCP_FLAG.SYN | TCP_FLAG.ACK,
        acknowledgmentNumber: 1,
      },
    }),
  );
}

function framed(packet: Uint8Array): Uint8Array {
  const frame = new Uint8Array(FRAME);
  frame.set(packet, LINK_HEADER);
  writeEthernetHeader(new DataView(frame.buffer), 0, link.client, neighbor, IPV4_TYPE);
  return frame;
}
