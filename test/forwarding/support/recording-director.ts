/**
 * A literal director, just large enough to drive the forwarders through the recordings: rules as
 * commands give them, connections in a plain Map, no timers and no states but "closed".
 */
import { IpAddress } from '../../../src/ip-address.js';
import {
  bypass,
  checkServerSide,
  type Forwarder,
  type ForwardingEnvironment,
  ForwardingOutput,
  type ForwardingResult,
  ForwardingTarget,
  FrameWriter,
  gatewaying,
  hasSourceRoute,
  isIcmp,
  type LinkLayer,
  makeIcmpError,
  masquerading,
  needsAssembly,
  quotesConnection,
  readIcmpError,
  readTunnelQuote,
  Reassembler,
  relayTunnelError,
  routeOn,
  type Side,
  tunneling,
} from '../../../src/forwarding/index.js';
import { IP_PROTOCOL, isTransportWithPorts, Packet } from '../../../src/wire/index.js';
import { type RuleServer, Rules, type RuleService } from './rules.js';

/** A connection: who talks to whom, by which method. */
interface Entry {
  readonly virtual: IpAddress;
  readonly virtualPort: number;
  readonly server: RuleServer | undefined;
  readonly serverPort: number;
}

/** What came of a frame. */
export interface Verdict {
  readonly result: ForwardingResult;
  readonly reason: string;
  readonly frames: { dev: Side; bytes: Uint8Array }[];
}

/** The director of a recording. */
export class RecordingDirector {
  readonly rules: Rules;
  readonly tunables = new Map<string, number>();
  private readonly environment: ForwardingEnvironment;
  private readonly forwarders: Record<string, Forwarder>;
  private readonly output: ForwardingOutput;
  private readonly frames: FrameWriter;
  private readonly reassembler = new Reassembler();
  private readonly packet = new Packet();
  private readonly quote = new Packet();
  private readonly inner = new Packet();
  private readonly target = new ForwardingTarget();
  private readonly byClient = new Map<string, Entry>();
  private readonly byServer = new Map<string, Entry>();
  private readonly markOf: (address: IpAddress) => number;

  constructor(
    environment: ForwardingEnvironment,
    link: LinkLayer,
    markOf: (address: IpAddress) => number,
    headroom = 0,
  ) {
    this.environment = environment;
    this.markOf = markOf;
    this.rules = new Rules(environment.server.mtu);
    this.output = new ForwardingOutput({ headroom });
    this.frames = new FrameWriter(environment, link);
    this.forwarders = {
      masquerading: masquerading(environment),
      gatewaying: gatewaying(environment),
      tunneling: tunneling(environment),
      bypass: bypass(environment),
    };
  }

  /** Takes a frame that lies in `bytes` from `offset` on. */
  handle(side: Side, bytes: Uint8Array, offset: number, length: number, nowMs: number): Verdict {
    const parsed = this.packet.parseFrame(bytes, offset, length);
    if (parsed !== 'ok') return { result: 'drop', reason: parsed, frames: [] };
    if (hasSourceRoute(this.packet)) return { result: 'drop', reason: 'source-route', frames: [] };
    const result =
      side === 'client' ? this.receive(this.packet, nowMs) : this.respond(this.packet, nowMs);
    const frames: Verdict['frames'] = [];
    if ((result === 'forward' || result === 'reply') && this.frames.begin(this.output)) {
      while (this.frames.next()) {
        const { side: dev, bytes: from, offset: at, length: size } = this.frames;
        frames.push({ dev, bytes: from.slice(at, at + size) });
      }
    }
    return { result, reason: this.output.reason, frames };
  }

