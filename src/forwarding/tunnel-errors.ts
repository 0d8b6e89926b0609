/**
 * ICMP errors about the director's own tunnel packets, unpacked for the client.
 *
 * Only IPv4 in IPv4. A quote is such a packet when it is addressed to a server with that kind of
 * tunnel: protocol 4, or UDP to the tunnel's port with a GUE data header for protocol 4, or GRE with no
 * flag but checksum for IPv4. The client gets an error of the director's own with the same type, code
 * and second word about the inner packet, as far as that was quoted; "fragmentation needed" lowers the
 * server's path MTU and announces what the tunnel leaves, when the inner packet had DF. Source: RFC 2003,
 * section 4, recorded behaviour.
 */
import type { Tunnel } from '../model/forwarding-method.js';
import type { KernelRules } from '../model/kernel-profile.js';
import { readUint16, readUint32 } from '../wire/bytes.js';
import { GRE_FLAG } from '../wire/gre-flags.js';
import { ICMP_TYPE } from '../wire/icmp-types.js';
import type { Packet } from '../wire/packet.js';
import { ETHER_TYPE, IP_PROTOCOL } from '../wire/protocol-numbers.js';
import type { Action } from './action.js';
import type { ForwardingEnvironment } from './environment.js';
import { finishIcmpError, writeIcmpError } from './own-icmp-errors.js';
import { hasRightIcmpChecksum } from './received-icmp-errors.js';
import type { ForwardingOutput } from './output.js';
import type { ForwardingTarget } from './target.js';

const IPV4_HEADER_LENGTH = 20;

/**
 * What a quote is: a tunnel packet of the director (`tunnel`), an ipip packet that is none or a tunnel
 * packet without a usable packet inside (`accept`), or anything else (`other`: look on).
 */
export type TunnelQuote = 'tunnel' | 'accept' | 'other';

/**
 * Whether a server is reached by a kind of tunnel.
 *
 * @param address - The server's IPv4 address as a signed 32-bit number.
 * @param type - The kind of tunnel.
 * @param port - The port of a GUE tunnel; 0 for the other kinds.
 * @returns `true` when there is such a server.
 */
export type TunnelLookup = (address: number, type: Tunnel['type'], port: number) => boolean;

/**
 * Finds the packet inside a quoted tunnel packet.
 *
 * @param quote - The quote of an ICMP error addressed to the director.
 * @param isTunnelServer - Knows the servers.
 * @param inner - Receives the packet inside, for the *in* look-up as it stands.
 * @returns What the quote is; `inner` counts only for `'tunnel'`.
 */
export function readTunnelQuote(
  quote: Packet,
  isTunnelServer: TunnelLookup,
  inner: Packet,
): TunnelQuote {
  if (quote.family !== 4 || quote.fragmentOffset !== 0) return 'other';
  const at = innerOffset(quote, isTunnelServer);
  if (at < 0) return quote.protocol === IP_PROTOCOL.IPV4 ? 'accept' : 'other';
  if (at > quote.end) return 'accept';
  const parsed = inner.parseQuote(quote.bytes, at, quote.end - at, 4);
  return parsed === 'ok' && inner.hasPorts ? 'tunnel' : 'accept';
}

/**
 * Translates an error about a tunnel packet for the client.
 *
 * @param environment - The host.
 * @param packet - The ICMP error about the tunnel packet.
 * @param quote - The tunnel packet it quotes.
 * @param inner - The packet inside, whose connection was found by *in*.
 * @param target - That connection.
 * @param output - Receives the outcome.
 * @returns `reply`, or `drop`: wrong checksum, or the client need not know.
 */
export function relayTunnelError(
  environment: ForwardingEnvironment,
  packet: Packet,
  quote: Packet,
  inner: Packet,
  target: ForwardingTarget,
  output: ForwardingOutput,
): Action {
  if (!hasRightIcmpChecksum(packet)) return output.finish('drop', 'icmp-checksum-wrong');
  const { bytes, transportOffset } = packet;
  const typeAndCode = readUint16(bytes, transportOffset);
  let secondWord = readUint32(bytes, transportOffset + 4);
  if (typeAndCode === ICMP_TYPE.UNREACHABLE * 256 + 4) {
    target.path?.learn(secondWord & 0xffff);
    if (!inner.dontFragment) return output.finish('drop', 'path-mtu-learned');
    const mtu = target.path?.relayedMtu ?? environment.server.mtu;
    const overhead = reportedOverhead(environment.kernel, inner.offset - quote.offset);
    secondWord = mtu > 68 + overhead ? mtu - overhead : mtu;
  }
  const written = writeIcmpError(environment, inner, typeAndCode, secondWord, 'client', output);
  if (written !== 'reply') return written;
  finishIcmpError(output);
  return output.finish('reply', 'error-relayed');
}

/** How many bytes a client learns that the tunnel takes; some kernels count the outer IPv4 header alone. */
function reportedOverhead(kernel: KernelRules | undefined, overhead: number): number {
  return kernel?.subtractsTunnelHeader === false ? IPV4_HEADER_LENGTH : overhead;
}

/** Index of the packet inside; −1 when the quote is no tunnel packet of the director. */
function innerOffset(quote: Packet, isTunnelServer: TunnelLookup): number {
  const { bytes, transportOffset: at, transportLength } = quote;
  const server = quote.destinationWord3;
  switch (quote.protocol) {
    case IP_PROTOCOL.IPV4:
      return isTunnelServer(server, 'ipip', 0) ? at : -1;
    case IP_PROTOCOL.UDP: {
      if (transportLength < 12 || !isTunnelServer(server, 'gue', quote.destinationPort)) return -1;
      const isIpv4Data = (bytes[at + 8] & 0xe0) === 0 && bytes[at + 9] === IP_PROTOCOL.IPV4;
      return isIpv4Data ? at + 12 + (bytes[at + 8] & 0x1f) * 4 : -1;
    }
    case IP_PROTOCOL.GRE: {
      const flags = readUint16(bytes, at);
      if ((flags & ~GRE_FLAG.CHECKSUM) !== 0 || readUint16(bytes, at + 2) !== ETHER_TYPE.IPV4)
        return -1;
      if (!isTunnelServer(server, 'gre', 0)) return -1;
      return at + (flags === 0 ? 4 : 8);
    }
    default:
      return -1;
  }
}
