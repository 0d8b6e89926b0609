/**
 * The suite *paths*: what the kinds of packets cost that clients send, beside the plain one.
 *
 * A frame of 64 bytes (78 over IPv6) of a known connection, drawn by lot from 1,000, for each method: a TCP segment, a
 * SYN that is sent again, a datagram of UDP, each over both families; and the SYN that opens a connection, scheduled by
 * `wlc` over 64 servers. The limit is a copy of the frame, so the rows can be compared with each other.
 */
import { IpAddress, ManualClock, seededRandom } from 'ipvs';
import { Director } from 'ipvs/director';
import { schedulersByName } from 'ipvs/schedulers';
import { encodePacket, MacAddress, TCP_FLAG, writeEthernetHeader } from 'ipvs/wire';
import { DirectorRing } from '../harness/director-ring.js';
import { LINK_HEADER, RING } from '../harness/frames.js';
import { LIMIT, OURS, type Job, type Prepared, type Suite } from '../harness/suite.js';
import { clientAddress, clientPort, Draws } from '../published/table-clients.js';

const CLIENTS = 1000;
const SERVERS = 64;
const METHODS = {
  NAT: 'masquerading',
  'direct routing': 'gatewaying',
  tunnel: 'tunneling',
} as const;
const KINDS = ['TCP', 'SYN again', 'UDP', 'new'] as const;
const FRAME_COPY = `${LIMIT}frame copy`;
const ETHER_TYPE = { 4: 0x0800, 6: 0x86dd } as const;
const VIRTUAL = { 4: '192.168.0.1', 6: '2001:db8::1' } as const;
/** Bytes of a frame. */
const FRAME = { 4: 64, 6: 78 } as const;
const SEED = 5;
const PORT = 80;
const NAT_PORT = 8080;
/** What a plain TCP segment over IPv4 is to cost at most, in copies of its frame. */
const GOAL_OF_NAT = 4.2;
const GOAL_OF_ROUTING = 4;
/** The first words of the clients' IPv6 addresses: 2001:db8:1::. */
const PREFIX = [0x2001_0db8, 0x0001_0000, 0] as const;

type Family = 4 | 6;
type Method = keyof typeof METHODS;
type Kind = (typeof KINDS)[number];

/** What the frames of a job are. */
interface Load {
  readonly method: Method;
  readonly kind: Kind;
  readonly family: Family;
}

const neighbor = new MacAddress(0x0201, 0x0a000007);
const link = {
  client: new MacAddress(0x0200, 0x0d00),
  server: new MacAddress(0x0200, 0x0d01),
  resolveNeighbor: () => neighbor,
};

const loads = new Map<string, Load>(
  (['NAT', 'direct routing', 'tunnel'] as const).flatMap((method) =>
    ([4, 6] as const).flatMap((family) =>
      KINDS.map((kind): [string, Load] => [
        `${method}, ${kind}, IPv${family}`,
        { method, kind, family },
      ]),
    ),
  ),
);

/** The suite. */
export const suite: Suite = {
  name: 'paths',
  operation: 'one frame',
  jobs: () =>
    [...loads].map(([job, load]) => ({
      job,
      subject: load.kind,
      n: CLIENTS,
      impls: [OURS, FRAME_COPY],
      limit: FRAME_COPY,
      ...goalOf(load),
    })),
  prepare(job, impl) {
    const load = loadOf(job);
    if (impl === FRAME_COPY) return new FrameCopy(impl, frameOf(load, 0, TCP_FLAG.ACK));
    return load.kind === 'new' ? newcomers(load) : knownFrames(load);
  },
};

/** A plain segment has a goal of its own, and what else clients send may take half more; opening a connection has none. */
function goalOf({ method, kind, family }: Load): { goal?: number } {
  if (kind === 'new') return {};
  const plain = method === 'direct routing' ? GOAL_OF_ROUTING : GOAL_OF_NAT;
  return { goal: kind === 'TCP' && family === 4 && method !== 'tunnel' ? plain : plain * 1.5 };
}

