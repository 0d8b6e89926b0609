/**
 * Rewriting the packets of translated connections, and the ICMP errors about them, in place.
 *
 * Toward the server the source becomes the own endpoint; back, the destination becomes the client. Checksums are
 * updated incrementally, so that there and back restores every byte, those of quoted packets too as far as they are
 * quoted; the checksum of an ICMP error is computed again.
 * Source: RFC 3022, RFC 5508, recorded behavior.
 */
import type { AddressWords } from '../address-words.js';
import { writeUint16 } from '../wire/bytes.js';
import { changeOfUint16, changeOfUint32, checksum, updateChecksum } from '../wire/checksum.js';
import { PROTOCOL_TCP } from '../protocols.js';
import type { Packet } from '../wire/packet.js';
import {
  recomputeTransportChecksum,
  replaceAddress,
  rewriteDestination,
  rewriteDestinationPort,
  rewriteSource,
  rewriteSourcePort,
} from '../wire/rewrite.js';

const IPV4_CHECKSUM = 10;
const SOURCE = 12;
const SOURCE_PORT = 20;
const TCP_CHECKSUM = 36;

/**
 * Gives a packet another source.
 *
 * @param packet - The packet, TCP or UDP, its header whole.
 * @param address - The new address.
 * @param port - The new port.
 */
export function translateSource(packet: Packet, address: AddressWords, port: number): void {
  rewriteSource(packet, address);
  rewriteSourcePort(packet, port);
}

/**
 * Gives a packet another destination.
 *
 * @param packet - The packet, TCP or UDP, its header whole.
 * @param address - The new address.
 * @param port - The new port.
 */
export function translateDestination(packet: Packet, address: AddressWords, port: number): void {
  rewriteDestination(packet, address);
  rewriteDestinationPort(packet, port);
}

/**
 * Gives a plain TCP segment over IPv4 without options another source.
 *
 * @param view - Over the bytes that hold it.
 * @param offset - Index of the first byte of its IP header.
 * @param address - The new address.
 * @param port - The new port.
 */
export function translatePlainSource(
  view: DataView,
  offset: number,
  address: number,
  port: number,
): void {
  const change = changeOfUint32(view.getInt32(offset + SOURCE), address);
  view.setInt32(offset + SOURCE, address);
  const headerAt = offset + IPV4_CHECKSUM;
  view.setUint16(headerAt, updateChecksum(view.getUint16(headerAt), change));
  const portAt = offset + SOURCE_PORT;
  const both = change + changeOfUint16(view.getUint16(portAt), port);
  view.setUint16(portAt, port);
  const checksumAt = offset + TCP_CHECKSUM;
  view.setUint16(checksumAt, updateChecksum(view.getUint16(checksumAt), both));
}

/**
 * Translates an ICMP error that goes to a server: its sender becomes the own address, and the packet that it quotes
 * was sent to the own endpoint.
 *
 * @param packet - The message, with a right checksum.
 * @param quote - The packet it quotes, with ports.
 * @param address - The own address.
 * @param port - The own port.
 */
export function translateErrorToServer(
  packet: Packet,
  quote: Packet,
  address: AddressWords,
  port: number,
): void {
  if (quote.family === 4) translateDestination(quote, address, port);
  else translateQuoted6(quote, address, port);
  replaceAddress(packet, packet.sourceOffset, address);
  writeIcmpChecksum(packet);
}

/**
 * Translates an ICMP error that a server sent to the own address: it goes to the client, whose packet it quotes.
 *
 * @param packet - The message, with a right checksum.
 * @param quote - The packet it quotes, with ports.
 * @param address - The client's address.
 * @param port - The client's port.
 */
export function translateErrorToClient(
  packet: Packet,
  quote: Packet,
  address: AddressWords,
  port: number,
): void {
  translateSource(quote, address, port);
  replaceAddress(packet, packet.destinationOffset, address);
  writeIcmpChecksum(packet);
}

/**
 * The quoted packet over IPv6. The kernel takes its checksum, which the director has passed over, for a sum without
 * complement, so it changes the wrong way and leaves the port out; what the server gets is the recorded packet.
 */
function translateQuoted6(quote: Packet, address: AddressWords, port: number): void {
  const change = replaceAddress(quote, quote.destinationOffset, address);
  quote.setDestinationPort(port);
  const checksumAt = quote.transportOffset + (quote.protocol === PROTOCOL_TCP ? 16 : 6);
  if (checksumAt + 2 > quote.end) return;
  const { view } = quote;
  const sum = 0xffff ^ view.getUint16(checksumAt);
  view.setUint16(checksumAt, 0xffff ^ updateChecksum(sum, change));
}

function writeIcmpChecksum(packet: Packet): void {
  if (packet.family === 6) {
    recomputeTransportChecksum(packet, 2);
    return;
  }
  const { bytes, transportOffset, transportLength } = packet;
  writeUint16(bytes, transportOffset + 2, 0);
  writeUint16(bytes, transportOffset + 2, checksum(bytes, transportOffset, transportLength));
}
