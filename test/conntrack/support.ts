/**
 * A director with connection tracking, and the packets of its clients and servers.
 */
import { ManualClock } from '../../src/clock.js';
import { ConnectionTracking } from '../../src/conntrack/connection-tracking.js';
import type { ConnectionTrackingOptions } from '../../src/conntrack/firewall.js';
import { formatTrackedConnection } from '../../src/conntrack/listing.js';
import { Director } from '../../src/director/director.js';
import type { Verdict } from '../../src/director/verdict.js';
import type { ForwardingMethod } from '../../src/model/forwarding-method.js';
import { seededRandom } from '../../src/random.js';
import { encodePacket } from '../../src/wire/encode-packet.js';
import { Packet } from '../../src/wire/packet.js';

export const CLIENT = '198.51.100.7';
export const VIRTUAL = '192.0.2.1';
export const SERVER = '10.0.0.7';
export const OWN = '10.0.0.1';
const SERVICE = { address: VIRTUAL, port: 80 };
const DATAGRAMS = { protocol: 'udp', address: VIRTUAL, port: 53 } as const;
const FLAG_LETTERS = 'FSRPAU';

/** What differs from a segment of the first client. */
export interface SegmentOptions {
  readonly from?: string;
  readonly port?: number;
  readonly sequence?: number;
  readonly acknowledgment?: number;
}

/** A director with one TCP and one UDP service, its tracking, and its clock. */
export class Tracked {
  readonly clock = new ManualClock();
  readonly tracking: ConnectionTracking;
  readonly director: Director;

  constructor(
    options: ConnectionTrackingOptions = {},
    tunables: Record<string, number> = { conntrack: 1 },
    method: ForwardingMethod = 'masquerading',
  ) {
    this.tracking = new ConnectionTracking(options);
    this.director = new Director({
      tracking: this.tracking,
      clock: this.clock,
      random: seededRandom(7),
      tunables,
      host: { client: { ipv4: '192.0.2.254' }, server: { ipv4: OWN } },
    });
    const port = method === 'masquerading' ? 8080 : 80;
    this.director.addService(SERVICE, { scheduler: 'rr' });
    this.director.addServer(SERVICE, { address: SERVER, port, forwardingMethod: method });
    this.director.addService(DATAGRAMS, { scheduler: 'rr' });
    this.director.addServer(DATAGRAMS, { address: SERVER, port: 53, forwardingMethod: method });
  }

  /** The lines of `conntrack -L`, sorted. */
  get lines(): string[] {
    return [...this.tracking.connections()].map(formatTrackedConnection).toSorted();
  }

  /** A client's segment to the service. */
  client(flags: string, options: SegmentOptions = {}, mark = 0): Verdict {
    const { from = CLIENT, port = 4711 } = options;
    return this.director.receive(segment(from, port, VIRTUAL, 80, flags, options), mark);
  }

  /** A server's segment to where its packets come from. */
  server(flags: string, to: string, port: number, options: SegmentOptions = {}): Verdict {
    return this.director.respond(segment(SERVER, 8080, to, port, flags, options));
  }

  /** Opens a connection up to ESTABLISHED: sequence numbers 1 and 1001 come next. */
  open(to: string = CLIENT, port = 4711): void {
    this.client('S', { sequence: 0 });
    this.server('SA', to, port, { sequence: 1000, acknowledgment: 1 });
    this.client('A', { sequence: 1, acknowledgment: 1001 });
  }
}

/** A TCP segment without payload. */
export function segment(
  source: string,
  sourcePort: number,
  destination: string,
  destinationPort: number,
  flags: string,
  { sequence = 0, acknowledgment = 0 }: SegmentOptions = {},
): Uint8Array {
  const bits = [...flags].reduce((sum, letter) => sum | (1 << FLAG_LETTERS.indexOf(letter)), 0);
  return encodePacket({
    source,
    destination,
    transport: {
      type: 'tcp',
      sourcePort,
      destinationPort,
      flags: bits,
      sequenceNumber: sequence,
      acknowledgmentNumber: acknowledgment,
      window: 8000,
    },
  });
}

/** Source and destination of the packet that leaves, as text; empty when none does. */
export function leaving(verdict: Verdict): string {
  const [departure] = verdict.departures();
  const packet = new Packet();
  if (departure === undefined || packet.parse(departure.bytes) !== 'ok') return '';
  const address = (at: number): string => departure.bytes.slice(at, at + 4).join('.');
  return `${address(12)}:${packet.sourcePort} > ${address(16)}:${packet.destinationPort}`;
}
