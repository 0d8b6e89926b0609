/**
 * The event of a packet for the state machine of its connection, and whether it opens one.
 */
import type { StateMachine } from '../connections/state-machine.js';
import { PROTOCOL_SCTP, PROTOCOL_TCP, PROTOCOL_UDP } from '../connections/entries/flags.js';
import { SCTP_CHUNK_INIT } from '../connections/states/sctp.js';
import { TCP_SYN } from '../connections/states/tcp.js';
import type { KernelRules } from '../model/kernel-profile.js';
import type { Packet } from '../wire/packet.js';
import {
  CHUNK_HEADER_LENGTH,
  SCTP_HEADER_LENGTH,
  TCP_HEADER_LENGTH,
} from '../wire/transport-header.js';

const TCP_FLAGS_OFFSET = 13;
const IPV6_HEADER_LENGTH = 40;
const NONE = -1;

/**
 * The flags of a TCP segment.
 *
 * @param packet - A TCP packet.
 * @returns The byte of flags; 0 when the header is cut short.
 */
export function tcpFlags(packet: Packet): number {
  if (packet.transportLength < TCP_HEADER_LENGTH) return 0;
  return packet.bytes[packet.transportOffset + TCP_FLAGS_OFFSET];
}

/**
 * The type of an SCTP packet's first chunk.
 *
 * @param packet - An SCTP packet.
 * @returns The type, or −1 when there is no chunk.
 */
export function firstChunk(packet: Packet): number {
  if (packet.transportLength < SCTP_HEADER_LENGTH + CHUNK_HEADER_LENGTH) return NONE;
  return packet.bytes[packet.transportOffset + SCTP_HEADER_LENGTH];
}

/**
 * Whether a packet asks for a new connection: TCP with SYN, SCTP INIT.
 *
 * @param packet - Any packet with a transport header.
 * @returns `false` for UDP too.
 */
export function isOpening(packet: Packet): boolean {
  if (packet.protocol === PROTOCOL_TCP) return (tcpFlags(packet) & TCP_SYN) !== 0;
  return packet.protocol === PROTOCOL_SCTP && firstChunk(packet) === SCTP_CHUNK_INIT;
}

/**
 * Moves the state of a connection by a packet of it. A header that is cut short moves nothing, and neither do AH and ESP,
 * which follow their key exchange.
 *
 * @param states - The state machines.
 * @param slot - The connection.
 * @param packet - A packet of it.
 * @param fromServer - Whether it came from the server's side.
 * @param kernel - Where the kernel reads the transport header.
 */
export function moveState(
  states: StateMachine,
  slot: number,
  packet: Packet,
  fromServer: boolean,
  kernel: KernelRules,
): void {
  const at = eventOffset(packet, kernel);
  if (packet.protocol === PROTOCOL_TCP) {
    if (packet.transportLength < TCP_HEADER_LENGTH) return;
    states.tcp(slot, packet.bytes[at + TCP_FLAGS_OFFSET], fromServer);
  } else if (packet.protocol === PROTOCOL_UDP) {
    states.udp(slot, fromServer);
  } else if (packet.protocol === PROTOCOL_SCTP) {
    const chunk = at + SCTP_HEADER_LENGTH;
    if (firstChunk(packet) === NONE) return;
    states.sctp(slot, packet.bytes[chunk], secondChunk(packet, chunk), fromServer);
  }
}

/** Where the state machine reads the transport header: some kernels take extension headers of IPv6 for it. */
function eventOffset(packet: Packet, kernel: KernelRules): number {
  return packet.family === 6 && !kernel.readsHeaderBehindExtensions
    ? packet.offset + IPV6_HEADER_LENGTH
    : packet.transportOffset;
}

/** The type of the second chunk, or −1; chunks begin at multiples of four bytes. */
function secondChunk(packet: Packet, first: number): number {
  const length = (packet.bytes[first + 2] << 8) | packet.bytes[first + 3];
  const second = first + ((length + 3) & ~3);
  if (length < CHUNK_HEADER_LENGTH || second + CHUNK_HEADER_LENGTH > packet.end) return NONE;
  return packet.bytes[second];
}
