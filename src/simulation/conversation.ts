/**
 * What the two ends of a connection send through a director, packet by packet.
 *
 * TCP: SYN, SYN+ACK, ACK; now and then an ACK each way; FIN, FIN, ACK. UDP: a datagram each way at the
 * beginning, now and then, and at the end. SCTP: INIT to COOKIE ACK, DATA and SACK, SHUTDOWN to SHUTDOWN
 * COMPLETE. Answers of servers are sent when they pass the director: with masquerading, and from servers on its host.
 * Packets are copied from templates and rewritten, so that a packet costs no encoding. Of a connection that the director
 * knows already they are not even written: the director does what each of them would do (`known-connections.ts`).
 * Sources: RFC 9293, RFC 768, RFC 9260.
 */
import { ConnectionKey } from '../connections/entries/connection-key.js';
import type { Director } from '../director/director.js';
import { IpAddress, type AddressFamily } from '../ip-address.js';
import { type Flow } from '../model/flow.js';
import { NONE } from '../none.js';
import { type Protocol, protocolNumber, PROTOCOLS } from '../protocols.js';
import type { RealServer } from '../model/real-server.js';
import { encodePacket } from '../wire/encode-packet.js';
import { Packet } from '../wire/packet.js';
import type { TransportDescription } from '../wire/packet-description.js';
import {
  rewriteDestination,
  rewriteDestinationPort,
  rewriteSource,
  rewriteSourcePort,
} from '../wire/rewrite.js';
import { TCP_FLAG } from '../wire/tcp-flags.js';

/** A packet of a conversation: who sends it, and the flags of its segment or the type of its chunk. */
type Step = readonly [sender: 'client' | 'server', kind: number];

const SENDER = 0;
const KIND = 1;

/** The three parts of a conversation. */
type Part = 'begin' | 'stay' | 'end';

const { SYN, ACK, FIN, RST } = TCP_FLAG;
const datagrams: readonly Step[] = [
  ['client', 0],
  ['server', 0],
];

const conversations: Readonly<Record<Protocol, Readonly<Record<Part, readonly Step[]>>>> = {
  tcp: {
    begin: [
      ['client', SYN],
      ['server', SYN | ACK],
      ['client', ACK],
    ],
    stay: [
      ['client', ACK],
      ['server', ACK],
    ],
    end: [
      ['client', FIN | ACK],
      ['server', FIN | ACK],
      ['client', ACK],
    ],
  },
  udp: { begin: datagrams, stay: datagrams, end: datagrams },
  // INIT, INIT ACK, COOKIE ECHO, COOKIE ACK; DATA, SACK; SHUTDOWN, SHUTDOWN ACK, SHUTDOWN COMPLETE.
  sctp: {
    begin: [
      ['client', 1],
      ['server', 2],
      ['client', 10],
      ['server', 11],
    ],
    stay: [
      ['client', 0],
      ['server', 3],
    ],
    end: [
      ['client', 7],
      ['server', 8],
      ['client', 14],
    ],
  },
};

/** What a server answers that does not know the connection: RST, ABORT; nothing that concerns a director over UDP. */
const RESETS: Readonly<Record<Protocol, number | undefined>> = {
  tcp: RST | ACK,
  udp: undefined,
  sctp: 6,
};

/** The length of an IPv6 packet with a TCP header, in bytes: none here is longer. */
const LONGEST = 60;
const blank = { 4: IpAddress.fromIpv4(0), 6: IpAddress.fromIpv6(0, 0, 0, 0) } as const;

/** Holds conversations with one director, one packet after the other. */
export class Conversations {
  private readonly director: Director;
  private readonly packet = new Packet();
  private readonly templates = new Map<number, Uint8Array>();
  /** Where the packet at hand lies: the director rewrites it there. */
  private readonly bytes = new Uint8Array(LONGEST);
  /** The key of the connection at hand. */
  private readonly key = new ConnectionKey();
  private readonly writesAll: boolean;
  /** Whether the client's last packet went to a server on the host. */
  private wasDelivered = false;

  /**
   * @param director - The director that the packets pass.
   * @param writesAll - Whether packets of known connections are written, too; the result is the same.
   */
  constructor(director: Director, writesAll = false) {
    this.director = director;
    this.writesAll = writesAll;
  }

  /**
   * Lets a client send something, and be answered.
   *
   * @param part - Whether the conversation begins, goes on or ends.
   * @param flow - The endpoints.
   * @param mark - The firewall mark of the client's packets; 0 = none.
   * @returns The server that got the first packet; `undefined` when none did, and nothing more was sent.
   */
  hold(part: Part, flow: Flow, mark: number): RealServer | undefined {
    const steps = conversations[flow.protocol][part];
    if (part !== 'begin') return this.goThrough(steps, 0, flow, mark, undefined);
    const taker = this.send(flow, steps[0][KIND], mark);
    return taker && this.goThrough(steps, 1, flow, mark, taker);
  }

