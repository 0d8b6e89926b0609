/**
 * Where packets come in: they are checked once, and take the clients' way when they are addressed to the
 * director, else the servers' way. What is no well-formed packet ends here.
 */
import { hasSourceRoute } from '../forwarding/ip-options.js';
import type { Side } from '../forwarding/output.js';
import { Reassembler } from '../forwarding/reassembly.js';
import { requireWithin } from '../wire/bytes.js';
import { Packet } from '../wire/packet.js';
import { ETHER_TYPE } from '../wire/protocol-numbers.js';
import { Admission } from './admission.js';
import type { DirectorContext } from './context.js';
import type { PacketDropper } from './defenses.js';
import type { DirectorHost } from './host.js';
import { IcmpInput } from './icmp-input.js';
import { LocalInput } from './local-input.js';
import { MasqueradedServers } from './masqueraded-servers.js';
import { BLOCK, type PacketBatch, ReadAhead } from './packet-batch.js';
import { Verdict } from './verdict.js';
import { PassThrough } from './pass-through.js';
import { FastPath } from './fast-path.js';
import { TunnelServers } from './tunnel-servers.js';
import type { Action } from './reasons.js';

const NONE = -1;
/** Bytes of an Ethernet header without tags. */
const LINK_HEADER = 14;
/** Where in it the type is. */
const LINK_TYPE = 12;

/** Takes packets of one director. */
export class Ingress {
  private readonly context: DirectorContext;
  private readonly host: DirectorHost;
  private readonly verdict: Verdict;
  private readonly plain: FastPath;
  private readonly local: LocalInput;
  private readonly passing: PassThrough;
  private readonly packet = new Packet();
  private readonly readAhead: ReadAhead;

  /**
   * @param context - The director.
   * @param host - Its host.
   * @param dropper - The `drop_packet` defense.
   * @param readAheadFrom - How many entries there must be for batches to read ahead.
   */
  constructor(
    context: DirectorContext,
    host: DirectorHost,
    dropper: PacketDropper,
    readAheadFrom: number,
  ) {
    const { services } = context;
    const reassembler = new Reassembler();
    const admission = new Admission(context, dropper);
    const icmp = new IcmpInput(context, admission, new TunnelServers(services));
    this.context = context;
    this.host = host;
    this.readAhead = new ReadAhead(
      context.table,
      host.link === undefined ? 0 : LINK_HEADER,
      readAheadFrom,
    );
    this.verdict = new Verdict(context, host);
    this.plain = new FastPath(context, host);
    this.local = new LocalInput(context, admission, icmp, reassembler);
    const masqueraded = new MasqueradedServers(services);
    this.passing = new PassThrough(context, icmp, reassembler, masqueraded);
  }

  /**
   * Takes a packet.
   *
   * @param bytes - The buffer it lies in.
   * @param offset - Index of its first byte.
   * @param length - Its bytes.
   * @param side - The leg by which it came.
   * @param mark - Its firewall mark; 0 = none.
   * @param now - The present time in milliseconds.
   * @param guess - The entry it most likely belongs to, when there is a guess.
   * @returns What becomes of it; valid until the next packet.
   * @throws {RangeError} When the packet does not lie in the buffer.
   */
  take(
    bytes: Uint8Array,
    offset: number,
    length: number,
    side: Side,
    mark: number,
    now: number,
    guess: number = NONE,
  ): Verdict {
    this.context.begin(now, side, mark);
    requireWithin(bytes, offset, length);
    if (side === 'client' && this.takePlain(bytes, offset, length, guess)) {
      return this.conclude('forward', false);
    }
    return this.takeAny(bytes, offset, length);
  }

  /**
   * Takes packets of clients, one after the other.
   *
   * @param batch - The packets.
   * @param now - The present time in milliseconds.
   * @param each - Told of every packet, in order.
   */
  takeAll(batch: PacketBatch, now: number, each: (verdict: Verdict, index: number) => void): void {
    const { bytes, offsets, lengths, count, marks } = batch;
    for (let start = 0; start < count; start += BLOCK) {
      const end = Math.min(count, start + BLOCK);
      this.readAhead.approach(batch, start, end);
      const { births } = this.context;
      for (let i = start; i < end; i++) {
        const mark = marks === undefined ? 0 : marks[i];
        // A new entry may be the one that is meant, so guesses from before do not count any more.
        const guess = births === this.context.births ? this.readAhead.likely(i - start) : NONE;
        each(this.take(bytes, offsets[i], lengths[i], 'client', mark, now, guess), i);
      }
    }
  }

  /**
   * Shows connections a packet that the host itself sends; it leaves as it is.
   *
   * @param bytes - The packet; not changed.
   * @param now - The present time in milliseconds.
   */
  observe(bytes: Uint8Array, now: number): void {
    const { context, packet } = this;
    context.begin(now, 'server', 0);
    const parsed = this.host.link === undefined ? packet.parse(bytes) : packet.parseFrame(bytes);
    if (parsed === 'ok') this.passing.observe(packet);
  }

  /** The short way, of packets that are plain in every respect. */
  private takePlain(bytes: Uint8Array, offset: number, length: number, guess: number): boolean {
    const view = this.packet.viewOf(bytes);
    const end = offset + length;
    if (this.host.link === undefined) {
      return this.plain.forward(bytes, view, offset, offset, end, guess);
    }
    if (length < LINK_HEADER || view.getUint16(offset + LINK_TYPE) !== ETHER_TYPE.IPV4)
      return false;
    return this.plain.forward(bytes, view, offset, offset + LINK_HEADER, end, guess);
  }

  /** The long way, of all other packets. */
  private takeAny(bytes: Uint8Array, offset: number, length: number): Verdict {
    const { context, packet } = this;
    const parsed =
      this.host.link === undefined
        ? packet.parse(bytes, offset, length)
        : packet.parseFrame(bytes, offset, length);
    if (parsed !== 'ok') return this.conclude(context.conclude('drop', parsed), false);
    if (hasSourceRoute(packet)) {
      return this.conclude(context.conclude('drop', 'source-route'), false);
    }
    const isLocal = this.isLocal(packet);
    const action = isLocal ? this.local.receive(packet) : this.passing.receive(packet);
    return this.conclude(action, !isLocal && action === 'accept');
  }

  private isLocal(packet: Packet): boolean {
    if (this.context.mark !== 0 && this.context.side === 'client') return true;
    if (packet.family === 4) {
      return this.host.localityOf(4, 0, 0, 0, packet.destinationWord3) !== 'foreign';
    }
    const locality = this.host.localityOf(
      packet.family,
      packet.destinationWord0,
      packet.destinationWord1,
      packet.destinationWord2,
      packet.destinationWord3,
    );
    return locality !== 'foreign';
  }

  private conclude(action: Action, routed: boolean): Verdict {
    const { verdict } = this;
    verdict.action = action;
    verdict.leaves = routed || action === 'forward' || action === 'reply';
    return verdict;
  }
}
