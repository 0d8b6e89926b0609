/**
 * Turning packets into keys of the connection table, and into flows for schedulers.
 */
import type { ConnectionKey } from '../connections/entries/connection-key.js';
import { PROTOCOL_SCTP, PROTOCOL_UDP } from '../connections/entries/flags.js';
import { IpAddress } from '../ip-address.js';
import type { Flow } from '../model/flow.js';
import type { Protocol } from '../protocols.js';
import type { Packet } from '../wire/packet.js';
import { followsKeyExchange, KEY_EXCHANGE_PORT } from './ah-and-esp.js';

/**
 * Fills in a key whose client is the packet's source, or its destination.
 *
 * @param key - The key.
 * @param packet - The packet; of AH and ESP the key is that of their key exchange.
 * @param clientIsSource - Whether the packet's source is the client.
 */
export function keyOfPacket(key: ConnectionKey, packet: Packet, clientIsSource: boolean): void {
  const exchange = followsKeyExchange(packet.protocol);
  key.protocol = exchange ? PROTOCOL_UDP : packet.protocol;
  const sourcePort = exchange ? KEY_EXCHANGE_PORT : packet.sourcePort;
  const destinationPort = exchange ? KEY_EXCHANGE_PORT : packet.destinationPort;
  if (clientIsSource) {
    key.setClient(packet.source, sourcePort).setVirtual(packet.destination, destinationPort);
  } else {
    key.setClient(packet.destination, destinationPort).setVirtual(packet.source, sourcePort);
  }
}

/**
 * The flow that a scheduler sees for a key.
 *
 * @param key - The key of a new connection.
 * @returns The flow from the client to the virtual endpoint.
 */
export function flowOfKey(key: ConnectionKey): Flow {
  return {
    protocol: protocolName(key.protocol),
    source: addressOf(key.family, key.client0, key.client1, key.client2, key.client3),
    sourcePort: key.clientPort,
    destination: addressOf(key.family, key.virtual0, key.virtual1, key.virtual2, key.virtual3),
    destinationPort: key.virtualPort,
  };
}

function addressOf(family: number, w0: number, w1: number, w2: number, w3: number): IpAddress {
  return family === 4 ? IpAddress.fromIpv4(w3) : IpAddress.fromIpv6(w0, w1, w2, w3);
}

function protocolName(protocol: number): Protocol {
  if (protocol === PROTOCOL_UDP) return 'udp';
  return protocol === PROTOCOL_SCTP ? 'sctp' : 'tcp';
}
