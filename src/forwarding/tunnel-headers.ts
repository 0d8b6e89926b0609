/**
 * The headers a tunnel puts in front of a packet: outer IP, and UDP with GUE, or GRE.
 *
 * Outer IP: DSCP of the inner packet, ECN too but CE becomes ECT(0); TTL of the inner packet; DF of the inner IPv4
 * packet with `pmtu_disc`, and then identification 0, else a fresh one; no options, flow label 0. GUE: `gue-header.ts`.
 * GRE: `gre-header.ts`. Sources: RFC 2003, RFC 2473, RFC 6040, RFC 2784, draft-ietf-intarea-gue.
 */
import type { AddressFamily, IpAddress } from '../ip-address.js';
import type { Tunnel } from '../model/forwarding-method.js';
import { checksumOf, sumBytes, sumOfWord } from '../wire/checksum.js';
import { IP_PROTOCOL } from '../wire/protocol-numbers.js';
import type { ForwardingEnvironment } from './environment.js';
import { greLength, writeGre } from './gre-header.js';
import { GUE_LENGTH, writeGue } from './gue-header.js';

/** DF in the byte of an IPv4 header that holds it, and in the header's second word. */
const DONT_FRAGMENT = 0x40;
const DONT_FRAGMENT_WORD = 0x4000;

/** The least MTU an IPv6 link must have; a tunnel that leaves less is rare. */
export const LEAST_MTU_6 = 1280;

/**
 * How many bytes a tunnel puts between the outer IP header and the packet inside.
 *
 * @param tunnel - The tunnel.
 * @returns 0 (ipip), 12 (GUE), 4 or 8 (GRE).
 */
export function innerHeaderLength(tunnel: Tunnel): number {
  if (tunnel.type === 'ipip') return 0;
  if (tunnel.type === 'gue') return GUE_LENGTH;
  return greLength(tunnel);
}

/**
 * How many bytes the outer IP header has.
 *
 * @param family - The family of the server's address.
 * @returns 20 or 40.
 */
export function outerHeaderLength(family: AddressFamily): number {
  return family === 4 ? 20 : 40;
}

/**
 * Writes what lies between the outer IP header and the packet inside.
 *
 * @param tunnel - The tunnel.
 * @param bytes - Where to write; the packet inside stands there already, the outer addresses too.
 * @param at - Index of the first byte behind the outer IP header.
 * @param end - Index behind the last byte of the packet inside.
 * @param innerFamily - The family of the packet inside.
 * @param flowHash - The hash of its flow.
 * @param addressesSum - The sum of the outer addresses, for the pseudo-header.
 */
export function writeInnerHeader(
  tunnel: Tunnel,
  bytes: Uint8Array,
  at: number,
  end: number,
  innerFamily: AddressFamily,
  flowHash: number,
  addressesSum: number,
): void {
  if (tunnel.type === 'gue') {
    writeGue(tunnel, bytes, at, end, protocolOf(innerFamily), flowHash, addressesSum);
  } else if (tunnel.type === 'gre') writeGre(tunnel, bytes, at, end, innerFamily);
}

/**
 * Which protocol the outer IP header announces.
 *
 * @param tunnel - The tunnel.
 * @param innerFamily - The family of the packet inside.
 * @returns 4, 41, 17 or 47.
 */
export function outerProtocol(tunnel: Tunnel, innerFamily: AddressFamily): number {
  if (tunnel.type === 'ipip') return protocolOf(innerFamily);
  return tunnel.type === 'gue' ? IP_PROTOCOL.UDP : IP_PROTOCOL.GRE;
}

/**
 * Writes an outer IPv4 header, checksum included.
 *
 * @param view - Where to write.
 * @param at - Index of its first byte.
 * @param first - Its first word but for version and header length: ToS · 65536 + length.
 * @param second - Its second word: identification · 65536 + 0x4000 for DF.
 * @param third - Its third word but for the checksum: TTL · 2^24 + protocol · 65536.
 * @param from - The director's address.
 * @param to - The server's address.
 */