function loadOf({ job }: Job): Load {
  const load = loads.get(job);
  if (load === undefined) throw new Error(`There is no job ${job}`);
  return load;
}

/** Frames of connections that the director knows. */
function knownFrames(load: Load): Prepared {
  const director = directorFor(load);
  const flags = load.kind === 'SYN again' ? TCP_FLAG.SYN : TCP_FLAG.ACK;
  const frames = Array.from({ length: CLIENTS }, (_, client) => frameOf(load, client, flags));
  for (let client = 0; client < CLIENTS; client++) {
    director.receive(frameOf(load, client, TCP_FLAG.SYN));
    director.receive(frameOf(load, client, flags));
  }
  const ring = new DirectorRing(FRAME[load.family]);
  const draws = new Draws();
  const restore = (): void => {
    for (let place = 0; place < RING; place++) ring.write(place, frames[draws.below(CLIENTS)]);
  };
  restore();
  return {
    impl: OURS,
    run: (count) => ring.send(director, count),
    restore,
    largestBatch: RING,
  };
}

/** First frames of new clients. */
function newcomers(load: Load): Prepared {
  const director = directorFor(load);
  const ring = new DirectorRing(FRAME[load.family]);
  let next = 0;
  const restore = (): void => {
    for (let place = 0; place < RING; place++) {
      ring.write(place, frameOf(load, next++, TCP_FLAG.SYN));
    }
  };
  restore();
  return {
    impl: OURS,
    run: (count) => ring.send(director, count),
    restore,
    largestBatch: RING,
  };
}

function directorFor({ method, kind, family }: Load): Director {
  const director = new Director({
    schedulers: schedulersByName,
    clock: new ManualClock(),
    random: seededRandom(SEED),
    host: { link, server: { ipv4: '10.0.0.1', ipv6: '2001:db8:2::1' } },
  });
  const protocol = kind === 'UDP' ? 'udp' : 'tcp';
  const service = { protocol, address: VIRTUAL[family], port: PORT } as const;
  director.addService(service, { scheduler: 'wlc' });
  const port = method === 'NAT' ? NAT_PORT : PORT;
  for (let i = 0; i < SERVERS; i++) {
    const address = family === 4 ? `10.0.0.${i + 2}` : `2001:db8:2::${(i + 2).toString(16)}`;
    director.addServer(service, { address, port, forwardingMethod: METHODS[method] });
  }
  return director;
}

function frameOf({ kind, family }: Load, client: number, flags: number): Uint8Array {
  const word = clientAddress(client);
  const ports = { sourcePort: clientPort(client), destinationPort: PORT };
  const packet = encodePacket({
    source: family === 4 ? IpAddress.fromIpv4(word) : IpAddress.fromIpv6(...PREFIX, word),
    destination: VIRTUAL[family],
    transport: kind === 'UDP' ? { type: 'udp', ...ports } : { type: 'tcp', ...ports, flags },
  });
  const frame = new Uint8Array(FRAME[family]);
  frame.set(packet, LINK_HEADER);
  const type = ETHER_TYPE[family];
  writeEthernetHeader(new DataView(frame.buffer), 0, link.client, neighbor, type);
  return frame;
}

/** Copies frames from one place to another. */
class FrameCopy implements Prepared {
  readonly impl: string;
  readonly largestBatch = RING;
  private readonly target: Uint8Array;
  private readonly frame: Uint8Array;

  /**
   * @param impl - What the limit is called.
   * @param frame - A frame.
   */
  constructor(impl: string, frame: Uint8Array) {
    this.impl = impl;
    this.frame = frame;
    this.target = new Uint8Array(RING * frame.length);
  }

  run(count: number): void {
    const { target, frame } = this;
    for (let place = 0; place < count; place++) target.set(frame, place * frame.length);
  }
}
