/**
 * Reading ICMP errors: which ones concern a director, and what they are about.
 *
 * Looked at are types 3, 4 and 11 of ICMP and all types below 128 of ICMPv6. The quote has to be an IP header with 4
 * bytes behind it and no later fragment; older kernels take the data of one for ports (`ignoresQuotedFragments` of
 * `model/kernel-profile.ts`). Source: RFC 792, RFC 4443, recorded behaviour.
 */
import { checksum } from '../wire/checksum.js';
import { ICMP_TYPE } from '../wire/icmp-types.js';
import type { Packet } from '../wire/packet.js';
import { isTransportWithPorts } from '../protocols.js';
import { IP_PROTOCOL } from '../wire/protocol-numbers.js';
import { sumOfPseudoHeader } from '../wire/rewrite.js';

/**
 * What an ICMP or ICMPv6 packet is to a director: an error with a usable quote (`error`), something
 * the host's own stack answers (`not-error`, `quote-unusable`: accept), or too short (`truncated`: drop).
 */
export type IcmpReading = 'error' | 'not-error' | 'quote-unusable' | 'truncated';

/**
 * Whether a packet is ICMP over IPv4 or ICMPv6 over IPv6.
 *
 * @param packet - The packet.
 * @returns `true` also for messages that are cut short.
 */
export function isIcmp(packet: Packet): boolean {
  return packet.protocol === (packet.family === 4 ? IP_PROTOCOL.ICMP : IP_PROTOCOL.ICMPV6);
}

/**
 * Reads an ICMP or ICMPv6 packet.
 *
 * @param packet - The packet, whole; {@link isIcmp}.
 * @param quote - Receives the packet that an error quotes.
 * @param takesFragments - Whether later fragments over IPv4 count as first ones; default `false`.
 * @returns What it is; the quote counts only for `'error'`.
 */
export function readIcmpError(packet: Packet, quote: Packet, takesFragments = false): IcmpReading {
  if (packet.transportLength < 8) return 'truncated';
  const { bytes, transportOffset, end } = packet;
  if (!concernsDirector(packet.family, bytes[transportOffset])) return 'not-error';
  const at = transportOffset + 8;
  if (quote.parseQuote(bytes, at, end - at, packet.family) !== 'ok') return 'quote-unusable';
  if (takesFragments && quote.family === 4) quote.takeAsFirstFragment();
  return quote.hasPorts ? 'error' : 'quote-unusable';
}

/**
 * Whether a quote can belong to a connection.
 *
 * @param quote - The quote, read by {@link readIcmpError}.
 * @returns `true` for TCP, UDP, SCTP, AH and ESP.
 */
export function quotesConnection(quote: Packet): boolean {
  const { protocol } = quote;
  return (
    isTransportWithPorts(protocol) || protocol === IP_PROTOCOL.AH || protocol === IP_PROTOCOL.ESP
  );
}

/**
 * Whether the checksum of an ICMP or ICMPv6 packet is right.
 *
 * @param packet - The packet, with at least 8 bytes of ICMP.
 * @returns `false` when it must be dropped.
 */
export function hasRightIcmpChecksum(packet: Packet): boolean {
  const pseudo = packet.family === 4 ? 0 : sumOfPseudoHeader(packet);
  return checksum(packet.bytes, packet.transportOffset, packet.transportLength, pseudo) === 0;
}

function concernsDirector(family: 4 | 6, type: number): boolean {
  if (family === 6) return type < 128;
  return (
    type === ICMP_TYPE.UNREACHABLE ||
    type === ICMP_TYPE.SOURCE_QUENCH ||
    type === ICMP_TYPE.TIME_EXCEEDED
  );
}
