/**
 * A capture on its way through a director, whose time is that of the capture.
 *
 * Each packet: find it in its frame, make it fit for a director, find out where it comes from, take the
 * director's verdict, put what leaves back into a frame. What keeps its place and size is written where it is.
 */
import type { CaptureRecord } from '../../captures/capture-record.js';
import type { CaptureCopier } from '../../captures/copied-packet.js';
import { LinkContent } from '../../captures/links/link-content.js';
import { describeLinkType } from '../../captures/links/link-type-names.js';
import { linkRuleOf } from '../../captures/links/link-types.js';
import { ManualClock } from '../../clock.js';
import { Director } from '../../director/director.js';
import type { HostOptions } from '../../director/host.js';
import type { TunableName } from '../../director/tunables.js';
import type { Origin as PacketOrigin, Side } from '../../forwarding/index.js';
import type { KernelRelease } from '../../model/kernel-profile.js';
import { seededRandom } from '../../random.js';
import type { Packet } from '../../wire/index.js';
import { restoreRulesFile, type RulesFile } from '../rules-file.js';
import { Advice } from './advice.js';
import { CapturedPacket, type OffloadHandling } from './captured-packet.js';
import { DepartureWriter } from './departure-writer.js';
import { Fragments, type WaitingDatagram } from './fragments.js';
import { NextHops } from './next-hops.js';
import { type Origin, Origins } from './origin.js';
import { type Explain, OutcomeRecorder } from './outcome-recorder.js';
import type { TranslationReason } from './outcome.js';
import type { PacketFilter } from './packet-filter.js';
import { Sides } from './sides.js';
import { serviceSums, type TranslationSum } from './translation-sum.js';
import { TunnelSource } from './tunnel-source.js';

/** What a translation is made from. */
export interface TranslationOptions {
  /** The rules. */
  readonly rules: RulesFile;
  /** The side from which all packets come; default: their addresses say it. */
  readonly side: Side | undefined;
  /** The firewall mark of all packets of clients. */
  readonly mark: number;
  /** What decides all random choices. */
  readonly seed: number;
  /** Tunables that do not have their default. */
  readonly tunables: Readonly<Partial<Record<TunableName, string>>>;
  /** The director's own addresses and MTUs. */
  readonly host: HostOptions;
  /** The kernel whose decisions are made. */
  readonly kernel?: KernelRelease;
  /** What becomes of packets that a network card would have finished. */
  readonly offload: OffloadHandling;
  /** Whether answers from virtual addresses are those of plain servers. */
  readonly beforeLvs: boolean;
  /** Which packets are written and explained. */
  readonly filter: PacketFilter;
  /** Whether comments are added to the packets that are written. */
  readonly comments: boolean;
}

/** Whose packets the director takes those of an origin for. */
function takenFrom(origin: Origin): PacketOrigin {
  if (origin === 'host') return 'host';
  return origin === 'server' || origin === 'answer' ? 'server' : 'client';
}

/** The length a logged packet had: the log does not say it, so its header must. */
function loggedLength(view: DataView, offset: number, kept: number, family: number): number {
  if (kept < 6) return kept;
  const given = family === 4 ? view.getUint16(offset + 2) : view.getUint16(offset + 4) + 40;
  return Math.max(kept, given);
}

/** One translation. */
export class Translation {
  /** What is to be said of the rules. */
  readonly warnings: readonly string[];
  private readonly clock = new ManualClock();
  private readonly director: Director;
  private readonly hops = new NextHops();
  private readonly writer: DepartureWriter;
  private readonly fragments = new Fragments();
  private readonly content = new LinkContent();
  private readonly captured: CapturedPacket;
  private readonly options: TranslationOptions;
  private readonly sides: Sides;
  private readonly origins: Origins;
  private readonly tunnelSource: TunnelSource;
  private readonly recorder: OutcomeRecorder;
  private readonly advice = new Advice();
  private firstMs = Number.NaN;

  /**
   * @param options - What it is made from.
   * @param explain - Called with what became of each packet that is wanted; default: no line per packet.
   * @throws {InputError} When a rule is refused.
   */
  constructor(options: TranslationOptions, explain?: Explain) {
    const { host, tunables, seed, rules, offload, filter, comments, kernel } = options;
    this.options = options;
    this.recorder = new OutcomeRecorder(filter, comments, explain);
    this.captured = new CapturedPacket(offload);
    this.writer = new DepartureWriter(this.hops, this.captured);
    this.director = new Director({
      clock: this.clock,
      random: seededRandom(seed),
      host: { ...host, mergesSegments: offload !== 'none' },
      tunables,
      ...(kernel !== undefined && { kernel }),
    });
    this.warnings = restoreRulesFile(rules, this.director);
    this.tunnelSource = new TunnelSource(this.director, host.server);
    this.sides = new Sides(this.director);
    this.origins = new Origins(this.director, this.tunnelSource, options.beforeLvs);
  }

  /**
   * Takes a packet.
   *
   * @param record - The packet; its bytes may be rewritten.
   * @param copier - Given what is written.
   */
  take(record: CaptureRecord, copier: CaptureCopier): void {
    const { content } = this;
    this.recorder.begin(record.number, this.passTime(record));
    const rule = linkRuleOf(record.interface.linkType);
    if (rule === undefined) {
      this.pass(record, copier, 'link-type-not-read', describeLinkType(record.interface.linkType));
      return;
    }
    rule.locate(record.bytes, record.offset, record.offset + record.length, content);
    if (content.family === 0) this.pass(record, copier, 'no-ip', content.other);
    else this.takeIp(record, copier);
  }