  /** The steps from one on; the server is that of the steps before. */
  private goThrough(
    steps: readonly Step[],
    from: number,
    flow: Flow,
    mark: number,
    server: RealServer | undefined,
  ): RealServer | undefined {
    const now = this.director.advance();
    const slot = this.writesAll ? NONE : this.findKnown(flow);
    if (slot === NONE) return this.sendAll(steps, from, flow, mark, server);
    const { known } = this.director;
    const { protocol } = this.key;
    const isAnswered = known.isAnsweredHere(slot);
    // The packets of one protocol have the same length.
    const { length } = this.templateOf(flow.protocol, steps[from][KIND], flow.source.family);
    for (let at = from; at < steps.length; at++) {
      const kind = steps[at][KIND];
      if (steps[at][SENDER] === 'client') known.fromClient(slot, protocol, kind, length, now);
      else if (isAnswered) known.fromServer(slot, protocol, kind, length, now);
    }
    return server ?? known.serverOf(slot);
  }

  /** The entry of a connection whose packets need not be written, or −1. */
  private findKnown({ protocol, source, sourcePort, destination, destinationPort }: Flow): number {
    const { key, director } = this;
    key.protocol = protocolNumber(protocol);
    key.setClient(source, sourcePort);
    key.setVirtual(destination, destinationPort);
    return director.known.find(key);
  }

  /** Sends packet by packet, until one of the client's gets no server. */
  private sendAll(
    steps: readonly Step[],
    from: number,
    flow: Flow,
    mark: number,
    server: RealServer | undefined,
  ): RealServer | undefined {
    let taker = server;
    for (let at = from; at < steps.length; at++) {
      const kind = steps[at][KIND];
      if (steps[at][SENDER] === 'client') {
        const next = this.send(flow, kind, mark);
        if (next === undefined) return taker;
        taker ??= next;
      } else if (taker !== undefined) this.answer(flow, kind, taker);
    }
    return taker;
  }

  /**
   * Lets a client go on with a connection that came through another director before. The server that has the
   * connection answers; any other one resets it.
   *
   * @param flow - The endpoints.
   * @param mark - The firewall mark of the client's packet; 0 = none.
   * @param isKnownTo - Whether a server has the connection.
   * @returns The server that got the packet; `undefined` when none did.
   */
  goOn(
    flow: Flow,
    mark: number,
    isKnownTo: (server: RealServer) => boolean,
  ): RealServer | undefined {
    const [[, kind], [, answer]] = conversations[flow.protocol].stay as readonly [Step, Step];
    const server = this.send(flow, kind, mark);
    if (server === undefined) return undefined;
    const answered = isKnownTo(server) ? answer : RESETS[flow.protocol];
    if (answered !== undefined) this.answer(flow, answered, server);
    return server;
  }

  private send(flow: Flow, kind: number, mark: number): RealServer | undefined {
    const { source, sourcePort, destination, destinationPort } = flow;
    this.fill(flow.protocol, kind, source, sourcePort, destination, destinationPort);
    const verdict = this.director.take(this.bytes, 0, this.packet.end, 'client', mark);
    this.wasDelivered = verdict.delivers;
    return verdict.action === 'forward' || verdict.delivers ? verdict.server : undefined;
  }

  /** Answers the packet that was sent last, which by masquerading was rewritten to the server's own port. */
  private answer(flow: Flow, kind: number, { address, forwardingMethod }: RealServer): void {
    const { source, sourcePort, protocol, destination } = flow;
    const isMasqueraded = forwardingMethod === 'masquerading';
    if (!isMasqueraded && !this.wasDelivered) return;
    const serverPort = this.packet.destinationPort;
    const server = isMasqueraded ? address : destination;
    this.fill(protocol, kind, server, serverPort, source, sourcePort);
    this.director.take(this.bytes, 0, this.packet.end, this.wasDelivered ? 'host' : 'server');
  }

  /** Makes a packet in the place of the last one. */
  private fill(
    protocol: Protocol,
    kind: number,
    source: IpAddress,
    sourcePort: number,
    destination: IpAddress,
    destinationPort: number,
  ): void {
    const { packet, bytes } = this;
    const template = this.templateOf(protocol, kind, source.family);
    bytes.set(template);
    packet.parse(bytes, 0, template.length);
    rewriteSource(packet, source);
    rewriteDestination(packet, destination);
    rewriteSourcePort(packet, sourcePort);
    rewriteDestinationPort(packet, destinationPort);
  }

  private templateOf(protocol: Protocol, kind: number, family: AddressFamily): Uint8Array {
    const id = (kind * 4 + PROTOCOLS.indexOf(protocol)) * 8 + family;
    const known = this.templates.get(id);
    if (known !== undefined) return known;
    const address = blank[family];
    const transport = transportOf(protocol, kind);
    const payload = protocol === 'sctp' ? Uint8Array.of(kind, 0, 0, 4) : new Uint8Array(0);
    const made = encodePacket({ source: address, destination: address, transport, payload });
    this.templates.set(id, made);
    return made;
  }
}

function transportOf(protocol: Protocol, kind: number): TransportDescription {
  const ports = { sourcePort: 0, destinationPort: 0 };
  if (protocol === 'tcp') return { type: 'tcp', ...ports, flags: kind };
  return { type: protocol, ...ports };
}
