/**
 * Sends one frame, whatever it is, through everything that takes frames, and checks what must hold for
 * any bytes: no exception, nothing changed outside the frame, nothing changed at all when refused.
 */
import {
  bypass,
  checkServerSide,
  type Forwarder,
  ForwardingOutput,
  FrameWriter,
  gatewaying,
  hasSourceRoute,
  isIcmp,
  masquerading,
  PathMtu,
  readIcmpError,
  readTunnelQuote,
  Reassembler,
  relayTunnelError,
  routeOn,
  tunneling,
} from '../../../src/forwarding/index.js';
import { IpAddress } from '../../../src/ip-address.js';
import type { Tunnel } from '../../../src/model/forwarding-method.js';
import { createTunnel } from '../../../src/model/forwarding-method.js';
import { describePacket, MacAddress, Packet, verifyChecksums } from '../../../src/wire/index.js';
import { host, targetOf } from './host.js';

/** Poisoned bytes on both sides of a frame. */
export const MARGIN = 96;
const GUARD = 0xa5;

const TUNNELS: readonly Tunnel[] = [
  createTunnel({}),
  createTunnel({ type: 'gue', port: 6080 }),
  createTunnel({ type: 'gue', port: 6080, checksum: 'csum' }),
  createTunnel({ type: 'gre' }),
  createTunnel({ type: 'gre', checksum: 'csum' }),
];

/** Everything that takes frames, made once. */
export class Exerciser {
  /** How often each outcome came about. */
  readonly outcomes = new Map<string, number>();
  private readonly environment = host({ clientMtu: 1400, serverMtu: 1400 });
  private readonly packet = new Packet();
  private readonly quote = new Packet();
  private readonly inner = new Packet();
  private readonly output = new ForwardingOutput();
  private readonly roomy = new ForwardingOutput({ headroom: 80 });
  private readonly reassembler = new Reassembler({ maximumBytes: 65_536 });
  private readonly frames: FrameWriter;
  private readonly forwarders: readonly Forwarder[];
  private readonly target4 = targetOf(
    IpAddress.parse('10.0.0.7'),
    8080,
    IpAddress.parse('192.0.2.1'),
    80,
  );
  private readonly target6 = targetOf(
    IpAddress.parse('fd00:10::7'),
    8080,
    IpAddress.parse('2001:db8::1'),
    80,
  );
  private readonly buffer = new Uint8Array(4096).fill(GUARD);
  private nowMs = 0;

  constructor() {
    const { environment } = this;
    const mac = new MacAddress(0x0200, 1);
    const link = { client: mac, server: mac, resolveNeighbor: (): MacAddress => mac };
    this.frames = new FrameWriter(environment, link);
    this.forwarders = [masquerading, gatewaying, bypass, tunneling].map((make) =>
      make(environment),
    );
    this.target4.path = new PathMtu(1400);
  }

  /**
   * Sends a frame through everything.
   *
   * @param frame - The frame, at most 3900 bytes; stays as it is.
   * @param choice - Any number; picks tunnel and side.
   * @throws {Error} When something that must hold does not.
   */
  run(frame: Uint8Array, choice: number): void {
    this.nowMs += 1;
    const asFrame = this.place(frame, true);
    if (asFrame !== 'ok') this.count(`parse ${asFrame}`);
    else {
      for (const forwarder of this.forwarders) this.runForwarder(forwarder, frame, choice);
      this.runPlain(frame);
      this.runErrors(frame, choice);
      this.runReassembly(frame);
    }
    // The same bytes as an IP packet without link header.
    if (this.place(frame, false) === 'ok') this.describe();
  }

  private runForwarder(forwarder: Forwarder, frame: Uint8Array, choice: number): void {
    for (const output of [this.output, this.roomy]) {
      this.place(frame, true);
      const target = (choice & 1) === this.packet.family >> 2 ? this.target4 : this.target6;
      const isTunnel = forwarder.method === 'tunneling';
      const same = this.packet.family === 4 ? this.target4 : this.target6;
      const chosen = isTunnel ? target : same;
      chosen.tunnel = TUNNELS[choice % TUNNELS.length];
      const result = forwarder.forward(this.packet, chosen, output);
      this.check(`${forwarder.method} forward`, result, frame, output);
      this.place(frame, true);
      const answer = forwarder.respond(this.packet, same, output);
      this.check(`${forwarder.method} respond`, answer, frame, output);
    }
  }

