/**
 * The packets by which a connection of the load begins and ends, as its client sends them.
 *
 * The servers' answers are left out: with direct routing and tunneling no director sees them either.
 */
import type { Flow } from 'ipvs';
import { encodePacket, TCP_FLAG, type TransportDescription } from 'ipvs/wire';

/** Chunk types of SCTP. */
const INIT = 1;
const SHUTDOWN = 7;
const COOKIE_ECHO = 10;

/**
 * The packets of a client that connects.
 *
 * @param flow - The endpoints.
 * @returns TCP: SYN, then ACK; UDP: a datagram; SCTP: INIT, then COOKIE ECHO.
 */
export function openingPackets(flow: Flow): Uint8Array[] {
  if (flow.protocol === 'tcp') return [tcp(flow, TCP_FLAG.SYN), tcp(flow, TCP_FLAG.ACK)];
  return flow.protocol === 'udp'
    ? [packet(flow, 'udp')]
    : [sctp(flow, INIT), sctp(flow, COOKIE_ECHO)];
}

/**
 * The packets of a client that is done.
 *
 * @param flow - The endpoints.
 * @returns TCP: FIN; SCTP: SHUTDOWN; UDP: none.
 */
export function closingPackets(flow: Flow): Uint8Array[] {
  if (flow.protocol === 'tcp') return [tcp(flow, TCP_FLAG.FIN | TCP_FLAG.ACK)];
  return flow.protocol === 'udp' ? [] : [sctp(flow, SHUTDOWN)];
}

function tcp(flow: Flow, flags: number): Uint8Array {
  return packet(flow, 'tcp', { flags });
}

function sctp(flow: Flow, chunkType: number): Uint8Array {
  return packet(flow, 'sctp', {}, Uint8Array.of(chunkType, 0, 0, 4));
}

function packet(
  { source, destination, sourcePort, destinationPort }: Flow,
  type: 'tcp' | 'udp' | 'sctp',
  more: { readonly flags?: number } = {},
  payload: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const transport: TransportDescription = { type, sourcePort, destinationPort, ...more };
  return encodePacket({ source, destination, transport, payload });
}
