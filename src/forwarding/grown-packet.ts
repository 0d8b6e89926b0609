/**
 * A reply that a helper made longer than the path to the client allows.
 *
 * The packet is rewritten and translated already when its length is looked at, so the host writes the error to the source
 * that the packet has by then: to its own virtual address. From there the error takes the path of any error about a
 * packet to a client, and reaches the server. The checksum of the quoted segment is not finished: the sum of its
 * pseudo-header. Source: recorded frames.
 */
import { writeUint16 } from '../wire/bytes.js';
import { foldSum } from '../wire/checksum.js';
import { ICMP_TYPE, ICMPV6_TYPE } from '../wire/icmp-types.js';
import { Packet } from '../wire/packet.js';
import { sumOfPseudoHeader } from '../wire/rewrite.js';
import type { ForwardingEnvironment } from './environment.js';
import { finishIcmpError, LINK_ROOM, writeIcmpError } from './own-icmp-errors.js';
import { isMerged } from './fragment-size.js';
import type { ForwardingOutput } from './output.js';

const TOO_LONG_4: number = ICMP_TYPE.UNREACHABLE * 256 + 4;
const TOO_LONG_6: number = ICMPV6_TYPE.PACKET_TOO_BIG * 256;
const CHECKSUM_OF_TCP = 16;

/**
 * Whether a packet that has grown on its path may not be sent to the client.
 *
 * @param environment - The host.
 * @param packet - The packet.
 * @returns `true` when it exceeds the MTU and must not be fragmented.
 */
export function isGrownTooLong(environment: ForwardingEnvironment, packet: Packet): boolean {
  if (packet.length <= environment.client.mtu || !packet.dontFragment) return false;
  return !isMerged(environment, packet);
}

/**
 * The error about a packet that was to leave for a client, from its own source to its own source.
 *
 * @param environment - The host.
 * @param output - The packet that was to leave, a TCP segment; its buffer is overwritten.
 * @returns The error, in bytes of its own.
 */
export function errorAboutGrown(
  environment: ForwardingEnvironment,
  output: ForwardingOutput,
): Packet {
  const grown = new Packet();
  grown.parse(output.bytes.slice(output.offset, output.offset + output.length));
  const sum = foldSum(sumOfPseudoHeader(grown));
  writeUint16(grown.bytes, grown.transportOffset + CHECKSUM_OF_TCP, sum);
  const kind = grown.family === 4 ? TOO_LONG_4 : TOO_LONG_6;
  const { mtu } = environment.client;
  writeIcmpError(environment, grown, kind, mtu, 'server', output, grown.source);
  finishIcmpError(output);
  const error = new Packet();
  error.parse(output.bytes.slice(0, LINK_ROOM + output.length), LINK_ROOM);
  error.frameOffset = 0;
  return error;
}
