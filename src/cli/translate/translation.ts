/**
 * A capture on its way through a director, whose time is that of the capture.
 */
import { ManualClock } from '../../clock.js';
import { Director, type HostOptions, type TunableName } from '../../director/index.js';
import type { Side } from '../../forwarding/index.js';
import { IpAddress } from '../../ip-address.js';
import type { PcapLinkType, PcapRecord } from '../../pcap/index.js';
import { seededRandom } from '../../random.js';
import { schedulersByName } from '../../schedulers/index.js';
import { Packet } from '../../wire/index.js';
import { restoreRulesFile, type RulesFile } from '../rules-file.js';
import { LearnedLinks } from './learned-links.js';
import { describe, type PacketOutcome, type TranslationSum, VerdictCounts } from './outcome.js';
import { Sides } from './sides.js';

/** What a translation is made from. */
export interface TranslationOptions {
  /** The rules. */
  readonly rules: RulesFile;
  /** What is in front of the IP header. */
  readonly linkType: PcapLinkType;
  /** The side from which all packets come; default: told by their addresses. */
  readonly side?: Side;
  /** The firewall mark of all packets of clients. */
  readonly mark: number;
  /** What decides all chance. */
  readonly seed: number;
  /** Tunables that do not have their default. */
  readonly tunables: Readonly<Partial<Record<TunableName, string>>>;
  /** The director's own addresses and MTUs. */
  readonly host: HostOptions;
}

/** One translation. */
export class Translation {
  private readonly clock = new ManualClock();
  private readonly director: Director;
  private readonly links = new LearnedLinks();
  private readonly counts = new VerdictCounts();
  private readonly options: TranslationOptions;
  private readonly sides: Sides;
  private readonly packet = new Packet();
  private firstMs = -1;
  private packets = 0;
  private written = 0;

  /**
   * @param options - What it is made from.
   * @throws {InputError} When a rule is refused.
   */
  constructor(options: TranslationOptions) {
    const { linkType, host, tunables, seed, rules } = options;
    this.options = options;
    this.director = new Director({
      schedulers: schedulersByName,
      clock: this.clock,
      random: seededRandom(seed),
      host: linkType === 'ethernet' ? { ...host, link: this.links } : host,
      tunables,
    });
    restoreRulesFile(rules, this.director);
    this.sides = new Sides(this.director);
  }

  /**
   * Takes a packet.
   *
   * @param record - The packet; its bytes may be rewritten.
   * @param write - Told of each packet that leaves.
   * @param explain - Told what became of it, when given.
   */
  take(
    record: PcapRecord,
    write: (bytes: Uint8Array) => void,
    explain?: (outcome: PacketOutcome) => void,
  ): void {
    const { director, options } = this;
    const { bytes } = record;
    const seconds = this.passTime(record);
    const side = this.sideOf(bytes);
    const description = explain === undefined ? '' : describe(bytes, this.isFrames);
    const verdict =
      side === 'client' ? director.receive(bytes, options.mark) : director.respond(bytes);
    const departures = verdict.departures();
    this.packets += 1;
    this.written += departures.length;
    this.counts.add(verdict);
    for (const departure of departures) write(departure.bytes);
    explain?.({
      packet: this.packets,
      seconds,
      side,
      description,
      action: verdict.action,
      reason: verdict.reason,
      server: verdict.server?.toString() ?? null,
      departures: departures.length,
    });
  }

  /**
   * What became of all packets so far.
   *
   * @returns The sum.
   */
  sum(): TranslationSum {
    const { packets, written } = this;
    const connections = this.director.table.size;
    const verdicts = this.counts.list();
    return { format: 'ipvs-translation/1', packets, written, connections, verdicts };
  }

  private get isFrames(): boolean {
    return this.options.linkType === 'ethernet';
  }

  /** Sets the clock to a packet's time, which never runs back, and gives the seconds since the first one. */
  private passTime({ seconds, nanoseconds }: PcapRecord): number {
    const ms = seconds * 1000 + nanoseconds / 1e6;
    if (this.firstMs < 0) this.firstMs = ms;
    this.clock.set(Math.max(ms - this.firstMs, this.clock.now()));
    return (ms - this.firstMs) / 1000;
  }

  private sideOf(bytes: Uint8Array): Side {
    const { packet, isFrames } = this;
    const parsed = isFrames ? packet.parseFrame(bytes) : packet.parse(bytes);
    if (parsed !== 'ok') return this.options.side ?? 'client';
    const side = this.options.side ?? this.sides.sideOf(packet);
    const source = IpAddress.fromBytes(packet.family, bytes, packet.sourceOffset);
    if (isFrames) this.links.learn(bytes, side, source);
    return side;
  }
}
