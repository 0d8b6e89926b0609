/**
 * What became of the packets of a capture: one line per packet, and the sum.
 */
import { explainReason, type Reason } from '../../director/reasons.js';
import type { Action } from '../../forwarding/action.js';
import type { Origin } from '../../forwarding/index.js';
import { formatEndpoint } from '../../endpoint.js';
import { IpAddress } from '../../ip-address.js';
import { isTransportWithPorts } from '../../protocols.js';
import type { Packet } from '../../wire/index.js';

const PROTOCOLS: Readonly<Record<number, string>> = {
  1: 'ICMP',
  6: 'TCP',
  17: 'UDP',
  47: 'GRE',
  50: 'ESP',
  51: 'AH',
  58: 'ICMPv6',
  132: 'SCTP',
};

/**
 * What becomes of a captured packet: what a director says, where `deliver` is an accepted packet of a connection that
 * the director's own host gets. Or, of what is none of its business: it goes through untouched (`pass`), waits for the
 * rest of its datagram (`wait`), or is not taken at all (`skip`).
 */
export type PacketAction = Action | 'deliver' | 'pass' | 'wait' | 'skip';

/** Reasons besides those of a director. */
export type TranslationReason =
  'no-ip' | 'link-type-not-read' | 'director-output' | 'captured-too-short';

/** Every {@link TranslationReason}, with its meaning. */
export const TRANSLATION_REASONS: Readonly<Record<TranslationReason, string>> = {
  'no-ip': 'The frame has no IP packet, so IPVS never sees it; it goes through untouched.',
  'link-type-not-read': 'The link type is not read; the frame goes through untouched.',
  'director-output': 'The director itself sent this packet; it is written when it is made.',
  'captured-too-short': 'Too little of the packet was captured to decide.',
};

/** What became of one packet, as plain JSON. */
export interface PacketOutcome {
  /** The packet's number in the capture, from 1; blocks that are no packets do not count. */
  packet: number;
  /** Seconds since the first packet; `null` when it has no time. */
  seconds: number | null;
  /** From which side it was taken to come, or the director's own host; `null` when no director saw it. */
  side: Origin | null;
  /** The packet in a few words. */
  description: string;
  /** What became of it. */
  action: PacketAction;
  /** Why. */
  reason: Reason | TranslationReason;
  /** The server it went to or came from, when one is known. */
  server: string | null;
  /** How many packets left for it. */
  departures: number;
  /** What else there is to say: that it was cut, merged, unfinished, or completes others. */
  notes: string[];
}

/** How many packets ended in one way. */
export interface VerdictCount {
  /** What became of them. */
  readonly action: PacketAction;
  /** Why. */
  readonly reason: Reason | TranslationReason;
  /** What they have instead of IP, or their link type; absent for packets of IP. */
  readonly what?: string;
  /** How many. */
  packets: number;
}

/** Counts outcomes; an outcome that was counted costs no memory. */
export class VerdictCounts {
  private last: VerdictCount | undefined;
  private readonly byAction = new Map<PacketAction, Map<string, VerdictCount>>();

  /**
   * Counts packets.
   *
   * @param action - What became of them.
   * @param reason - Why.
   * @param what - What they have instead of IP; `''` for packets of IP.
   * @param packets - How many; below 0 takes back.
   */
  add(action: PacketAction, reason: Reason | TranslationReason, what = '', packets = 1): void {
    const { last } = this;
    if (last !== undefined && last.action === action && last.reason === reason && what === '') {
      last.packets += packets;
      return;
    }
    const count = this.countOf(action, reason, what);
    count.packets += packets;
    // Most packets end like the one before.
    this.last = what === '' ? count : undefined;
  }

  private countOf(
    action: PacketAction,
    reason: Reason | TranslationReason,
    what: string,
  ): VerdictCount {
    const key = what === '' ? reason : what;
    let reasons = this.byAction.get(action);
    if (reasons === undefined) {
      reasons = new Map();
      this.byAction.set(action, reasons);
    }
    const known = reasons.get(key);
    if (known !== undefined) return known;
    const added = { action, reason, ...(what !== '' && { what }), packets: 0 };
    reasons.set(key, added);
    return added;
  }

  /**
   * The counts.
   *
   * @returns Most frequent first.
   */
  list(): VerdictCount[] {
    const all = [...this.byAction.values()].flatMap((reasons) => [...reasons.values()]);
    return all
      .filter(({ packets }) => packets > 0)
      .sort((one, other) => other.packets - one.packets);
  }
}

/**
 * A packet in a few words.
 *
 * @param packet - The packet, parsed.
 * @returns Such as `TCP 198.51.100.7:4711 > 192.0.2.1:80`.
 */
export function describe(packet: Packet): string {
  const { protocol, isFragment } = packet;
  const name = PROTOCOLS[protocol] ?? `protocol ${protocol}`;
  const ends = `${sourceOf(packet)} > ${endOf(packet, packet.destinationOffset, false)}`;
  return `${name} ${ends}${isFragment ? `, fragment at ${packet.fragmentOffset}` : ''}`;
}

/**
 * The sender of a packet.
 *
 * @param packet - The packet, parsed.
 * @returns Such as `198.51.100.7:4711`.
 */
export function sourceOf(packet: Packet): string {
  return endOf(packet, packet.sourceOffset, true);
}

function endOf(packet: Packet, at: number, isSource: boolean): string {
  const { family, protocol, bytes } = packet;
  const address = IpAddress.fromBytes(family, bytes, at).toString();
  if (!isTransportWithPorts(protocol) || !packet.hasPorts) return address;
  const port = isSource ? packet.sourcePort : packet.destinationPort;
  return formatEndpoint(address, port);
}

/**
 * The meaning of a reason.
 *
 * @param reason - The reason.
 * @returns A sentence.
 */
export function explain(reason: Reason | TranslationReason): string {
  return Object.hasOwn(TRANSLATION_REASONS, reason)
    ? TRANSLATION_REASONS[reason as TranslationReason]
    : explainReason(reason as Reason);
}

/**
 * What became of a packet, without its number: a line of `--explain`, and the comment in a capture.
 *
 * @param outcome - What became of it.
 * @param sender - Who sent it.
 * @returns Such as `forward to 10.0.0.1:80; Addresses and ports were rewritten.`
 */
export function outcomeText(outcome: PacketOutcome, sender: string): string {
  const { action, reason, server, side, notes } = outcome;
  const also = notes.length === 0 ? '' : ` (${notes.join('; ')})`;
  return `${action}${whereTo(action, side, server, sender)}; ${explain(reason)}${also}`;
}

function whereTo(
  action: PacketAction,
  side: Origin | null,
  server: string | null,
  sender: string,
): string {
  if (action === 'reply') return ` to ${sender}`;
  if (server === null) return '';
  if (side === 'host') return `, server ${server}`;
  return side === 'client' ? ` to ${server}` : ` from ${server}`;
}

/**
 * The line of a packet.
 *
 * @param outcome - What became of it.
 * @param sender - Who sent it.
 * @returns A line with its end.
 */
export function explainLine(outcome: PacketOutcome, sender: string): string {
  const { packet, seconds, side, description } = outcome;
  const time = seconds === null ? '-' : seconds.toFixed(6);
  const head = `${packet}  ${time}  ${side ?? '-'}  ${description}`;
  return `${head}: ${outcomeText(outcome, sender)}\n`;
}
