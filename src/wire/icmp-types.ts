/** The types of ICMP and ICMPv6 messages. Sources: RFC 792, RFC 4443. */

/** Types of ICMP (IPv4) by name. */
export const ICMP_TYPE = {
  /** Answer to an echo request. */
  ECHO_REPLY: 0,
  /** Destination unreachable; code 3 port, code 4 fragmentation needed. */
  UNREACHABLE: 3,
  /** Source quench. */
  SOURCE_QUENCH: 4,
  /** Redirect. */
  REDIRECT: 5,
  /** Echo request. */
  ECHO: 8,
  /** Time exceeded. */
  TIME_EXCEEDED: 11,
  /** Parameter problem. */
  PARAMETER_PROBLEM: 12,
} as const;

/** Types of ICMPv6 by name; those below 128 are errors. */
export const ICMPV6_TYPE = {
  /** Destination unreachable; code 4 port. */
  UNREACHABLE: 1,
  /** Packet too big. */
  PACKET_TOO_BIG: 2,
  /** Time exceeded. */
  TIME_EXCEEDED: 3,
  /** Parameter problem. */
  PARAMETER_PROBLEM: 4,
  /** Echo request. */
  ECHO: 128,
  /** Answer to an echo request. */
  ECHO_REPLY: 129,
} as const;