  /**
   * What became of all packets so far.
   *
   * @param complete - Whether the whole capture was read.
   * @returns The sum.
   */
  sum(complete: boolean): TranslationSum {
    const { recorder, director } = this;
    return {
      format: 'ipvs-translation/2',
      packets: recorder.packets,
      written: recorder.written,
      connections: director.table.size,
      complete,
      verdicts: recorder.counts.list(),
      services: serviceSums(director),
      advice: [
        ...this.advice.sentences(this.origins.answersSkipped),
        ...this.tunnelSource.sentences(),
      ],
    };
  }

  /** What is no IP packet goes through, unless only some packets are wanted. */
  private pass(
    record: CaptureRecord,
    copier: CaptureCopier,
    reason: TranslationReason,
    what: string,
  ): void {
    if (!this.options.filter.isEmpty) return;
    copier.pass(record);
    this.recorder.passed(reason, what);
  }

  private takeIp(record: CaptureRecord, copier: CaptureCopier): void {
    const { content, captured, recorder } = this;
    const frameCheckBytes = content.trailerBytes || record.interface.frameCheckBytes;
    const wire = Math.max(record.originalLength, record.length) - frameCheckBytes;
    const { bytes, view } = record;
    const { packetEnd, offset, family } = content;
    const header = offset - record.offset;
    const kept = packetEnd < 0 ? Math.min(record.length, wire) - header : packetEnd - offset;
    const onWire = packetEnd < 0 ? wire - header : loggedLength(view, offset, kept, family);
    if (!captured.take(bytes, view, offset, kept, onWire, family)) {
      this.advice.sawTooShort();
      recorder.skipped('captured-too-short');
      return;
    }
    if (captured.isUnusual) this.advice.sawUnusual(captured);
    const parsed = captured.parse();
    if (parsed !== 'ok' || captured.packet.family !== content.family) {
      recorder.dropped(parsed === 'ok' ? 'ip-version-unknown' : parsed);
      return;
    }
    this.decide(record, copier, frameCheckBytes);
  }

  private decide(record: CaptureRecord, copier: CaptureCopier, frameCheckBytes: number): void {
    const { captured, recorder, origins, director, writer, content } = this;
    const origin = this.originOf(record, captured.packet);
    recorder.describe(captured, takenFrom(origin));
    if (origin === 'director') {
      recorder.skipped('director-output');
      return;
    }
    writer.begin(record, content, frameCheckBytes);
    if (origin === 'tunnel') captured.unwrap(origins.inner);
    else if (origin === 'answer') origins.redirectAnswer(captured.packet);
    const { packet } = captured;
    const datagram = packet.isFragment ? this.fragments.of(packet) : undefined;
    if (datagram !== undefined) writer.noteFragment(packet, datagram);
    const from = origin === 'answer' && this.sides.isOwnSource(packet) ? 'host' : takenFrom(origin);
    const verdict = director.take(
      captured.bytes,
      captured.offset,
      captured.length,
      from,
      from === 'client' ? this.options.mark : 0,
    );
    if (datagram !== undefined) this.followFragment(packet, datagram, verdict.reason);
    this.tunnelSource.noteVerdict(verdict.reason);
    recorder.decided(verdict, datagram);
    recorder.wrote(
      recorder.isWanted ? writer.write(verdict, datagram, recorder.comment, copier) : 0,
    );
  }

  /** A datagram that no longer waits is forgotten after what became of it was recorded. */
  private followFragment(packet: Packet, datagram: WaitingDatagram, reason: string): void {
    if (reason === 'fragment-waiting') this.fragments.wait(datagram, this.recorder.number);
    else this.fragments.forget(packet);
  }

  private originOf(record: CaptureRecord, packet: Packet): Origin {
    const { content, hops } = this;
    const { side } = this.options;
    const hasAddresses = content.addressesAt >= 0;
    const place = this.sides.placeOf(packet);
    const isOwn = hasAddresses && hops.isOwnFrame(record.view, content.addressesAt);
    const origin = side ?? this.origins.of(packet, place, isOwn, this.sides.isOwnSource(packet));
    this.advice.sawPlace(origin === 'tunnel' ? 'to-virtual' : place);
    if (hasAddresses && (origin === 'client' || origin === 'server')) {
      const { view } = record;
      // The addresses of the packet are those in the capture, of which a cut packet is a copy.
      const sourceAt = content.offset + (packet.family === 4 ? 12 : 8);
      hops.learn(view, content.addressesAt, origin, packet.family, sourceAt);
    }
    return origin;
  }

  /** Sets the clock to a packet's time, which never runs back, and gives the seconds since the first one. */
  private passTime(record: CaptureRecord): number {
    if (!record.hasTime) return Number.NaN;
    const ms = record.milliseconds;
    if (Number.isNaN(this.firstMs)) this.firstMs = ms;
    const passed = ms - this.firstMs;
    if (passed > this.clock.now()) this.clock.set(passed);
    return passed / 1000;
  }
}
