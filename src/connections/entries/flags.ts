/**
 * The flags of a connection, with the values they have in synchronization messages, and the numbers
 * of the protocols that connections have.
 *
 * The low three bits are the forwarding method, copied from the server when the connection is made.
 */
import type { ForwardingMethod } from '../../model/forwarding-method.js';
import { META_IPV6, PROTOCOL_BITS } from './record.js';

/** The bits of the forwarding method: 0 masquerading, 1 local, 2 tunneling, 3 direct, 4 bypass. */
export const METHOD_BITS = 0x7;
/** A helper reads the packets of the connection; known here only. */
export const FLAG_HELPED = 0x8;
/** Received by synchronization. */
export const FLAG_SYNC = 0x20;
/** In the table: everything but one-packet connections. */
export const FLAG_HASHED = 0x40;
/** No packet of the server was seen so far, and none is expected: every method but masquerading. */
export const FLAG_NO_OUTPUT = 0x80;
/** Counted as inactive. */
export const FLAG_INACTIVE = 0x100;
/** Sequence numbers towards the client are shifted. */
export const FLAG_OUT_SEQ = 0x200;
/** Sequence numbers towards the server are shifted. */
export const FLAG_IN_SEQ = 0x400;
/** The client's port is not known yet. */
export const FLAG_NO_CLIENT_PORT = 0x800;
/** A persistence template. */
export const FLAG_TEMPLATE = 0x1000;
/** Ends with its packet; such a connection is never in the table. */
export const FLAG_ONE_PACKET = 0x2000;
/** All flags and the method. */
export const FLAG_BITS = 0x3fff;

/** The number of TCP in the IP header. */
export const PROTOCOL_TCP = 6;
/** The number of UDP in the IP header. */
export const PROTOCOL_UDP = 17;
/** The number of SCTP in the IP header. */
export const PROTOCOL_SCTP = 132;

/** The method bits of masquerading. */
export const METHOD_MASQUERADING = 0;
/** The method bits of tunneling. */
export const METHOD_TUNNELING = 2;
/** The method bits of direct routing. */
export const METHOD_GATEWAYING = 3;

/** The forwarding-method bits of {@link METHOD_BITS} for each method a server can have. */
export const METHOD_FLAGS: Readonly<Record<ForwardingMethod, number>> = {
  masquerading: METHOD_MASQUERADING,
  tunneling: METHOD_TUNNELING,
  gatewaying: METHOD_GATEWAYING,
};

/** The bits of the flags word that belong to the key of an entry: protocol, family, whether it is a template. */
export const KEY_BITS: number = PROTOCOL_BITS | META_IPV6 | FLAG_TEMPLATE;

/** The {@link KEY_BITS} of a flags word. */
export function keyBits(meta: number): number {
  return meta & KEY_BITS;
}

/** Whether an entry with these flags is forwarded by masquerading. */
export function isMasquerading(flags: number): boolean {
  return (flags & METHOD_BITS) === METHOD_MASQUERADING;
}
