/**
 * The transport protocols that have virtual services: their names, their numbers in IP headers, and
 * TCP's control bits. Source: IANA's registries, and RFC 9293, section 3.1.
 */

/** The transport protocols that have virtual services of their own. */
export type Protocol = 'tcp' | 'udp' | 'sctp';

/** All values of {@link Protocol}. */
export const PROTOCOLS: readonly Protocol[] = ['tcp', 'udp', 'sctp'];

/** The number of TCP in an IP header. */
export const PROTOCOL_TCP = 6;
/** The number of UDP in an IP header. */
export const PROTOCOL_UDP = 17;
/** The number of SCTP in an IP header. */
export const PROTOCOL_SCTP = 132;

/** TCP's control bit FIN: no more data from the sender. */
export const TCP_FIN = 0x01;
/** TCP's control bit SYN: synchronize sequence numbers. */
export const TCP_SYN = 0x02;
/** TCP's control bit RST: reset the connection. */
export const TCP_RST = 0x04;
/** TCP's control bit ACK: the acknowledgment number counts. */
export const TCP_ACK = 0x10;

/**
 * The number of a protocol in an IP header.
 *
 * @param protocol - The protocol.
 * @returns 6 for TCP, 17 for UDP, 132 for SCTP.
 */
export function protocolNumber(protocol: Protocol): number {
  if (protocol === 'tcp') return PROTOCOL_TCP;
  return protocol === 'udp' ? PROTOCOL_UDP : PROTOCOL_SCTP;
}

/**
 * The name of a protocol by its number in an IP header.
 *
 * @param number - The number, 0–255.
 * @returns The name, or `undefined` when the protocol has no virtual services.
 */
export function protocolName(number: number): Protocol | undefined {
  if (number === PROTOCOL_TCP) return 'tcp';
  if (number === PROTOCOL_UDP) return 'udp';
  return number === PROTOCOL_SCTP ? 'sctp' : undefined;
}

/**
 * Whether a protocol has ports and virtual services: TCP, UDP or SCTP.
 *
 * @param number - Its number in an IP header.
 * @returns `true` for 6, 17 and 132.
 */
export function isTransportWithPorts(number: number): boolean {
  return number === PROTOCOL_TCP || number === PROTOCOL_UDP || number === PROTOCOL_SCTP;
}
