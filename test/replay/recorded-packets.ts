/**
 * Described packets as frames, and frames as described outcomes.
 */
import { TCP_ACK, TCP_RST } from '../../src/protocols.js';
import { IpAddress } from '../../src/ip-address.js';
import { encodePacket } from '../../src/wire/encode-packet.js';
import { Packet } from '../../src/wire/packet.js';
import type { RecordedOutcome, RecordedPacket, RecordedTopology } from './director-recording.js';
import { isOfServerNetwork, serverOfFrame } from './recorded-topology.js';
import type { Verdict } from '../../src/director/verdict.js';

/** The letters of TCP flags, from the lowest bit on. */
const FLAG_LETTERS = 'FSRPAUEC';
const ETHERNET_HEADER_LENGTH = 14;

/** Endpoints and flags of a TCP or UDP packet. */
export interface PlainPacket {
  readonly source: IpAddress;
  readonly sourcePort: number;
  readonly destination: IpAddress;
  readonly destinationPort: number;
  /** TCP flags; `undefined` for UDP. */
  readonly flags: number | undefined;
}

/**
 * Reads a described packet.
 *
 * @param packet - The description.
 * @returns Its endpoints and flags.
 */
export function plainPacketOf(packet: RecordedPacket): PlainPacket {
  return {
    source: IpAddress.parse(packet.src),
    sourcePort: packet.sport,
    destination: IpAddress.parse(packet.dst),
    destinationPort: packet.dport,
    flags: packet.proto === 'TCP' ? flagBits(packet.flags ?? '') : undefined,
  };
}

/**
 * Makes a frame.
 *
 * @param plain - Endpoints and flags.
 * @returns An Ethernet frame as the recording's client sent it: TTL 64, good checksums, four bytes of
 *   payload for UDP and none for TCP.
 */
export function frameOf(plain: PlainPacket): Uint8Array {
  const { source, sourcePort, destination, destinationPort, flags } = plain;
  const frame = encodePacket(
    {
      source,
      destination,
      timeToLive: 64,
      transport:
        flags === undefined
          ? { type: 'udp', sourcePort, destinationPort }
          : { type: 'tcp', sourcePort, destinationPort, flags },
      ...(flags === undefined && { payload: new Uint8Array(4) }),
    },
    ETHERNET_HEADER_LENGTH,
  );
  frame[12] = source.family === 4 ? 0x08 : 0x86;
  frame[13] = source.family === 4 ? 0x00 : 0xdd;
  return frame;
}

/**
 * What a recording shows after a verdict.
 *
 * @param plain - The packet.
 * @param verdict - What the director decided.
 * @param servers - The addresses of the real servers.
 * @param topology - The director's surroundings.
 * @param showsPort - Whether the recording shows the port after translation.
 * @returns The outcome in the recording's terms.
 */
export function outcomeOf(
  plain: PlainPacket,
  verdict: Verdict,
  servers: readonly IpAddress[],
  topology: RecordedTopology,
  showsPort: boolean,
): RecordedOutcome {
  if (verdict.action === 'accept' && !verdict.leaves) return answerOfHost(plain, topology);
  const [departure] = verdict.departures();
  if (departure === undefined) return null;
  const packet = new Packet();
  packet.parseFrame(departure.bytes);
  if (verdict.action === 'reply') return icmpOf(packet);
  const server = serverOfFrame(departure.bytes, servers) ?? 'elsewhere';
  return showsPort ? { server, dport: packet.destinationPort } : { server };
}

/**
 * The segment with which the host's own stack refuses a TCP segment that nobody listens for.
 *
 * @param plain - The segment.
 * @returns The answer, or `undefined` when there is none.
 */
export function resetOf(plain: PlainPacket): PlainPacket | undefined {
  const { flags } = plain;
  const answer = flags === undefined ? undefined : resetFlags(flags);
  if (answer === undefined) return undefined;
  return {
    source: plain.destination,
    sourcePort: plain.destinationPort,
    destination: plain.source,
    destinationPort: plain.sourcePort,
    flags: answer,
  };
}

/**
 * The flags of the segment with which the host's own stack refuses a TCP segment.
 *
 * @param flags - The flags of the refused segment.
 * @returns The flags of the answer, or `undefined` when there is none.
 */
export function resetFlags(flags: number): number | undefined {
  if ((flags & TCP_RST) !== 0) return undefined;
  return (flags & TCP_ACK) === 0 ? TCP_RST | TCP_ACK : TCP_RST;
}

/** What the host's own stack answers to a packet that the director left to it; it has no listeners. */
function answerOfHost(plain: PlainPacket, topology: RecordedTopology): RecordedOutcome {
  const { source, destination, flags } = plain;
  if (isOfServerNetwork(source)) return null;
  const to = source.toString();
  if (flags !== undefined) {
    const reset = resetOf(plain);
    if (reset === undefined) return null;
    return { rst: true, flags: letters(reset.flags ?? 0), from: destination.toString(), to };
  }
  const isOwn = destination.family === 4 || topology.vips.includes(destination.toString());
  const from = isOwn ? destination.toString() : topology.director_client_side.ip6;
  return { icmp: destination.family === 4 ? [3, 3] : [1, 4], from, to };
}

function icmpOf(packet: Packet): RecordedOutcome {
  const { bytes, transportOffset } = packet;
  const address = (offset: number): string =>
    IpAddress.fromBytes(packet.family, bytes, offset).toString();
  return {
    icmp: [bytes[transportOffset], bytes[transportOffset + 1]],
    from: address(packet.sourceOffset),
    to: address(packet.destinationOffset),
  };
}

/**
 * Reads TCP flags.
 *
 * @param text - Their letters, of `FSRPAUEC`.
 * @returns The byte of flags.
 */
export function flagBits(text: string): number {
  return text.split('').reduce((bits, letter) => bits | (1 << FLAG_LETTERS.indexOf(letter)), 0);
}

function letters(flags: number): string {
  return FLAG_LETTERS.split('')
    .filter((_, bit) => (flags & (1 << bit)) !== 0)
    .join('');
}
