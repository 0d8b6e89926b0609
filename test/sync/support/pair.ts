import { ManualClock } from '../../../src/clock.js';
import { Director } from '../../../src/director/director.js';
import type { DirectorOptions } from '../../../src/director/director-options.js';
import { IpAddress } from '../../../src/ip-address.js';
import { seededRandom } from '../../../src/random.js';
import { encodePacket } from '../../../src/wire/encode-packet.js';
import { SyncDecoder } from '../../../src/sync/decode-message.js';
import type { SyncTransport } from '../../../src/sync/sync-transport.js';
import { synchronization } from '../../../src/sync/synchronization.js';
import type { SyncRole } from '../../../src/sync/sync-daemon.js';

/** The virtual service of the tests. */
export const SERVICE = { address: '192.0.2.1', port: 80 } as const;

/** A message as it was sent. */
export interface SentMessage {
  readonly bytes: Uint8Array;
  readonly timeMs: number;
  readonly portIndex: number;
}

/** A director with a transport that keeps what it sends. */
export class SyncedDirector {
  readonly clock: ManualClock;
  readonly director: Director;
  readonly sent: SentMessage[] = [];
  /** Gives a datagram to the backup daemon. */
  receive: (bytes: Uint8Array) => void = () => undefined;

  constructor(options: Partial<DirectorOptions> = {}, clock: ManualClock = new ManualClock()) {
    const transport: SyncTransport = {
      open: (daemon, _ports, receive) => {
        if (daemon.role === 'backup') this.receive = receive;
        return {
          send: (bytes, length, portIndex) => {
            const copy = bytes.slice(0, length);
            this.sent.push({ bytes: copy, timeMs: clock.now(), portIndex });
          },
          close: () => undefined,
        };
      },
    };
    this.clock = clock;
    this.director = new Director({
      random: seededRandom(1),
      clock,
      sync: synchronization({ transport }),
      ...options,
    });
  }

  /** Adds the service with two servers. */
  withService(persistent = false): this {
    const { director } = this;
    const persistence = persistent ? { timeoutSeconds: 300 } : false;
    director.addService(SERVICE, { scheduler: 'rr', persistence });
    for (const address of ['10.0.0.1', '10.0.0.2']) {
      director.addServer(SERVICE, { address, port: 80, forwardingMethod: 'gatewaying' });
    }
    return this;
  }

  /** Starts a daemon. */
  withDaemon(role: SyncRole, maxLengthBytes = 1472): this {
    const group = IpAddress.parse('224.0.0.81');
    const daemon = { role, device: 'eth0', syncId: 7, maxLengthBytes, group, port: 8848, ttl: 1 };
    this.director.startDaemon(daemon);
    return this;
  }

  /** Sends a segment of a client. */
  segment(port: number, flags: number, client = '198.51.100.7'): void {
    const transport = { type: 'tcp', sourcePort: port, destinationPort: 80, flags } as const;
    this.director.receive(
      encodePacket({ source: client, destination: SERVICE.address, transport }),
    );
  }

  /** Lets time pass. */
  advance(spanMs: number): void {
    this.clock.advance(spanMs);
    this.director.advance();
  }

  /** Lets what waits be sent, and takes the entries of all messages so far. */
  takeEntries(): string[] {
    this.advance(4000);
    return this.sent.splice(0).flatMap(({ bytes }) => entriesOf(bytes));
  }

  /** The connections as text. */
  connections(): string[] {
    return [...this.director.connections()].map(
      ({ clientAddress, clientPort, serverAddress, state, origin }) =>
        `${clientAddress}:${clientPort} ${serverAddress} ${state} ${origin}`,
    );
  }
}

/** The entries of a message: client port, state and timeout. */
export function entriesOf(message: Uint8Array): string[] {
  const entries: string[] = [];
  new SyncDecoder().decode(message, {
    entry: ({ key, state, timeoutSeconds }) => {
      entries.push(`${key.clientPort} state ${state} ${timeoutSeconds} s`);
    },
    skipped: () => undefined,
  });
  return entries;
}