  private receive(arrived: Packet, nowMs: number): ForwardingResult {
    const packet = this.whole(arrived, nowMs);
    if (packet === undefined) return this.output.conclude('drop', 'fragment-not-assembled');
    if (isIcmp(packet)) return this.receiveIcmp(packet);
    if (isSecurity(packet.protocol)) {
      const entry = this.byClient.get(clientKey(packet, 17, 500, 500));
      return entry === undefined ? this.accept() : this.forward(packet, entry);
    }
    if (!isTransportWithPorts(packet.protocol)) return this.accept();
    if (!packet.hasPorts) return this.output.conclude('drop', 'transport-truncated');
    const key = clientKey(packet, packet.protocol, packet.sourcePort, packet.destinationPort);
    let entry = this.byClient.get(key);
    if (entry !== undefined && this.mustExpire(packet, entry)) {
      this.byClient.delete(key);
      entry = undefined;
    }
    if (entry?.server?.removed === true) return this.output.conclude('drop', 'port-unreachable');
    return entry === undefined ? this.open(packet, packet) : this.forward(packet, entry);
  }

  /** A new connection for the endpoints of `flow`, which is `packet` itself or the quote in it turned round. */
  private open(packet: Packet, flow: Packet): ForwardingResult {
    const turned = flow !== packet;
    const { family, protocol } = flow;
    const address = turned ? addressAt(flow, flow.sourceOffset) : destinationOf(flow);
    const port = turned ? flow.sourcePort : flow.destinationPort;
    const clientPort = turned ? flow.destinationPort : flow.sourcePort;
    if (!turned && !this.mayOpen(packet)) return this.accept();
    const service = this.rules.find(family, this.markOf(address), protocol, address, port);
    if (service === undefined) return this.accept();
    if (!turned && !hasOpeningHeader(packet))
      return this.output.conclude('drop', 'transport-truncated');
    if (clientPort === 20) return this.accept();
    const server = service.servers.find((candidate) => candidate.weight > 0);
    if (server === undefined) return this.noDestination(packet, service, turned);
    const serverPort = server.port === 0 ? port : server.port;
    const entry: Entry = { virtual: address, virtualPort: port, server, serverPort };
    if (!(service.onePacket && protocol === IP_PROTOCOL.UDP)) this.remember(flow, turned, entry);
    return turned ? this.forwardIcmp(packet, flow, entry) : this.forward(packet, entry);
  }

  private noDestination(packet: Packet, service: RuleService, turned: boolean): ForwardingResult {
    const { output } = this;
    if (turned) return output.conclude('drop', 'port-unreachable');
    const destination = destinationOf(packet);
    const local = this.isLocal(destination);
    const mayBypass = service.mark !== 0 && (packet.family === 6 || !local);
    if (this.tunables.get('cache_bypass') === 1 && mayBypass)
      return (this.forwarders['bypass'] as Forwarder).forward(packet, this.target, output);
    return makeIcmpError(this.environment, packet, 'port-unreachable', 0, 'client', false, output);
  }

  private receiveIcmp(packet: Packet): ForwardingResult {
    const { quote, inner, output } = this;
    const reading = readIcmpError(packet, quote);
    if (reading === 'truncated') return output.conclude('drop', 'icmp-truncated');
    if (reading !== 'error') return this.accept();
    if (packet.family === 4) {
      const isServer = (address: number, type: string, port: number): boolean =>
        this.servers().some(
          (server) =>
            server.method === 'tunneling' &&
            server.address.family === 4 &&
            server.address.word3 === address &&
            server.tunnel.type === type &&
            (port === 0 || server.tunnel.port === port),
        );
      const kind = readTunnelQuote(quote, isServer, inner);
      if (kind === 'accept') return this.accept();
      if (kind === 'tunnel') {
        const { protocol, sourcePort, destinationPort } = inner;
        const entry = this.byClient.get(clientKey(inner, protocol, sourcePort, destinationPort));
        if (entry === undefined) return this.accept();
        this.aim(entry);
        return relayTunnelError(this.environment, packet, quote, inner, this.target, output);
      }
    }
    if (!quotesConnection(quote)) return this.accept();
    const entry = this.byClient.get(turnedKey(quote));
    if (entry !== undefined) return this.forwardIcmp(packet, quote, entry);
    return this.tunables.get('schedule_icmp') === 1 && isTransportWithPorts(quote.protocol)
      ? this.open(packet, quote)
      : this.accept();
  }

