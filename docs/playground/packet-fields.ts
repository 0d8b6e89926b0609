/**
 * A frame as a list of header fields that can be compared with another frame's.
 */
import type { Tunnel } from 'ipvs';
import {
  describePacket,
  ETHERNET_HEADER_LENGTH,
  IP_PROTOCOL,
  MacAddress,
  Packet,
  readUint16,
  TCP_FLAG,
} from 'ipvs/wire';
import { innerOffset } from './tunnel-headers.js';

/** One field of a header. */
export interface Field {
  /** The header: `Ethernet`, `Outer IP`, `GUE`, `GRE`, `IP`, `TCP`, `UDP`, `SCTP` or `ICMP`. */
  readonly header: string;
  /** The field's name. */
  readonly name: string;
  /** Its value, as text. */
  readonly value: string;
}

/** A field before and after. */
export interface Comparison {
  /** The header. */
  readonly header: string;
  /** The field's name. */
  readonly name: string;
  /** The value before; `undefined` when there was no such header. */
  readonly before: string | undefined;
  /** The value after; `undefined` when there is no such header. */
  readonly after: string | undefined;
}

const ORDER = [
  'Ethernet',
  'Outer IP',
  'Outer UDP',
  'GUE',
  'GRE',
  'IP',
  'TCP',
  'UDP',
  'SCTP',
  'ICMP',
];

/**
 * Reads a frame.
 *
 * @param bytes - An Ethernet frame with an IP packet.
 * @param tunnel - The tunnel that the packet is in, if it is in one.
 * @returns Its fields, from the outside to the inside.
 */
export function fieldsOf(bytes: Uint8Array, tunnel?: Tunnel): Field[] {
  return [
    ...toFields('Ethernet', {
      source: String(MacAddress.fromBytes(bytes, 6)),
      destination: String(MacAddress.fromBytes(bytes, 0)),
    }),
    ...packetFields(bytes, ETHERNET_HEADER_LENGTH, tunnel),
  ];
}

/**
 * Puts the fields of two frames beside each other.
 *
 * @param before - One frame's fields.
 * @param after - The other's.
 * @returns Every field of either, headers from the outside to the inside.
 */
export function compareFields(before: readonly Field[], after: readonly Field[]): Comparison[] {
  const found = new Map<string, Field>();
  for (const field of [...before, ...after]) found.set(keyOf(field), field);
  const valueIn = (fields: readonly Field[], key: string): string | undefined =>
    fields.find((field) => keyOf(field) === key)?.value;
  return [...found]
    .map(([key, { header, name }]) => ({
      header,
      name,
      before: valueIn(before, key),
      after: valueIn(after, key),
    }))
    .sort((a, b) => ORDER.indexOf(a.header) - ORDER.indexOf(b.header));
}

function keyOf({ header, name }: Field): string {
  return `${header} ${name}`;
}

function packetFields(bytes: Uint8Array, offset: number, tunnel: Tunnel | undefined): Field[] {
  const packet = new Packet();
  if (packet.parse(bytes, offset, bytes.length - offset) !== 'ok') return [];
  if (tunnel === undefined) return [...ipFields(packet, 'IP'), ...transportFields(packet)];
  return [
    ...ipFields(packet, 'Outer IP'),
    ...tunnelFields(packet),
    ...packetFields(bytes, innerOffset(packet), undefined),
  ];
}

function ipFields(packet: Packet, header: string): Field[] {
  const { source, destination, timeToLive, identification } = describePacket(packet);
  const { bytes, offset, length, protocol, family } = packet;
  const common = { source: String(source), destination: String(destination) };
  const size = `${length} bytes`;
  const carried = PROTOCOLS[protocol] ?? String(protocol);
  if (family === 6) {
    const next = { 'hop limit': String(timeToLive), 'next header': carried, length: size };
    return toFields(header, { ...common, ...next });
  }
  return toFields(header, {
    ...common,
    'time to live': String(timeToLive),
    protocol: carried,
    length: size,
    identification: hexadecimal(identification ?? 0),
    checksum: hexadecimal(readUint16(bytes, offset + 10)),
  });
}

const PROTOCOLS: Readonly<Record<number, string>> = {
  [IP_PROTOCOL.ICMP]: '1 (ICMP)',
  [IP_PROTOCOL.IPV4]: '4 (IP in IP)',
  [IP_PROTOCOL.TCP]: '6 (TCP)',
  [IP_PROTOCOL.UDP]: '17 (UDP)',
  [IP_PROTOCOL.IPV6]: '41 (IPv6 in IP)',
  [IP_PROTOCOL.GRE]: '47 (GRE)',
  [IP_PROTOCOL.ICMPV6]: '58 (ICMPv6)',
  [IP_PROTOCOL.SCTP]: '132 (SCTP)',
};

/** What is between an outer and an inner packet. */
function tunnelFields(packet: Packet): Field[] {
  const { bytes, transportOffset: at, protocol } = packet;
  if (protocol === IP_PROTOCOL.GRE) {
    return toFields('GRE', {
      flags: hexadecimal(readUint16(bytes, at)),
      protocol: hexadecimal(readUint16(bytes, at + 2)),
    });
  }
  if (protocol !== IP_PROTOCOL.UDP) return [];
  return [
    ...toFields('Outer UDP', {
      'source port': String(readUint16(bytes, at)),
      'destination port': String(readUint16(bytes, at + 2)),
      checksum: hexadecimal(readUint16(bytes, at + 6)),
    }),
    ...toFields('GUE', { protocol: PROTOCOLS[bytes[at + 9]] ?? '' }),
  ];
}

/** Where TCP, UDP and SCTP have their checksums, from the header on, and how wide those are. */
const CHECKSUMS = { tcp: 16, udp: 6, sctp: 8 } as const;

function transportFields(packet: Packet): Field[] {
  const { transport } = describePacket(packet);
  if (transport.type === 'raw') return [];
  if (transport.type === 'icmp') {
    return toFields('ICMP', {
      type: String(transport.icmpType),
      code: String(transport.code ?? 0),
    });
  }
  const at = packet.transportOffset + CHECKSUMS[transport.type];
  const sum = hexadecimal(readUint16(packet.bytes, at));
  return toFields(transport.type.toUpperCase(), {
    'source port': String(transport.sourcePort),
    'destination port': String(transport.destinationPort),
    ...(transport.type === 'tcp' && { flags: flagsOf(transport.flags ?? 0) }),
    checksum:
      transport.type === 'sctp'
        ? sum + hexadecimal(readUint16(packet.bytes, at + 2)).slice(2)
        : sum,
  });
}

function flagsOf(flags: number): string {
  const set = Object.entries(TCP_FLAG).filter(([, bit]) => (flags & bit) !== 0);
  return set.map(([name]) => name).join(' ');
}

function toFields(header: string, values: Readonly<Record<string, string>>): Field[] {
  return Object.entries(values).map(([name, value]) => ({ header, name, value }));
}

function hexadecimal(value: number): string {
  return `0x${value.toString(16).padStart(4, '0')}`;
}
