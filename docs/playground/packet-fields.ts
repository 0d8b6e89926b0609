/**
 * A frame as a list of header fields that can be compared with another frame's.
 */
import {
  describePacket,
  ETHERNET_HEADER_LENGTH,
  IP_PROTOCOL,
  MacAddress,
  Packet,
  readUint16,
  TCP_FLAG,
} from 'ipvs/wire';

/** One field of a header. */
export interface Field {
  /** The header: `Ethernet`, `Outer IP`, `IP`, `TCP`. */
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

/**
 * Reads a frame.
 *
 * @param bytes - An Ethernet frame with an IPv4 packet.
 * @returns Its fields, from the outside to the inside.
 */
export function fieldsOf(bytes: Uint8Array): Field[] {
  return [
    { header: 'Ethernet', name: 'source', value: String(MacAddress.fromBytes(bytes, 6)) },
    { header: 'Ethernet', name: 'destination', value: String(MacAddress.fromBytes(bytes, 0)) },
    ...packetFields(bytes, ETHERNET_HEADER_LENGTH),
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
  const order = ['Ethernet', 'Outer IP', 'IP', 'TCP'];
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
    .sort((a, b) => order.indexOf(a.header) - order.indexOf(b.header));
}

function keyOf({ header, name }: Field): string {
  return `${header} ${name}`;
}

function packetFields(bytes: Uint8Array, offset: number): Field[] {
  const packet = new Packet();
  if (packet.parse(bytes, offset, bytes.length - offset) !== 'ok') return [];
  const { protocol, transportOffset } = packet;
  const isOuter = protocol === IP_PROTOCOL.IPV4;
  const fields = ipFields(packet, isOuter ? 'Outer IP' : 'IP');
  return [...fields, ...(isOuter ? packetFields(bytes, transportOffset) : tcpFields(packet))];
}

function ipFields(packet: Packet, header: string): Field[] {
  const { source, destination, timeToLive, identification } = describePacket(packet);
  const { bytes, offset, length, protocol } = packet;
  const values = {
    source: String(source),
    destination: String(destination),
    'time to live': String(timeToLive),
    protocol: protocol === IP_PROTOCOL.IPV4 ? '4 (IP in IP)' : `${protocol} (TCP)`,
    length: `${length} bytes`,
    identification: hexadecimal(identification ?? 0),
    checksum: hexadecimal(readUint16(bytes, offset + 10)),
  };
  return toFields(header, values);
}

function tcpFields(packet: Packet): Field[] {
  const { transport } = describePacket(packet);
  if (transport.type !== 'tcp') return [];
  const flags = Object.entries(TCP_FLAG).filter(([, bit]) => ((transport.flags ?? 0) & bit) !== 0);
  return toFields('TCP', {
    'source port': String(transport.sourcePort),
    'destination port': String(transport.destinationPort),
    flags: flags.map(([name]) => name).join(' '),
    checksum: hexadecimal(readUint16(packet.bytes, packet.transportOffset + 16)),
  });
}

function toFields(header: string, values: Readonly<Record<string, string>>): Field[] {
  return Object.entries(values).map(([name, value]) => ({ header, name, value }));
}

function hexadecimal(value: number): string {
  return `0x${value.toString(16).padStart(4, '0')}`;
}
