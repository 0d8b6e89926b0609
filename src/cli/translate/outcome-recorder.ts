/**
 * Records what becomes of each packet: counts it, and puts it into words where they are asked for.
 */
import type { Reason, Verdict } from '../../director/index.js';
import type { Origin } from '../../forwarding/index.js';
import { Packet } from '../../wire/packet.js';
import type { CapturedPacket } from './captured-packet.js';
import type { WaitingDatagram } from './fragments.js';
import {
  describe,
  type PacketAction,
  type PacketOutcome,
  outcomeText,
  sourceOf,
  type TranslationReason,
  VerdictCounts,
} from './outcome.js';
import { type PacketFilter, WANTED } from './packet-filter.js';

/** Called with what became of each packet: the outcome, valid during the call, and who sent the packet. */
export type Explain = (outcome: PacketOutcome, sender: string) => void;

/** The outcome of the packet at hand, and the counts of all. */
export class OutcomeRecorder {
  /** Counts what became of packets. */
  readonly counts: VerdictCounts = new VerdictCounts();
  /** Packets that were read. */
  packets = 0;
  /** Packets that were written. */
  written = 0;
  /** The comment for the packet at hand; `''` when none is asked for. */
  comment = '';
  private readonly filter: PacketFilter;
  private readonly comments: boolean;
  private readonly explain: Explain | undefined;
  private readonly speaks: boolean;
  private readonly departing = new Packet();
  private sender = '';
  private matched = WANTED;
  private readonly outcome: PacketOutcome = {
    packet: 0,
    seconds: null,
    side: null,
    description: '',
    action: 'accept',
    reason: 'no-connection',
    server: null,
    departures: 0,
    notes: [],
  };

  /**
   * @param filter - Which packets are wanted.
   * @param comments - Whether comments are wanted.
   * @param explain - Called with what became of each packet that is wanted.
   */
  constructor(filter: PacketFilter, comments: boolean, explain: Explain | undefined) {
    this.filter = filter;
    this.comments = comments;
    this.explain = explain;
    this.speaks = comments || explain !== undefined;
  }

  /** The number of the packet at hand. */
  get number(): number {
    return this.outcome.packet;
  }

  /** Whether the packet at hand is written and explained. */
  get isWanted(): boolean {
    return this.matched === WANTED;
  }

  /**
   * Begins with a packet.
   *
   * @param number - Its number.
   * @param seconds - Seconds since the first packet; NaN when it has no time.
   */
  begin(number: number, seconds: number): void {
    const { outcome } = this;
    this.packets += 1;
    this.matched = this.filter.isEmpty ? WANTED : 0;
    this.comment = '';
    outcome.packet = number;
    outcome.seconds = Number.isNaN(seconds) ? null : seconds;
    outcome.side = null;
    outcome.server = null;
    outcome.departures = 0;
    if (!this.speaks) return;
    outcome.notes = [];
    outcome.description = '';
    this.sender = '';
  }

  /**
   * Describes the packet before a director changes it.
   *
   * @param captured - The packet, parsed.
   * @param side - From which side it is taken to come.
   */
  describe(captured: CapturedPacket, side: Origin): void {
    const { outcome, filter } = this;
    const { packet } = captured;
    outcome.side = side;
    if (!filter.isEmpty) this.matched = filter.matches(packet);
    if (!this.speaks) return;
    outcome.description = describe(packet);
    outcome.notes = notesOn(captured);
    this.sender = sourceOf(packet);
  }

  /**
   * Records a frame without IP, which was written as it is.
   *
   * @param reason - Why.
   * @param what - What it has.
   */
  passed(reason: TranslationReason, what: string): void {
    this.outcome.description = what;
    this.outcome.action = 'pass';
    this.outcome.reason = reason;
    this.counts.add('pass', reason, what);
    this.wrote(1);
  }

  /**
   * Records a packet that no director was given.
   *
   * @param reason - Why.
   */
  skipped(reason: TranslationReason): void {
    this.outcome.action = 'skip';
    this.outcome.reason = reason;
    this.finish();
  }

  /**
   * Records bytes that are no packet.
   *
   * @param reason - Why.
   */
  dropped(reason: Reason): void {
    this.outcome.action = 'drop';
    this.outcome.reason = reason;
    this.finish();
  }

  /**
   * Records a verdict; call {@link OutcomeRecorder.wrote} next.
   *
   * @param verdict - The verdict.
   * @param datagram - The datagram of a fragment.
   */
  decided(verdict: Verdict, datagram: WaitingDatagram | undefined): void {
    const { outcome, filter, counts } = this;
    const { reason } = verdict;
    const waits = reason === 'fragment-waiting';
    outcome.action = waits ? 'wait' : actionOf(verdict);
    outcome.reason = reason;
    if (!filter.isEmpty && verdict.leaves) this.matched |= this.matchOf(verdict);
    if (this.isWanted) counts.add(outcome.action, reason);
    if (datagram !== undefined && !waits) this.follow(datagram);
    if (!this.speaks || !this.isWanted) return;
    outcome.server = verdict.server?.toString() ?? null;
    if (this.comments) this.comment = `ipvs: ${outcomeText(outcome, this.sender)}`;
  }

  /**
   * Ends with the packet.
   *
   * @param departures - How many packets were written for it.
   */
  wrote(departures: number): void {
    this.written += departures;
    this.outcome.departures = departures;
    if (this.isWanted) this.explain?.(this.outcome, this.sender);
  }

  private finish(): void {
    if (this.isWanted) this.counts.add(this.outcome.action, this.outcome.reason);
    this.wrote(0);
  }

  /** What became of the last fragment became of those that waited. */
  private follow({ packets }: WaitingDatagram): void {
    const { action, reason } = this.outcome;
    if (packets.length === 0) return;
    this.counts.add('wait', 'fragment-waiting', '', -packets.length);
    this.counts.add(action, reason, '', packets.length);
    const shown = packets.slice(0, 8).join(', ');
    const more = packets.length > 8 ? ', …' : '';
    if (this.speaks) this.outcome.notes.push(`with the fragments in packets ${shown}${more}`);
  }

  private matchOf({ output }: Verdict): number {
    const { departing } = this;
    const parsed = departing.parse(output.bytes, output.offset, output.length);
    return parsed === 'ok' ? this.filter.matches(departing) : 0;
  }
}

/** An accepted packet of a connection, which the host gets, is delivered. */
function actionOf({ action, delivers, server }: Verdict): PacketAction {
  return action === 'accept' && delivers && server !== undefined ? 'deliver' : action;
}

function notesOn({
  missing,
  length,
  hadNoLength,
  hadNoHeaderChecksum,
  partial,
}: CapturedPacket): string[] {
  const notes: string[] = [];
  if (missing > 0) notes.push(`captured ${length - missing} of ${length} bytes`);
  if (hadNoLength) notes.push(`length 0 taken for ${length}`);
  if (hadNoHeaderChecksum) notes.push('IP checksum completed');
  if (partial !== 'none') notes.push(`checksum was left to the network card: ${partial}`);
  return notes;
}
