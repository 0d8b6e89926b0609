/** The control bits of TCP. Source: RFC 9293, section 3.1. */
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from '../protocols.js';

/** The control bits of TCP by name. */
export const TCP_FLAG = {
  /** No more data from the sender. */
  FIN: TCP_FIN as typeof TCP_FIN,
  /** Synchronise sequence numbers. */
  SYN: TCP_SYN as typeof TCP_SYN,
  /** Reset the connection. */
  RST: TCP_RST as typeof TCP_RST,
  /** Push function. */
  PSH: 0x08,
  /** The acknowledgment number counts. */
  ACK: TCP_ACK as typeof TCP_ACK,
  /** The urgent pointer counts. */
  URG: 0x20,
  /** Echo of an explicit congestion notification. */
  ECE: 0x40,
  /** Congestion window reduced. */
  CWR: 0x80,
} as const;