  private runPlain(frame: Uint8Array): void {
    this.place(frame, true);
    hasSourceRoute(this.packet);
    this.describe();
    const { environment, packet, output } = this;
    const result = checkServerSide(environment, packet, output);
    if (result !== 'forward') this.check('server side', result, frame, output);
    this.check('route', routeOn(environment, packet, 'client', output), frame, output);
  }

  private runErrors(frame: Uint8Array, choice: number): void {
    const { packet, quote, inner, output, environment } = this;
    this.place(frame, true);
    if (!isIcmp(packet)) return;
    const reading = readIcmpError(packet, quote);
    this.count(`icmp ${reading}`);
    if (reading !== 'error') return;
    const target = packet.family === 4 ? this.target4 : this.target6;
    if (readTunnelQuote(quote, () => (choice & 2) === 0, inner) === 'tunnel') {
      const result = relayTunnelError(environment, packet, quote, inner, target, output);
      this.check('relay', result, frame, output);
    }
    for (const forwarder of this.forwarders) {
      if (forwarder.method === 'tunneling') continue;
      this.place(frame, true);
      readIcmpError(packet, quote);
      const there = forwarder.forwardError(packet, quote, target, output);
      this.check(`${forwarder.method} forwardError`, there, frame, output);
      this.place(frame, true);
      readIcmpError(packet, quote);
      const back = forwarder.respondError(packet, quote, target, output);
      this.check(`${forwarder.method} respondError`, back, frame, output);
    }
  }

  private runReassembly(frame: Uint8Array): void {
    this.place(frame, true);
    const result = this.reassembler.add(this.packet, this.nowMs);
    this.count(`reassembly ${result}`);
    if (result !== 'assembled') return;
    const whole = this.reassembler.packet;
    const target = whole.family === 4 ? this.target4 : this.target6;
    for (const forwarder of this.forwarders) {
      if (forwarder.forward(whole, target, this.output) !== 'forward') continue;
      this.drain(this.output, 'reassembled');
      break;
    }
  }

  /** Checks guards, that a refused frame is as it was, and that what leaves is a packet. */
  private check(what: string, result: string, frame: Uint8Array, output: ForwardingOutput): void {
    this.count(`${what}: ${result} ${output.reason}`);
    const changed = result === 'forward';
    const from = changed ? MARGIN - output.headroom : MARGIN;
    const end = MARGIN + frame.length;
    if (!isPoisoned(this.buffer, 0, from) || !isPoisoned(this.buffer, end, end + MARGIN))
      throw new Error(`${what} wrote outside the frame`);
    if (!changed) this.requireSame(what, frame);
    if (result === 'forward' || result === 'reply') this.drain(output, what);
  }

  private drain(output: ForwardingOutput, what: string): void {
    if (!this.frames.begin(output)) throw new Error(`${what} has no neighbour`);
    let bytes = 0;
    while (this.frames.next()) {
      const leaving = this.inner.parseFrame(
        this.frames.bytes,
        this.frames.offset,
        this.frames.length,
      );
      if (leaving !== 'ok') throw new Error(`${what} sent no packet: ${leaving}`);
      bytes += this.frames.length;
      if (bytes > 200_000) throw new Error(`${what} does not end`);
    }
  }

  private requireSame(what: string, frame: Uint8Array): void {
    const now = this.buffer.subarray(MARGIN, MARGIN + frame.length);
    if (Buffer.compare(now, frame) !== 0)
      throw new Error(`${what} changed a packet that it refused`);
  }

  private describe(): void {
    describePacket(this.packet);
    verifyChecksums(this.packet);
  }

  /** Puts the frame in the middle of the poisoned buffer and parses it there. */
  private place(frame: Uint8Array, withLinkHeader: boolean): string {
    const { buffer, packet } = this;
    buffer.fill(GUARD, 0, MARGIN);
    buffer.set(frame, MARGIN);
    buffer.fill(GUARD, MARGIN + frame.length, MARGIN + frame.length + MARGIN);
    return withLinkHeader
      ? packet.parseFrame(buffer, MARGIN, frame.length)
      : packet.parse(buffer, MARGIN, frame.length);
  }

  private count(outcome: string): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }
}

const POISON = new Uint8Array(MARGIN).fill(GUARD);

function isPoisoned(buffer: Uint8Array, from: number, to: number): boolean {
  return Buffer.compare(buffer.subarray(from, to), POISON.subarray(0, to - from)) === 0;
}
