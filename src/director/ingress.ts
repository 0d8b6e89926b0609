/**
 * Where packets come in: they are checked once; those addressed to the director go to `local-input.ts`, all
 * others to `pass-through.ts`, and those of the host itself to `host-output.ts`. Plain packets of known
 * connections take the fast path instead. Malformed packets end here.
 */
import { hasSourceRoute } from '../forwarding/ip-options.js';
import type { Origin } from '../forwarding/output.js';
import { requireWithin } from '../wire/bytes.js';
import { Packet, type ParseResult } from '../wire/packet.js';
import { ETHER_TYPE } from '../wire/protocol-numbers.js';
import { Admission } from './admission.js';
import type { PacketDropper } from './defenses.js';
import { FastOpening } from './fast-opening.js';
import { FastPath6 } from './fast-path-6.js';
import { FastPath } from './fast-path.js';
import { HostOutput } from './host-output.js';
import { HostReplies } from './server-replies-at-host.js';
import { IcmpInput } from './icmp-input.js';
import { LocalInput } from './local-input.js';
import { MasqueradedServers } from './masqueraded-servers.js';
import { BLOCK, type PacketBatch, ReadAhead } from './packet-batch.js';
import { PacketReassembly } from './packet-reassembly.js';
import { PacketState } from './packet-state.js';
import type { DirectorParts } from './parts.js';
import { PassThrough } from './pass-through.js';
import { ServerCalls } from './sip-calls-from-servers.js';
import { Replies } from './reply-lookup.js';
import { ToServer } from './to-server.js';
import { TrackedPath } from './tracked-path.js';
import { TunnelServers } from './tunnel-servers.js';
import { UnexpectedReplies } from './unexpected-replies.js';
import { Verdict } from './verdict.js';

const NONE = -1;
/** Bytes of an Ethernet header without tags. */
const LINK_HEADER = 14;
/** Offset of the type in it. */
const LINK_TYPE = 12;

/** Takes the packets of one director. */
export class Ingress {
  private readonly parts: DirectorParts;
  private readonly state = new PacketState();
  private readonly verdict: Verdict;
  private readonly admission: Admission;
  private readonly opening: FastOpening;
  private readonly fastPath: FastPath;
  private readonly fastPath6: FastPath6;
  /** The path of all packets but plain ones, when there is connection tracking. */
  private readonly tracked: TrackedPath | undefined;
  private readonly local: LocalInput;
  private readonly passing: PassThrough;
  private readonly ownOutput: HostOutput;
  private readonly packet = new Packet();
  private readonly readAhead: ReadAhead;

  /**
   * @param parts - The director.
   * @param dropper - The `drop_packet` defense.
   * @param readAheadFrom - How many entries there must be for batches to read ahead.
   */
  constructor(parts: DirectorParts, dropper: PacketDropper, readAheadFrom: number) {
    const { state } = this;
    const { services, host, table, output } = parts;
    const headerLength = host.link === undefined ? 0 : LINK_HEADER;
    const reassembly = new PacketReassembly(state);
    const admission = new Admission(parts, state, dropper);
    const toServer = new ToServer(parts, state);
    const icmp = new IcmpInput(parts, state, admission, new TunnelServers(services), toServer);
    const replies = new Replies(parts, state);
    const unexpected = new UnexpectedReplies(parts, state, new MasqueradedServers(services));
    const calls = new ServerCalls(services, admission.opener);
    this.parts = parts;
    this.admission = admission;
    this.readAhead = new ReadAhead(table, headerLength, readAheadFrom);
    this.verdict = new Verdict(state.decision, output, host);
    const answers = new HostReplies(parts, state, replies, calls, unexpected);
    this.local = new LocalInput(parts, state, admission, icmp, reassembly, answers, toServer);
    this.passing = new PassThrough(parts, state, icmp, reassembly, replies, calls, unexpected);
    this.ownOutput = new HostOutput(parts, state, this.local, icmp, reassembly, replies, answers);
    const { tracking } = parts;
    const { local, passing, ownOutput } = this;
    const steps = { local, passing, ownOutput, reassembly };
    this.tracked = tracking && new TrackedPath(parts, tracking, state, steps);
    this.opening = new FastOpening(parts, state, admission, dropper);
    this.fastPath = new FastPath(parts, state, this.opening);
    this.fastPath6 = new FastPath6(parts, state, this.opening);
  }

  /**
   * Processes a packet.
   *
   * @param bytes - The buffer that holds it.
   * @param offset - Index of its first byte.
   * @param length - Its bytes.
   * @param side - The interface by which it came in, or the host itself.
   * @param mark - Its firewall mark; 0 = none.
   * @param now - The present time in milliseconds.
   * @param candidate - The entry it most likely belongs to, or −1.
   * @returns The verdict; valid until the next packet.
   * @throws {RangeError} When the packet exceeds the buffer.
   */
  process(
    bytes: Uint8Array,
    offset: number,
    length: number,
    side: Origin,
    mark: number,
    now: number,
    candidate: number = NONE,
  ): Verdict {
    this.state.begin(now, side, mark);
    requireWithin(bytes, offset, length);
    if (side === 'client' && this.tryFastPath(bytes, offset, length, candidate)) {
      return this.verdict.finishForwarded();
    }
    if (side === 'host') return this.sendFromHost(bytes, offset, length);
    return this.takeSlowPath(bytes, offset, length);
  }

