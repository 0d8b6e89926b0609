/**
 * The suite *sync*: what one connection costs in the messages between directors.
 *
 * *encode*: a connection is written into a message; *decode*: it is read again; *update*: a backup reads it and applies
 * it to the connection that it knows; *add*: to a table that does not know it yet, and what that adds stays. Messages
 * have 1472 bytes, 40 connections over IPv4. The limit is a copy of the same bytes. *forward*: a frame of a known
 * connection goes through a director whose master runs, in batches; beside it one without a master.
 */
import { IpAddress, ManualClock, seededRandom } from 'ipvs';
import { Director } from 'ipvs/director';
import {
  SyncDecoder,
  SyncEntry,
  synchronization,
  SyncMessageWriter,
  type SyncRole,
  type SyncTransport,
} from 'ipvs/sync';
import { TCP_FLAG } from 'ipvs/wire';
import { DirectorRing } from '../harness/director-ring.js';
import { RING as RING_OF_FRAMES, segmentOf, SERVICE } from '../harness/frames.js';
import { LIMIT, OURS, type Job, type Prepared, type Suite } from '../harness/suite.js';
import { clientAddress, clientPort, Draws } from '../published/table-clients.js';

const COPY = `${LIMIT}message copy`;
const NO_MASTER = `${LIMIT}no master`;
const FEW = 1000;
const MANY = 1_000_000;
const MESSAGE_BYTES = 1472;
/** Connections in a message. */
const PACKED = 40;
/** Messages of a sample. */
const RING = 256;
const LARGEST_BATCH = PACKED * RING;
const SERVERS = 16;
const SYNC_ID = 7;
const TCP = 6;
const ESTABLISHED = 1;
const DIRECT_ROUTING_FLAGS = 0x83;
const SEED = 5;

/** The suite. */
export const suite: Suite = {
  name: 'sync',
  operation: 'one connection',
  jobs: () => [
    jobOf('encode', FEW),
    jobOf('decode', FEW),
    jobOf('update', FEW),
    jobOf('update', MANY),
    jobOf('add', FEW),
    jobOf('add', MANY),
    { job: 'forward', subject: 'forward', n: FEW, impls: [OURS, NO_MASTER], limit: NO_MASTER },
  ],
  prepare(job, impl) {
    if (job.subject === 'forward') return forwarded(job.n, impl);
    if (impl === COPY) return copies();
    if (job.subject === 'encode') return encoded(job.n);
    if (job.subject === 'decode') return decoded(job.n);
    return job.subject === 'update' ? updated(job.n) : added(job.n);
  },
};

function jobOf(subject: string, n: number): Job {
  return { job: subject, subject, n, impls: [OURS, COPY], limit: COPY };
}

function encoded(n: number): Prepared {
  const entries = Array.from({ length: n }, (_, client) => entryOf(client));
  let bytes = 0;
  const writer = new SyncMessageWriter(SYNC_ID, MESSAGE_BYTES, (_message, length) => {
    bytes += length;
  });
  const run = (count: number): void => {
    for (let i = 0, at = 0; i < count; i++) {
      writer.append(entries[at], 1, 0);
      if (++at === n) at = 0;
    }
    if (bytes === 0) throw new Error('No message was complete');
  };
  return { impl: OURS, run };
}

function decoded(n: number): Prepared {
  const messages = ringOf(() => drawn(n));
  let entries = 0;
  const visitor = { entry: (): void => void entries++, skipped: fail };
  const decoder = new SyncDecoder(SYNC_ID);
  const run = (count: number): void => {
    for (let message = 0; message * PACKED < count; message++) {
      if (decoder.decode(messages[message], visitor) !== undefined) fail();
    }
  };
  return { impl: OURS, run, largestBatch: LARGEST_BATCH };
}

function updated(n: number): Prepared {
  const backup = new Backup();
  backup.fill(n);
  let messages = ringOf(() => drawn(n));
  const restore = (): void => void (messages = ringOf(() => drawn(n)));
  const run = (count: number): void => backup.take(messages, count);
  return { impl: OURS, run, restore, largestBatch: LARGEST_BATCH };
}

function added(n: number): Prepared {
  const backup = new Backup();
  backup.fill(n);
  let next = n;
  let messages = ringOf(() => next++);
  const restore = (): void => void (messages = ringOf(() => next++));
  const run = (count: number): void => backup.take(messages, count);
  return { impl: OURS, run, restore, largestBatch: LARGEST_BATCH };
}

