/**
 * The suite *wire*: what is done to bytes, at two lengths of a frame.
 *
 * *parse* reads and checks all headers; *checksum* adds up everything behind the link header; the forwarders parse,
 * rewrite or wrap the packet, and write the link header of the next hop; *forward* does the rewriting or wrapping
 * alone, on packets that were parsed before. A sample goes through a ring of 1024 frames once, which is put back
 * outside the timing. The limit is a copy of the frame.
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
} from 'ipvs/forwarding';
import { createTunnel, IpAddress, type TunnelType } from 'ipvs';
import { checksum, MacAddress, Packet } from 'ipvs/wire';
import { LIMIT, OURS, type Job, type Prepared, type Suite } from '../harness/suite.js';
import { HEADROOM, LINK_HEADER, RING, ringOf, type FrameRing } from '../harness/frames.js';
import { isInstalled } from '../rivals/packages.js';
import { BUFFER_NAT, PACKAGES, packagesOf, rivalLoop } from '../rivals/packet-tools.js';

const LENGTHS = [64, 1514];
const FRAME_COPY = `${LIMIT}frame copy`;
const TUNNELS: readonly TunnelType[] = ['ipip', 'gue', 'gre'];
const GUE_PORT = 6080;
/** What is timed without parsing and link headers as well. */
const ALONE = [
  'direct routing, TCP',
  'NAT, TCP',
  'NAT, UDP',
  'tunnel ipip, TCP',
  'tunnel gue, TCP',
];

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
  resolveNeighbor: () => neighbour,
};

/** The suite. */
export const suite: Suite = {
  name: 'wire',
  operation: 'one frame',
  jobs: () =>
    LENGTHS.flatMap((n) => [
      jobOf('parse, UDP', n),
      jobOf('checksum, TCP', n),
      jobOf('direct routing, TCP', n),
      jobOf('NAT, TCP', n),
      jobOf('NAT, UDP', n),
      // The largest frames do not fit through a tunnel without being cut.
      ...TUNNELS.map((type) => jobOf(`tunnel ${type}, TCP`, Math.min(n, 1400))),
      ...ALONE.map((what) =>
        jobOf(`forward ${what}`, what.startsWith('tunnel') ? Math.min(n, 1400) : n),
      ),
    ]),
  prepare(job, impl) {
    const ring = ringOf(job.job.endsWith('UDP') ? 'udp' : 'tcp', job.n);
    const run = impl === OURS ? ourLoop(job, ring) : otherLoop(job, impl, ring);
    return candidateOf(impl, ring, run);
  },
};

function jobOf(job: string, n: number): Job {
  const subject = job.split(/[ ,]/, 1)[0];
  const isWhole = subject !== 'forward';
  const rivals = [
    ...(job === 'NAT, TCP' ? [BUFFER_NAT] : []),
    ...(isWhole && job.endsWith('UDP') && packagesOf().every(isInstalled) ? [PACKAGES] : []),
  ];
  return { job, subject, n, impls: [OURS, ...rivals, FRAME_COPY], limit: FRAME_COPY };
}

/** Does something to each frame of a ring. */
type Loop = (count: number) => void;

function candidateOf(impl: string, ring: FrameRing, run: Loop): Prepared {
  return { impl, run, restore: () => ring.restore(), largestBatch: RING };
}

function otherLoop(job: Job, impl: string, ring: FrameRing): Loop {
  return impl === FRAME_COPY ? copyLoop(ring) : rivalLoop(job.job, impl, ring);
}

function copyLoop({ frames }: FrameRing): Loop {
  const source = frames[0].slice();
  return (count) => {
    for (let i = 0; i < count; i++) frames[i].set(source);
  };
}

function ourLoop(job: Job, ring: FrameRing): Loop {
  if (job.subject === 'parse') return parseLoop(ring);
  if (job.subject === 'checksum') return checksumLoop(ring);
  const target = new ForwardingTarget();
  target.setServer(IpAddress.parse('10.0.0.7'), 8080);
  target.setVirtual(IpAddress.parse('192.168.0.1'), 80);
  const type = TUNNELS.find((each) => job.job.includes(each));
  if (type !== undefined)
    target.tunnel = createTunnel({ type, port: type === 'gue' ? GUE_PORT : 0 });
  const forwarder = forwarderOf(job.job);
  return job.subject === 'forward'
    ? rewriteLoop(ring, forwarder, target)
    : forwardLoop(ring, forwarder, target);
}

function forwarderOf(job: string): Forwarder {
  if (job.includes('direct')) return gatewaying(environment);
  return job.includes('NAT') ? masquerading(environment) : tunneling(environment);
}

function parseLoop({ bytes, offsets, length }: FrameRing): Loop {
  const packet = new Packet();
  return (count) => {
    for (let i = 0; i < count; i++) {
      if (packet.parseFrame(bytes, offsets[i], length) !== 'ok') fail('parsed');
    }
  };
}

function checksumLoop({ bytes, offsets, length }: FrameRing): Loop {
  let sum = 0;
  return (count) => {
    for (let i = 0; i < count; i++) {
      sum ^= checksum(bytes, offsets[i] + LINK_HEADER, length - LINK_HEADER);
    }
    if (sum < 0) fail('added up');
  };
}

function forwardLoop(
  { bytes, offsets, length }: FrameRing,
  forwarder: Forwarder,
  target: ForwardingTarget,
): Loop {
  const packet = new Packet();
  const output = new ForwardingOutput({ headroom: HEADROOM });
  const writer = new FrameWriter(environment, link);
  return (count) => {
    for (let i = 0; i < count; i++) {
      if (packet.parseFrame(bytes, offsets[i], length) !== 'ok') fail('parsed');
      if (forwarder.forward(packet, target, output) !== 'forward') fail('forwarded');
      writer.begin(output);
      writer.next();
    }
  };
}

/** The forwarding method alone: the packets are parsed before, and point into the frames that are put back. */
function rewriteLoop(
  { bytes, offsets, length }: FrameRing,
  forwarder: Forwarder,
  target: ForwardingTarget,
): Loop {
  const output = new ForwardingOutput({ headroom: HEADROOM });
  const packets = offsets.map((offset) => {
    const packet = new Packet();
    if (packet.parseFrame(bytes, offset, length) !== 'ok') fail('parsed');
    return packet;
  });
  return (count) => {
    for (let i = 0; i < count; i++) {
      if (forwarder.forward(packets[i] as Packet, target, output) !== 'forward') fail('forwarded');
    }
  };
}

function fail(verb: string): never {
  throw new Error(`A frame was not ${verb}`);
}
