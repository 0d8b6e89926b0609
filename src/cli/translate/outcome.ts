/**
 * What became of the packets of a capture: one line per packet, and the sum.
 */
import { type Action, explainReason, type Reason, type Verdict } from '../../director/index.js';
import type { Side } from '../../forwarding/index.js';
import { IpAddress } from '../../ip-address.js';
import { Packet } from '../../wire/index.js';
import { count } from '../simulate/figures.js';

const PROTOCOLS: Readonly<Record<number, string>> = {
  1: 'ICMP',
  6: 'TCP',
  17: 'UDP',
  50: 'ESP',
  51: 'AH',
  58: 'ICMPv6',
  132: 'SCTP',
};

/** What became of one packet, as plain JSON. */
export interface PacketOutcome {
  /** The packet's number in the capture, from 1. */
  readonly packet: number;
  /** Seconds since the first packet. */
  readonly seconds: number;
  /** From which side it was taken to come. */
  readonly side: Side;
  /** The packet in a few words. */
  readonly description: string;
  /** What became of it. */
  readonly action: Action;
  /** Why. */
  readonly reason: Reason;
  /** The server it went to or came from, when one is known. */
  readonly server: string | null;
  /** How many packets left for it. */
  readonly departures: number;
}

/** How many packets ended in one way. */
export interface VerdictCount {
  /** What became of them. */
  readonly action: Action;
  /** Why. */
  readonly reason: Reason;
  /** How many. */
  readonly packets: number;
}

/** The sum of a translation, as plain JSON. */
export interface TranslationSum {
  /** Tells the format. */
  readonly format: 'ipvs-translation/1';
  /** Packets read. */
  readonly packets: number;
  /** Packets written. */
  readonly written: number;
  /** Connections and templates at the end. */
  readonly connections: number;
  /** What became of the packets, most frequent first. */
  readonly verdicts: readonly VerdictCount[];
}

/** Adds verdicts up. */
export class VerdictCounts {
  private readonly counts = new Map<string, { action: Action; reason: Reason; packets: number }>();

  /**
   * Counts a verdict.
   *
   * @param verdict - The verdict.
   */
  add({ action, reason }: Verdict): void {
    const key = `${action} ${reason}`;
    const known = this.counts.get(key);
    if (known === undefined) this.counts.set(key, { action, reason, packets: 1 });
    else known.packets += 1;
  }

  /**
   * The counts.
   *
   * @returns Most frequent first.
   */
  list(): VerdictCount[] {
    return [...this.counts.values()].sort((one, other) => other.packets - one.packets);
  }
}

/**
 * A packet in a few words.
 *
 * @param bytes - The packet as it came.
 * @param isFrame - Whether an Ethernet header is in front.
 * @returns Such as `TCP 198.51.100.7:4711 > 192.0.2.1:80`.
 */
export function describe(bytes: Uint8Array, isFrame: boolean): string {
  const packet = new Packet();
  const parsed = isFrame ? packet.parseFrame(bytes) : packet.parse(bytes);
  if (parsed !== 'ok') return `${bytes.length} bytes`;
  const { family, protocol, sourceOffset, destinationOffset } = packet;
  const hasPorts = [6, 17, 132].includes(protocol) && packet.hasPorts;
  const end = (at: number, port: number): string => {
    const address = IpAddress.fromBytes(family, packet.bytes, at).toString();
    if (!hasPorts) return address;
    return family === 6 ? `[${address}]:${port}` : `${address}:${port}`;
  };
  const source = end(sourceOffset, hasPorts ? packet.sourcePort : 0);
  const destination = end(destinationOffset, hasPorts ? packet.destinationPort : 0);
  return `${PROTOCOLS[protocol] ?? `protocol ${protocol}`} ${source} > ${destination}`;
}

/**
 * The line of a packet.
 *
 * @param outcome - What became of it.
 * @returns A line with its end.
 */
export function explainLine(outcome: PacketOutcome): string {
  const { packet, seconds, side, description, action, reason, server } = outcome;
  const whereTo = server === null ? '' : ` ${side === 'client' ? 'to' : 'from'} ${server}`;
  const head = `${packet}  ${seconds.toFixed(6)}  ${side}  ${description}`;
  return `${head}: ${action}${whereTo}; ${explainReason(reason)}\n`;
}

/**
 * The sum as text.
 *
 * @param sum - The sum.
 * @returns Lines.
 */
export function sumText({ packets, written, connections, verdicts }: TranslationSum): string {
  const rows = verdicts.map(({ action, reason, packets: many }) => {
    return `${count(many).padStart(12)}  ${action.padEnd(7)}  ${reason}: ${explainReason(reason)}\n`;
  });
  const left = `${count(connections)} connections and templates at the end`;
  return `${count(packets)} packets in, ${count(written)} out; ${left}\n${rows.join('')}`;
}