  private respond(arrived: Packet, nowMs: number): ForwardingResult {
    const { environment, output } = this;
    const joined = arrived.family === 6 ? this.whole(arrived, nowMs) : arrived;
    if (joined === undefined) return output.conclude('drop', 'fragment-not-assembled');
    if (this.isLocal(destinationOf(joined))) return this.receive(joined, nowMs);
    const checked = checkServerSide(environment, joined, output);
    if (checked !== 'forward') return checked;
    const packet = this.whole(joined, nowMs);
    if (packet === undefined) return output.conclude('drop', 'fragment-not-assembled');
    if (isIcmp(packet)) return this.respondIcmp(packet);
    const security = isSecurity(packet.protocol);
    if (!security && !(isTransportWithPorts(packet.protocol) && packet.hasPorts))
      return routeOn(environment, packet, 'client', output);
    const entry = this.byServer.get(
      security
        ? serverKey(packet, 17, 500, 500)
        : serverKey(packet, packet.protocol, packet.sourcePort, packet.destinationPort),
    );
    if (entry?.server?.method === 'masquerading') {
      this.aim(entry);
      return (this.forwarders['masquerading'] as Forwarder).respond(packet, this.target, output);
    }
    if (entry === undefined && this.tellsServer(packet))
      return makeIcmpError(environment, packet, 'port-unreachable', 0, 'server', true, output);
    return routeOn(environment, packet, 'client', output);
  }

  private respondIcmp(packet: Packet): ForwardingResult {
    const { quote, output, environment } = this;
    const reading = readIcmpError(packet, quote);
    if (reading === 'truncated') return output.conclude('drop', 'icmp-truncated');
    if (reading === 'error' && quotesConnection(quote)) {
      const about = this.byClient.get(turnedKey(quote));
      if (about !== undefined) return this.forwardIcmp(packet, quote, about);
      const entry = this.byServer.get(turnedServerKey(quote));
      if (entry?.server?.method === 'masquerading') {
        this.aim(entry);
        const forwarder = this.forwarders['masquerading'] as Forwarder;
        return forwarder.respondError(packet, quote, this.target, output);
      }
    }
    return routeOn(environment, packet, 'client', output);
  }

  private forward(packet: Packet, entry: Entry): ForwardingResult {
    this.aim(entry);
    const forwarder = this.forwarders[entry.server?.method ?? 'bypass'] as Forwarder;
    return forwarder.forward(packet, this.target, this.output);
  }

  private forwardIcmp(packet: Packet, quote: Packet, entry: Entry): ForwardingResult {
    this.aim(entry);
    const forwarder = this.forwarders[entry.server?.method ?? 'bypass'] as Forwarder;
    return forwarder.forwardError(packet, quote, this.target, this.output);
  }

  private aim(entry: Entry): void {
    const { target } = this;
    target.setVirtual(entry.virtual, entry.virtualPort);
    if (entry.server === undefined) return;
    target.setServer(entry.server.address, entry.serverPort);
    target.tunnel = entry.server.tunnel;
    target.path = entry.server.path;
  }

  private accept(): ForwardingResult {
    return this.output.conclude('accept', 'not-translated');
  }

  /** The packet put together, when it is a fragment and the last one missing. */
  private whole(packet: Packet, nowMs: number): Packet | undefined {
    if (!needsAssembly(packet) || packet.trace !== undefined) return packet;
    if (packet.family === 4 && isSecurity(packet.protocol)) return packet;
    const result = this.reassembler.add(packet, nowMs);
    return result === 'assembled' ? this.reassembler.packet : undefined;
  }

  private mayOpen(packet: Packet): boolean {
    const { protocol, bytes, transportOffset } = packet;
    if (protocol === IP_PROTOCOL.UDP) return true;
    if (protocol === IP_PROTOCOL.TCP) {
      const flags = packet.transportLength >= 14 ? (bytes[transportOffset + 13] as number) : 2;
      if ((flags & 4) !== 0) return false;
      return (flags & 2) !== 0 || this.tunables.get('sloppy_tcp') === 1;
    }
    const chunk = packet.transportLength >= 13 ? bytes[transportOffset + 12] : 1;
    return chunk === 1 || (this.tunables.get('sloppy_sctp') === 1 && chunk !== 6);
  }

