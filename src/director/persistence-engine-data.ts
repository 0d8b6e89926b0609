/**
 * What the persistence engine of a service reads from a packet: it belongs to the key of the client's template.
 *
 * The engine `sip` reads the Call-ID of UDP datagrams. A packet of another protocol has none, and neither has a
 * datagram that came in fragments. A known connection is found without it and stays with its server: only a new one asks
 * the template, with one-packet scheduling each datagram does. Source: recorded decisions.
 */
import { PROTOCOL_UDP } from '../connections/entries/flags.js';
import { readCallId } from '../helpers/sip-call-id.js';
import type { Service } from '../services/service.js';
import type { Packet } from '../wire/packet.js';

const UDP_HEADER_LENGTH = 8;

/**
 * Reads the data of a service's engine.
 *
 * @param service - The service.
 * @param packet - The packet that needs a template; `undefined` for one that an ICMP error quotes.
 * @returns One character per byte; `''` when the service has no engine, or no templates; `undefined` when the engine
 *   finds nothing.
 */
export function engineDataOf(service: Service, packet: Packet | undefined): string | undefined {
  if (service.persistenceEngine === undefined || service.persistence === undefined) return '';
  return packet === undefined ? undefined : callIdOf(packet);
}

/**
 * The Call-ID of a packet.
 *
 * @param packet - Any packet.
 * @returns One character per byte; `undefined` when there is none.
 */
export function callIdOf(packet: Packet): string | undefined {
  if (packet.protocol !== PROTOCOL_UDP || packet.trace !== undefined) return undefined;
  const start = packet.transportOffset + UDP_HEADER_LENGTH;
  return readCallId(packet.bytes, Math.min(start, packet.end), packet.end);
}
