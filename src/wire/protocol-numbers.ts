/**
 * The numbers that name what follows a header. Source: IANA's registries of protocol numbers and of
 * Ethernet types.
 */
import { PROTOCOL_SCTP, PROTOCOL_TCP, PROTOCOL_UDP } from '../protocols.js';

/** The EtherTypes this library knows. */
export const ETHER_TYPE = {
  /** An IPv4 packet follows. */
  IPV4: 0x0800,
  /** An IPv6 packet follows. */
  IPV6: 0x86dd,
  /** A VLAN tag (IEEE 802.1Q) follows. */
  VLAN: 0x8100,
  /** A service VLAN tag (IEEE 802.1ad) follows. */
  SERVICE_VLAN: 0x88a8,
} as const;

/** The IP protocol numbers (IPv6: next headers) this library knows. */
export const IP_PROTOCOL = {
  /** IPv6 hop-by-hop options. */
  HOP_BY_HOP: 0,
  /** ICMP for IPv4. */
  ICMP: 1,
  /** An IPv4 packet inside. */
  IPV4: 4,
  /** TCP. */
  TCP: PROTOCOL_TCP as typeof PROTOCOL_TCP,
  /** UDP. */
  UDP: PROTOCOL_UDP as typeof PROTOCOL_UDP,
  /** An IPv6 packet inside. */
  IPV6: 41,
  /** IPv6 routing header. */
  ROUTING: 43,
  /** IPv6 fragment header. */
  FRAGMENT: 44,
  /** Generic routing encapsulation. */
  GRE: 47,
  /** Encapsulating security payload. */
  ESP: 50,
  /** Authentication header. */
  AH: 51,
  /** ICMP for IPv6. */
  ICMPV6: 58,
  /** IPv6 destination options. */
  DESTINATION_OPTIONS: 60,
  /** SCTP. */
  SCTP: PROTOCOL_SCTP as typeof PROTOCOL_SCTP,
} as const;
