/**
 * The packets by which a connection of the load begins, asks, is answered and ends, in both directions.
 *
 * Whether a director sees the server's ones depends on the forwarding method: by masquerading they pass it,
 * by direct routing and tunneling they do not.
 */
import type { Flow } from 'ipvs';
import { encodePacket, TCP_FLAG, type TransportDescription } from 'ipvs/wire';

/** One packet of an exchange, before it has addresses. */
export interface Turn {
  /** Who sends it. */
  readonly from: 'client' | 'server';
  /** The flags of TCP. */
  readonly flags?: number;
  /** The chunk type of SCTP. */
  readonly chunkType?: number;
}

const { SYN, ACK, FIN, PSH } = TCP_FLAG;
const DATA = PSH | ACK;

/** Chunk types of SCTP: INIT, INIT ACK, COOKIE ECHO, COOKIE ACK, DATA twice; SHUTDOWN, SHUTDOWN ACK, SHUTDOWN COMPLETE. */
const SCTP_OPENING = [1, 2, 10, 11, 0, 0];
const SCTP_CLOSING = [7, 8, 14];

const OPENING: Readonly<Record<Flow['protocol'], readonly Turn[]>> = {
  // The handshake, and a question with its answer.
  tcp: [
    ...inTurns([SYN, SYN | ACK, ACK], (flags) => ({ flags })),
    ...inTurns([DATA, DATA, ACK], (flags) => ({ flags })),
  ],
  udp: [{ from: 'client' }, { from: 'server' }],
  sctp: inTurns(SCTP_OPENING, (chunkType) => ({ chunkType })),
};

const CLOSING: Readonly<Record<Flow['protocol'], readonly Turn[]>> = {
  tcp: inTurns([FIN | ACK, FIN | ACK, ACK], (flags) => ({ flags })),
  udp: [],
  sctp: inTurns(SCTP_CLOSING, (chunkType) => ({ chunkType })),
};

/**
 * How a connection begins, and what it asks.
 *
 * @param flow - The endpoints.
 * @returns Who sends what, in order.
 */
export function openingTurns({ protocol }: Flow): readonly Turn[] {
  return OPENING[protocol];
}

/**
 * How a client ends a connection.
 *
 * @param flow - The endpoints.
 * @returns Who sends what, in order; nothing for UDP.
 */
export function closingTurns({ protocol }: Flow): readonly Turn[] {
  return CLOSING[protocol];
}

/**
 * The packet of a turn.
 *
 * @param turn - What is sent.
 * @param flow - From where to where it goes.
 * @param headroom - Unused bytes in front.
 * @returns The unused bytes, then the packet from the IP header on.
 */
export function packetOf({ flags, chunkType }: Turn, flow: Flow, headroom = 0): Uint8Array {
  const { protocol, source, destination, sourcePort, destinationPort } = flow;
  const transport: TransportDescription = {
    type: protocol,
    sourcePort,
    destinationPort,
    ...(flags !== undefined && { flags }),
  };
  const payload = chunkType === undefined ? [] : [chunkType, 0, 0, 4];
  const description = { source, destination, transport, payload: Uint8Array.from(payload) };
  return encodePacket(description, headroom);
}

/** Client and server take turns, the client first. */
function inTurns(values: readonly number[], about: (value: number) => Omit<Turn, 'from'>): Turn[] {
  return values.map((value, index) => ({
    from: index % 2 === 0 ? 'client' : 'server',
    ...about(value),
  }));
}