  /**
   * Processes packets of clients, one after the other.
   *
   * @param batch - The packets.
   * @param now - The present time in milliseconds.
   * @param each - Called for every packet, in order.
   */
  processBatch(
    batch: PacketBatch,
    now: number,
    each: (verdict: Verdict, index: number) => void,
  ): void {
    const { admission, readAhead } = this;
    const { bytes, offsets, lengths, count, marks } = batch;
    for (let start = 0; start < count; start += BLOCK) {
      const end = Math.min(count, start + BLOCK);
      readAhead.prefetch(batch, start, end);
      const { attempts } = admission;
      for (let i = start; i < end; i++) {
        const mark = marks === undefined ? 0 : marks[i];
        // A new entry may be the right one, so candidates found before it do not count any more.
        const candidate = attempts === admission.attempts ? readAhead.candidate(i - start) : NONE;
        each(this.process(bytes, offsets[i], lengths[i], 'client', mark, now, candidate), i);
      }
    }
  }

  /** The fast path: `false` unless it has decided about the packet; then nothing was done but perhaps an opening. */
  private tryFastPath(
    bytes: Uint8Array,
    offset: number,
    length: number,
    candidate: number,
  ): boolean {
    const { sync, tunables } = this.parts;
    if (sync !== undefined && sync.isStandby) return false;
    // A masqueraded server may be a client, and what it sends is refused then.
    if (tunables.nat_icmp_send !== 0) return false;
    const view = this.packet.viewOf(bytes);
    const end = offset + length;
    if (this.parts.host.link === undefined) {
      return length > 0 && bytes[offset] >>> 4 === 6
        ? this.fastPath6.forward(bytes, view, offset, offset, end)
        : this.fastPath.forward(bytes, view, offset, offset, end, candidate);
    }
    if (length < LINK_HEADER) return false;
    const type = view.getUint16(offset + LINK_TYPE);
    const at = offset + LINK_HEADER;
    if (type === ETHER_TYPE.IPV4) {
      return this.fastPath.forward(bytes, view, offset, at, end, candidate);
    }
    return type === ETHER_TYPE.IPV6 && this.fastPath6.forward(bytes, view, offset, at, end);
  }

  /** The slow path, of all other packets. */
  private takeSlowPath(bytes: Uint8Array, offset: number, length: number): Verdict {
    const { state, verdict, packet } = this;
    const unfinished = this.opening.takeUnfinished();
    const parsed = this.parse(bytes, offset, length);
    if (parsed !== 'ok') return verdict.finish(state.decide('drop', parsed), 'sent');
    if (unfinished !== undefined) {
      return verdict.finish(this.local.finish(packet, unfinished), 'delivered');
    }
    if (hasSourceRoute(packet)) return verdict.finish(state.decide('drop', 'source-route'), 'sent');
    if (this.tracked !== undefined) return this.takeTracked(packet, this.tracked);
    if (this.isLocal(packet)) return verdict.finish(this.local.receive(packet), 'delivered');
    return verdict.finish(this.passing.receive(packet), 'routed');
  }

  /** The slow path beside connection tracking. */
  private takeTracked(packet: Packet, tracked: TrackedPath): Verdict {
    const decision = tracked.receive(packet, (each) => this.isLocal(each));
    return this.verdict.finish(decision, tracked.toHost ? 'delivered' : 'routed');
  }

  /** The path of packets that the host sends, which have no link header yet. */
  private sendFromHost(bytes: Uint8Array, offset: number, length: number): Verdict {
    const { state, verdict, packet, ownOutput, tracked } = this;
    const parsed = packet.parse(bytes, offset, length);
    if (parsed !== 'ok') return verdict.finish(state.decide('drop', parsed), 'sent');
    const decision = tracked?.sendFromHost(packet) ?? ownOutput.send(packet);
    return verdict.finish(decision, ownOutput.delivers ? 'delivered' : 'sent', true);
  }

  private parse(bytes: Uint8Array, offset: number, length: number): ParseResult {
    const { packet } = this;
    return this.parts.host.link === undefined
      ? packet.parse(bytes, offset, length)
      : packet.parseFrame(bytes, offset, length);
  }

  /** Whether a packet is addressed to the director; a client's packet with a mark counts as such. */
  private isLocal(packet: Packet): boolean {
    const { mark, side } = this.state;
    if (mark !== 0 && side === 'client') return true;
    const { host } = this.parts;
    if (packet.family === 4) return host.isLocal4(packet.destinationWord3);
    return host.localityOf(packet.destination) !== 'foreign';
  }
}