  private mustExpire(packet: Packet, entry: Entry): boolean {
    if (this.tunables.get('expire_nodest_conn') !== 1 || entry.server === undefined) return false;
    if (entry.server.removed) return true;
    return entry.server.weight === 0 && packet.protocol !== IP_PROTOCOL.UDP && this.mayOpen(packet);
  }

  private tellsServer(packet: Packet): boolean {
    const { protocol, bytes, transportOffset, sourcePort } = packet;
    if (this.tunables.get('nat_icmp_send') !== 1 || !isTransportWithPorts(protocol)) return false;
    if (protocol === IP_PROTOCOL.TCP && ((bytes[transportOffset + 13] as number) & 4) !== 0)
      return false;
    if (protocol === IP_PROTOCOL.SCTP && bytes[transportOffset + 12] === 6) return false;
    const source = addressAt(packet, packet.sourceOffset);
    return [...this.rules.services.values()].some(
      (service) =>
        (service.protocol === protocol || service.mark !== 0) &&
        service.servers.some(
          (server) =>
            server.method === 'masquerading' &&
            server.port === sourcePort &&
            server.address.equals(source),
        ),
    );
  }

  private servers(): RuleServer[] {
    return [...this.rules.services.values()].flatMap((service) => service.servers);
  }

  private remember(flow: Packet, turned: boolean, entry: Entry): void {
    const { protocol } = flow;
    const client = addressAt(flow, turned ? flow.destinationOffset : flow.sourceOffset);
    const port = turned ? flow.destinationPort : flow.sourcePort;
    const from = `${protocol} ${client} ${port}`;
    const far = entry.server?.method === 'masquerading' ? entry.server.address : entry.virtual;
    const farPort = entry.server?.method === 'masquerading' ? entry.serverPort : entry.virtualPort;
    this.byClient.set(`${from} ${entry.virtual} ${entry.virtualPort}`, entry);
    this.byServer.set(`${from} ${far} ${farPort}`, entry);
  }

  private isLocal(address: IpAddress): boolean {
    const { family, word0, word1, word2, word3 } = address;
    return this.environment.localityOf(family, word0, word1, word2, word3) !== 'foreign';
  }
}

const isSecurity = (protocol: number): boolean =>
  protocol === IP_PROTOCOL.AH || protocol === IP_PROTOCOL.ESP;

const addressAt = (packet: Packet, offset: number): IpAddress =>
  IpAddress.fromBytes(packet.family, packet.bytes, offset);

const destinationOf = (packet: Packet): IpAddress => addressAt(packet, packet.destinationOffset);

const keyBetween = (
  packet: Packet,
  protocol: number,
  near: [number, number],
  far: [number, number],
): string =>
  `${protocol} ${addressAt(packet, near[0])} ${near[1]} ${addressAt(packet, far[0])} ${far[1]}`;

const clientKey = (packet: Packet, protocol: number, from: number, to: number): string =>
  keyBetween(packet, protocol, [packet.sourceOffset, from], [packet.destinationOffset, to]);

const serverKey = (packet: Packet, protocol: number, from: number, to: number): string =>
  keyBetween(packet, protocol, [packet.destinationOffset, to], [packet.sourceOffset, from]);

/** The key of the connection whose packet to the client a quote shows. */
const turnedKey = (quote: Packet): string =>
  isSecurity(quote.protocol)
    ? serverKey(quote, 17, 500, 500)
    : serverKey(quote, quote.protocol, quote.sourcePort, quote.destinationPort);

/** The key of the connection whose packet to the server a quote shows. */
const turnedServerKey = (quote: Packet): string =>
  isSecurity(quote.protocol)
    ? clientKey(quote, 17, 500, 500)
    : clientKey(quote, quote.protocol, quote.sourcePort, quote.destinationPort);

/** A new connection needs more of the transport header than rewriting does. */
const hasOpeningHeader = (packet: Packet): boolean => {
  const needed: Record<number, number> = {
    [IP_PROTOCOL.TCP]: 20,
    [IP_PROTOCOL.UDP]: 8,
    [IP_PROTOCOL.SCTP]: 16,
  };
  return packet.transportLength >= (needed[packet.protocol] as number);
};