export function writeOuter4(
  view: DataView,
  at: number,
  first: number,
  second: number,
  third: number,
  from: number,
  to: number,
): void {
  const start = 0x4500_0000 | first;
  const sum =
    sumOfWord(start) + sumOfWord(second) + sumOfWord(third) + sumOfWord(from) + sumOfWord(to);
  view.setInt32(at, start);
  view.setInt32(at + 4, second);
  view.setInt32(at + 8, third | checksumOf(sum));
  view.setInt32(at + 12, from);
  view.setInt32(at + 16, to);
}

/**
 * The second word of an outer IPv4 header without DF; identification 0 belongs to those with it.
 *
 * @param environment - The host, which draws it.
 * @returns The word.
 */
export function freshIdentification(environment: ForwardingEnvironment): number {
  return (environment.nextIdentification() & 0xffff || 1) << 16;
}

/**
 * The second word of the outer IPv4 header of an IPv4 packet: DF is copied, unless the host does no path MTU discovery.
 *
 * @param environment - The host.
 * @param bits - The byte of the inner header that holds DF.
 * @returns The word.
 */
export function outerIdentification(environment: ForwardingEnvironment, bits: number): number {
  const keepsDf = (bits & DONT_FRAGMENT) !== 0 && environment.pathMtuDiscovery;
  return keepsDf ? DONT_FRAGMENT_WORD : freshIdentification(environment);
}

/**
 * Writes the outer IPv4 header of an IPv4 packet, whose words it takes over.
 *
 * @param view - Where to write.
 * @param at - Index of its first byte.
 * @param length - Bytes of the whole packet.
 * @param inner - Index of the packet inside, its TTL lowered already.
 * @param second - Its second word: identification · 65536 + 0x4000 for DF.
 * @param protocol - What follows.
 * @param from - The director's address.
 * @param to - The server's address.
 */
export function writeOuter4Over4(
  view: DataView,
  at: number,
  length: number,
  inner: number,
  second: number,
  protocol: number,
  from: number,
  to: number,
): void {
  const typeOfService = outerTypeOfService(view.getUint8(inner + 1));
  const timeToLive = view.getUint8(inner + 8);
  const third = (timeToLive << 24) | (protocol << 16);
  writeOuter4(view, at, (typeOfService << 16) | length, second, third, from, to);
}

/**
 * Writes an outer IPv6 header.
 *
 * @param view - Where to write.
 * @param at - Index of its first byte.
 * @param typeOfService - The ToS or traffic class of the packet inside.
 * @param second - Its second word: bytes behind the header · 65536 + what follows · 256 + hop limit.
 * @param source - The director's address.
 * @param server - The server's address.
 */
export function writeOuter6(
  view: DataView,
  at: number,
  typeOfService: number,
  second: number,
  source: IpAddress,
  server: IpAddress,
): void {
  view.setInt32(at, 0x6000_0000 | (outerTypeOfService(typeOfService) << 20));
  view.setInt32(at + 4, second);
  view.setInt32(at + 8, source.word0);
  view.setInt32(at + 12, source.word1);
  view.setInt32(at + 16, source.word2);
  view.setInt32(at + 20, source.word3);
  view.setInt32(at + 24, server.word0);
  view.setInt32(at + 28, server.word1);
  view.setInt32(at + 32, server.word2);
  view.setInt32(at + 36, server.word3);
}

function protocolOf(family: AddressFamily): number {
  return family === 4 ? IP_PROTOCOL.IPV4 : IP_PROTOCOL.IPV6;
}

/**
 * The ToS of an outer header: congestion experienced inside is not shown outside, where it would be the
 * tunnel's own.
 *
 * @param inner - The ToS or traffic class inside.
 * @returns The same, but ECN 3 becomes 2.
 */
export function outerTypeOfService(inner: number): number {
  return (inner & 3) === 3 ? inner - 1 : inner;
}

/**
 * The sum of the addresses of an outer header, for a pseudo-header.
 *
 * @param bytes - The bytes that hold the header.
 * @param at - Index of its first byte.
 * @param family - Its family.
 * @returns The sum.
 */
export function sumOfAddresses(bytes: Uint8Array, at: number, family: AddressFamily): number {
  return family === 4 ? sumBytes(bytes, at + 12, 8) : sumBytes(bytes, at + 8, 32);
}
