/**
 * One-packet scheduling (`-o`): each datagram of a client is scheduled by itself.
 *
 * A service of UDP may have it, and one of a mark, of which it concerns the UDP packets alone. Such a connection is
 * counted and ends with its packet: it gets no entry in the table. What an ICMP error quotes opens no such connection.
 * Source: ipvsadm(8), and recorded decisions.
 */
import { NONE } from '../none.js';
import type { RealServer } from '../model/real-server.js';
import { PROTOCOL_UDP, type Protocol } from '../protocols.js';

/** A service, as far as its datagrams may be scheduled one by one. */
interface OnePacketService {
  readonly onePacket: boolean;
}

/**
 * Whether a service may have one-packet scheduling.
 *
 * @param fwmark - The mark of the service; 0 = none.
 * @param protocol - Its protocol; without meaning when it has a mark.
 * @returns `true` for UDP and for a mark.
 */
export function mayScheduleOnePacket(fwmark: number, protocol: Protocol | undefined): boolean {
  return fwmark !== 0 || protocol === 'udp';
}

/**
 * Whether a new connection of a service ends with its packet.
 *
 * @param service - The service.
 * @param protocol - The number of the packet's protocol.
 * @returns `true` for UDP of a service with one-packet scheduling.
 */
export function isOnePacket(service: OnePacketService, protocol: number): boolean {
  return service.onePacket && protocol === PROTOCOL_UDP;
}

/**
 * Counts a one-packet connection for the moment that its packet takes; that may overload the server.
 *
 * @param server - Its server.
 * @returns −1, the entry that it does not have.
 */
export function countOnePacket(server: RealServer): number {
  server.open(false);
  server.close(false);
  return NONE;
}
