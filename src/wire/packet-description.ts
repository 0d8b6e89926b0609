/**
 * A packet as plain data: what {@link encodePacket} takes and {@link describePacket} gives.
 *
 * For tests, tools and documentation, where clarity counts and speed does not. Checksums are no part
 * of a description: encoding computes them, and describing leaves them to `verifyChecksums`.
 */
import type { IpAddressLike } from '../ip-address.js';

/** A TCP segment without its payload. */
export interface TcpDescription {
  /** Identifies the transport. */
  readonly type: 'tcp';
  /** 0–65535. */
  readonly sourcePort: number;
  /** 0–65535. */
  readonly destinationPort: number;
  /** 0–4294967295; default 0. */
  readonly sequenceNumber?: number;
  /** 0–4294967295; default 0. */
  readonly acknowledgmentNumber?: number;
  /** Control bits, see `TCP_FLAG`, 0–255; default 0. */
  readonly flags?: number;
  /** 0–65535; default 65535. */
  readonly window?: number;
  /** 0–65535; default 0. */
  readonly urgentPointer?: number;
  /** A multiple of 4 bytes, at most 40; default none. */
  readonly options?: Uint8Array;
}

/** A UDP header. */
export interface UdpDescription {
  /** Identifies the transport. */
  readonly type: 'udp';
  /** 0–65535. */
  readonly sourcePort: number;
  /** 0–65535. */
  readonly destinationPort: number;
}

/** An SCTP common header; the chunks are the payload. */
export interface SctpDescription {
  /** Identifies the transport. */
  readonly type: 'sctp';
  /** 0–65535. */
  readonly sourcePort: number;
  /** 0–65535. */
  readonly destinationPort: number;
  /** 0–4294967295; default 0. */
  readonly verificationTag?: number;
}

/** An ICMP (over IPv4) or ICMPv6 (over IPv6) header. */
export interface IcmpDescription {
  /** Identifies the transport. */
  readonly type: 'icmp';
  /** The message's type, 0–255. */
  readonly icmpType: number;
  /** 0–255; default 0. */
  readonly code?: number;
  /** 0–4294967295; default 0. */
  readonly secondWord?: number;
}

/** Anything else: the payload is all that follows the IP header. */
export interface RawDescription {
  /** Identifies the transport. */
  readonly type: 'raw';
  /** IP protocol number, 0–255. */
  readonly protocol: number;
}

/** What an IP packet carries. */
export type TransportDescription =
  TcpDescription | UdpDescription | SctpDescription | IcmpDescription | RawDescription;

/** An IPv6 extension header. */
export interface ExtensionDescription {
  /** Protocol number that announces it: 0, 43, 44, 51 or 60. */
  readonly protocol: number;
  /** The whole header; its first byte, which announces the next one, is filled in by encoding. */
  readonly bytes: Uint8Array;
}

/** An IPv4 or IPv6 packet. */
export interface PacketDescription {
  /** The sender; its family decides the packet's. */
  readonly source: IpAddressLike;
  /** The receiver, of the same family. */
  readonly destination: IpAddressLike;
  /** TTL or hop limit, 0–255; default 64. */
  readonly timeToLive?: number;
  /** Type of service or traffic class, 0–255; default 0. */
  readonly typeOfService?: number;
  /** IPv4 identification, 0–65535; default 0. */
  readonly identification?: number;
  /** IPv4: whether it must not be cut; default `false`. */
  readonly dontFragment?: boolean;
  /** IPv4: whether later fragments exist; default `false`. */
  readonly moreFragments?: boolean;
  /** IPv4: where the payload belongs, a multiple of 8 bytes; default 0. */
  readonly fragmentOffset?: number;
  /** IPv4 options, a multiple of 4 bytes, at most 40; default none. */
  readonly options?: Uint8Array;
  /** IPv6 flow label, 0–1048575; default 0. */
  readonly flowLabel?: number;
  /** IPv6 extension headers in their order; default none. */
  readonly extensions?: readonly ExtensionDescription[];
  /** What it carries. */
  readonly transport: TransportDescription;
  /** What follows the transport header; default nothing. */
  readonly payload?: Uint8Array;
}
