/**
 * Segments as recorded sequences of states write them: the side that sends, then what is sent.
 *
 * `cSA` is a SYN+ACK of the client, `sFA` a FIN+ACK of the server, `c` a segment without flags, `cU` a
 * datagram, `cCOOKIE_ECHO+DATA` an SCTP packet of two chunks.
 */
import type { Protocol } from '../../src/protocols.js';
import type { TransportDescription } from '../../src/wire/packet-description.js';
import { InputError } from '../../src/cli/command.js';
import { flagBits } from './recorded-packets.js';

/** What a segment carries: the transport header but for its ports, and what follows it. */
export interface SegmentContent {
  /** The transport header. */
  readonly transport: TransportDescription;
  /** What follows. */
  readonly payload: Uint8Array;
}

/** SCTP's chunk types by number. */
const CHUNKS: readonly string[] = [
  'DATA',
  'INIT',
  'INIT_ACK',
  'SACK',
  'HEARTBEAT',
  'HEARTBEAT_ACK',
  'ABORT',
  'SHUTDOWN',
  'SHUTDOWN_ACK',
  'ERROR',
  'COOKIE_ECHO',
  'COOKIE_ACK',
  'ECNE',
  'CWR',
  'SHUTDOWN_COMPLETE',
];
/** Every chunk gets room for the longest fixed part, that of INIT. */
const CHUNK_LENGTH = 20;

/**
 * Makes what a segment carries.
 *
 * @param protocol - The recording's protocol.
 * @param text - The segment without its side.
 * @param sourcePort - The port it comes from.
 * @param destinationPort - The port it goes to.
 * @returns Header and payload.
 * @throws {InputError} When there is no such flag or chunk.
 */
export function segmentContent(
  protocol: Protocol,
  text: string,
  sourcePort: number,
  destinationPort: number,
): SegmentContent {
  const ports = { sourcePort, destinationPort };
  if (protocol === 'sctp') {
    return { transport: { type: 'sctp', ...ports }, payload: chunksOf(text.split('+')) };
  }
  if (protocol === 'udp') {
    return { transport: { type: 'udp', ...ports }, payload: new Uint8Array(4) };
  }
  const flags = flagBits(text);
  return { transport: { type: 'tcp', ...ports, flags }, payload: new Uint8Array(0) };
}

function chunksOf(names: readonly string[]): Uint8Array {
  const bytes = new Uint8Array(names.length * CHUNK_LENGTH);
  for (const [index, name] of names.entries()) {
    const type = CHUNKS.indexOf(name);
    if (type < 0) throw new InputError(`there is no chunk ${name}`);
    bytes[index * CHUNK_LENGTH] = type;
    bytes[index * CHUNK_LENGTH + 3] = CHUNK_LENGTH;
  }
  return bytes;
}
