/**
 * The suite *director*: the whole way of a packet, by a director that knows so many connections.
 *
 * *known*: a packet of an established connection, drawn by lot: parsed, found, counted, its timer restarted, rewritten or
 * handed on. *new*: the first packet of a client, which is scheduled and remembered; what that adds to the table
 * stays. Packets are the smallest of TCP, without link header. The limit is a copy of the packet.
 */
import { IpAddress, ManualClock, seededRandom } from 'ipvs';
import { Director } from 'ipvs/director';
import { schedulersByName } from 'ipvs/schedulers';
import { encodePacket, TCP_FLAG } from 'ipvs/wire';
import { LIMIT, OURS, type Job, type Prepared, type Suite } from '../../src/cli/bench/suite.js';
import { clientAddress, clientPort, Draws } from '../../src/cli/bench/table-clients.js';
import { RING } from '../harness/frames.js';

const SIZES = [1000, 1_000_000];
const SERVERS = 16;
const VIRTUAL = '192.168.0.1';
const METHODS = { NAT: 'masquerading', 'direct routing': 'gatewaying' } as const;
const PACKET_COPY = `${LIMIT}packet copy`;
const SEED = 5;

type Method = keyof typeof METHODS;

/** The suite. */
export const suite: Suite = {
  name: 'director',
  operation: 'one packet',
  jobs: () =>
    SIZES.flatMap((n) => [
      jobOf('NAT, known', n),
      jobOf('direct routing, known', n),
      jobOf('NAT, new', n),
    ]),
  prepare: (job, impl) => (impl === OURS ? directorLoop(job) : copyLoop(impl)),
};

function jobOf(job: string, n: number): Job {
  const subject = job.endsWith('new') ? 'new' : 'known';
  return { job, subject, n, impls: [OURS, PACKET_COPY], limit: PACKET_COPY };
}

function directorLoop(job: Job): Prepared {
  const method = job.job.slice(0, job.job.indexOf(',')) as Method;
  const director = directorWith(method);
  const packets = new ClientPackets();
  let next = 0;
  for (; next < job.n; next++) {
    packets.write(0, next, TCP_FLAG.SYN);
    packets.takeFirst(director);
    packets.write(0, next, TCP_FLAG.ACK);
    packets.takeFirst(director);
  }
  const draws = new Draws();
  const refill = (): void => {
    for (let place = 0; place < RING; place++) {
      if (job.subject === 'new') packets.write(place, next++, TCP_FLAG.SYN);
      else packets.write(place, draws.below(job.n), TCP_FLAG.ACK);
    }
  };
  refill();
  const run = (count: number): void => packets.takeAll(director, count);
  return { impl: OURS, run, restore: refill, largestBatch: RING };
}

function copyLoop(impl: string): Prepared {
  const packets = new ClientPackets();
  return { impl, run: (count) => packets.copyAll(count), largestBatch: RING };
}

function directorWith(method: Method): Director {
  const director = new Director({
    schedulers: schedulersByName,
    clock: new ManualClock(),
    random: seededRandom(SEED),
  });
  const service = { address: VIRTUAL, port: 80 };
  director.addService(service, { scheduler: 'wlc' });
  for (let i = 0; i < SERVERS; i++) {
    const port = method === 'NAT' ? 8080 : 80;
    const address = `10.0.0.${i + 2}`;
    director.addServer(service, { address, port, forwardingMethod: METHODS[method] });
  }
  return director;
}

/** Packets of clients in one buffer; each place is written anew before it is used. */
class ClientPackets {
  private readonly template = packetOf(0, TCP_FLAG.SYN);
  private readonly length = this.template.length;
  private readonly bytes = new Uint8Array(RING * this.length);

  write(place: number, client: number, flags: number): void {
    this.bytes.set(packetOf(client, flags), place * this.length);
  }

  takeFirst(director: Director): void {
    this.takeAll(director, 1);
  }

  takeAll(director: Director, count: number): void {
    const { bytes, length } = this;
    for (let place = 0; place < count; place++) {
      const verdict = director.take(bytes, place * length, length, 'client');
      if (verdict.action !== 'forward')
        throw new Error(`A packet was not forwarded: ${verdict.reason}`);
    }
  }

  copyAll(count: number): void {
    const { bytes, length, template } = this;
    for (let place = 0; place < count; place++) bytes.set(template, place * length);
  }
}

function packetOf(client: number, flags: number): Uint8Array {
  return encodePacket({
    source: IpAddress.fromIpv4(clientAddress(client)),
    destination: VIRTUAL,
    transport: {
      type: 'tcp',
      sourcePort: clientPort(client),
      destinationPort: 80,
      flags,
    },
  });
}
