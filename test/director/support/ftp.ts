/** An FTP session through a director: segments with numbers as both ends count them. */
import { encodePacket, Packet, TCP_FLAG, verifyChecksums } from '../../../src/wire/index.js';
import { endOf } from './packets.js';
import type { Scene } from './scene.js';

/** What left the director for one segment. */
export interface Arrived {
  readonly action: string;
  readonly reason: string;
  /** The segments that left, as their receiver sees them. */
  readonly segments: readonly ArrivedSegment[];
}

/** One segment as its receiver sees it. */
export interface ArrivedSegment {
  readonly ends: string;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly text: string;
  readonly isSound: boolean;
}

/** One control connection. */
export class FtpSession {
  /** The next number of the server, as the server counts. */
  serverNext: number;
  /** The next number of the client. */
  clientNext: number;
  /** What the client acknowledges next, as the client counts. */
  acknowledged = 0;
  private readonly scene: Scene;
  private readonly client: string;
  private readonly virtual: string;
  private readonly server: string;
  /** Which end is on the director's own host. */
  private readonly onHost: 'client' | 'server' | undefined;

  constructor(
    scene: Scene,
    client: string,
    virtual: string,
    server: string,
    start = 1000,
    onHost?: 'client' | 'server',
  ) {
    this.onHost = onHost;
    this.scene = scene;
    this.client = client;
    this.virtual = virtual;
    this.server = server;
    this.serverNext = start >>> 0;
    this.clientNext = 5000;
  }

  /** Opens the connection, which is ESTABLISHED then. */
  open(): this {
    this.fromClient('', 'S');
    this.fromServer('', 'SA');
    this.serverNext = (this.serverNext + 1) >>> 0;
    this.clientNext += 1;
    this.acknowledged = this.serverNext;
    this.fromClient('', 'A');
    return this;
  }

  /** A segment of the client with the next of its numbers. */
  fromClient(text: string, flags = 'A', options = new Uint8Array(0)): Arrived {
    const bytes = this.segment(this.client, this.virtual, text, flags, {
      sequenceNumber: this.clientNext,
      acknowledgmentNumber: this.acknowledged,
      options,
    });
    this.clientNext = (this.clientNext + text.length) >>> 0;
    return this.send(bytes, 'client');
  }

  /** A segment of the server; the number is that of its last one when it is sent again. */
  fromServer(text: string, flags = 'A', sequenceNumber = this.serverNext): Arrived {
    const bytes = this.segment(this.server, this.client, text, flags, {
      sequenceNumber,
      acknowledgmentNumber: this.clientNext,
    });
    if (sequenceNumber === this.serverNext) {
      this.serverNext = (this.serverNext + text.length) >>> 0;
    }
    return this.send(bytes, 'server');
  }

  private send(bytes: Uint8Array, from: 'client' | 'server'): Arrived {
    const { director } = this.scene;
    const origin = this.onHost === from ? 'host' : from;
    return arrived(director.take(bytes, 0, bytes.length, origin));
  }

  private segment(
    from: string,
    to: string,
    text: string,
    flags: string,
    fields: {
      readonly sequenceNumber: number;
      readonly acknowledgmentNumber: number;
      readonly options?: Uint8Array;
    },
  ): Uint8Array {
    const source = endOf(from);
    const destination = endOf(to);
    const ports = { sourcePort: source.port, destinationPort: destination.port };
    return encodePacket({
      source: source.address,
      destination: destination.address,
      transport: { type: 'tcp', ...ports, ...fields, flags: flagsOf(flags) },
      payload: Uint8Array.from(text, (character) => character.charCodeAt(0)),
      dontFragment: true,
    });
  }
}

function flagsOf(letters: string): number {
  const bits: Record<string, number> = { S: TCP_FLAG.SYN, A: TCP_FLAG.ACK, F: TCP_FLAG.FIN };
  return [...letters].reduce((sum, letter) => sum | bits[letter], 0);
}

function arrived(verdict: ReturnType<Scene['director']['receive']>): Arrived {
  const { action, reason } = verdict;
  const delivery = verdict.delivery();
  const segments = verdict.departures().map(({ bytes }) => segmentOf(bytes));
  if (delivery !== undefined) segments.push(segmentOf(delivery));
  return { action, reason, segments };
}

function segmentOf(bytes: Uint8Array): ArrivedSegment {
  const packet = new Packet();
  if (packet.parse(bytes) !== 'ok') throw new Error('a packet that is none has left');
  const { view, transportOffset: at, end } = packet;
  const start = at + ((packet.bytes[at + 12] >>> 4) << 2);
  const address = (word: number): string =>
    [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255].join('.');
  const source = `${address(packet.sourceWord3)}:${packet.sourcePort}`;
  return {
    ends: `${source} > ${address(packet.destinationWord3)}:${packet.destinationPort}`,
    sequence: view.getUint32(at + 4),
    acknowledgement: view.getUint32(at + 8),
    text: String.fromCharCode(...packet.bytes.subarray(start, end)),
    isSound: verifyChecksums(packet),
  };
}