function copies(): Prepared {
  const messages = ringOf(() => drawn(FEW));
  const target = new Uint8Array(MESSAGE_BYTES);
  const run = (count: number): void => {
    for (let message = 0; message * PACKED < count; message++) target.set(messages[message]);
  };
  return { impl: COPY, run, largestBatch: LARGEST_BATCH };
}

function forwarded(n: number, impl: string): Prepared {
  const director = directorWith({ open: () => ({ send: ignore, close: ignore }) });
  if (impl === OURS) startDaemon(director, 'master');
  const ring = new DirectorRing();
  for (let client = 0; client < n; client++) {
    director.receive(segmentOf(client, TCP_FLAG.SYN));
    director.receive(segmentOf(client, TCP_FLAG.ACK));
  }
  const packets = Array.from({ length: n }, (_, client) => segmentOf(client, TCP_FLAG.ACK));
  const restore = (): void => {
    for (let place = 0; place < RING_OF_FRAMES; place++) ring.write(place, packets[drawn(n)]);
  };
  restore();
  const run = (count: number): void => ring.sendBatch(director, count);
  return { impl, run, restore, largestBatch: RING_OF_FRAMES };
}

/** A director with a backup daemon that gets its messages by hand. */
class Backup {
  private receive: (bytes: Uint8Array) => void = fail;

  constructor() {
    const open: SyncTransport['open'] = (_daemon, _ports, receive) => {
      this.receive = receive;
      return { send: fail, close: ignore };
    };
    startDaemon(directorWith({ open }), 'backup');
  }

  fill(n: number): void {
    for (let first = 0; first < n; first += PACKED) {
      let client = first;
      this.receive(messageOf(() => client++));
    }
  }

  take(messages: readonly Uint8Array[], count: number): void {
    for (let message = 0; message * PACKED < count; message++) this.receive(messages[message]);
  }
}

function directorWith(transport: SyncTransport): Director {
  const director = new Director({
    clock: new ManualClock(),
    random: seededRandom(SEED),
    sync: synchronization({ transport }),
  });
  director.addService(SERVICE, { scheduler: 'wlc' });
  for (let i = 0; i < SERVERS; i++) {
    const forwardingMethod = 'gatewaying';
    director.addServer(SERVICE, { address: serverOf(i), port: SERVICE.port, forwardingMethod });
  }
  return director;
}

function startDaemon(director: Director, role: SyncRole): void {
  const group = IpAddress.parse('224.0.0.81');
  const common = { device: 'eth0', syncId: SYNC_ID, maxLengthBytes: MESSAGE_BYTES };
  director.startDaemon({ role, ...common, group, port: 8848, ttl: 1 });
}

const draws = new Draws();

function drawn(n: number): number {
  return draws.below(n);
}

function ringOf(nextClient: () => number): Uint8Array[] {
  return Array.from({ length: RING }, () => messageOf(nextClient));
}

function messageOf(nextClient: () => number): Uint8Array {
  let message: Uint8Array | undefined;
  const writer = new SyncMessageWriter(SYNC_ID, MESSAGE_BYTES, (bytes, length) => {
    message = bytes.slice(0, length);
  });
  for (let packed = 0; packed < PACKED; packed++) writer.append(entryOf(nextClient()), 1, 0);
  writer.flush();
  return message ?? fail();
}

function entryOf(client: number): SyncEntry {
  const entry = new SyncEntry();
  entry.key.setClient(IpAddress.fromIpv4(clientAddress(client)), clientPort(client));
  entry.key.setVirtual(IpAddress.parse(SERVICE.address), SERVICE.port);
  entry.key.protocol = TCP;
  entry.setServerAddress(IpAddress.parse(serverOf(client % SERVERS)));
  entry.serverPort = SERVICE.port;
  entry.flags = DIRECT_ROUTING_FLAGS;
  entry.state = ESTABLISHED;
  entry.timeoutSeconds = 900;
  return entry;
}

function serverOf(index: number): string {
  return `10.0.0.${index + 2}`;
}

function ignore(): void {
  // What a daemon sends, and its end, are of no interest.
}

function fail(): never {
  throw new Error('A message was not taken');
}
