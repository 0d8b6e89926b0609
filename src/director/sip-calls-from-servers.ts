/**
 * Calls that a server begins, in a service with a persistence engine: a masqueraded server sends the first datagram, from
 * its own address and port, and the client is to see the service instead.
 *
 * With a Call-ID a connection to the datagram's destination is opened, and the client's template is made for *that*
 * server if there is none; so what the client answers, and its later requests of this call, go to the server that
 * called. With one-packet scheduling this is also how a server's answers leave from the virtual endpoint. A datagram
 * from another port, or without Call-ID, belongs to no connection. Source: recorded decisions.
 */
import { ConnectionKey } from '../connections/entries/connection-key.js';
import { PROTOCOL_UDP } from '../connections/entries/flags.js';
import { IpAddress } from '../ip-address.js';
import type { ConnectionOpener, Opening } from '../services/connection-opener.js';
import type { Service } from '../services/service.js';
import type { ServiceTable } from '../services/service-table.js';
import type { RealServer } from '../model/real-server.js';
import type { Packet } from '../wire/packet.js';
import { callIdOf } from './persistence-engine-data.js';

/** Opens the connections of calls that servers begin. */
export class ServerCalls {
  private readonly services: ServiceTable;
  private readonly opener: ConnectionOpener;
  /** The key of the packet at hand. */
  private readonly key = new ConnectionKey();

  /**
   * @param services - The services; each call visits those with an engine.
   * @param opener - Opens connections.
   */
  constructor(services: ServiceTable, opener: ConnectionOpener) {
    this.services = services;
    this.opener = opener;
  }

  /**
   * Opens a connection for a server's packet, if it begins a call.
   *
   * @param packet - A packet from the server side that belongs to no connection.
   * @param now - The present time in milliseconds.
   * @returns The connection, or why there is none; `undefined` when the packet begins no call.
   */
  open(packet: Packet, now: number): Opening | undefined {
    const { services } = this;
    if (packet.protocol !== PROTOCOL_UDP || services.withEngine.size === 0) return undefined;
    const address = IpAddress.fromBytes(packet.family, packet.bytes, packet.sourceOffset);
    for (const service of services.withEngine) {
      const server = callerIn(service, address, packet.sourcePort);
      if (server !== undefined) return this.openFor(service, server, packet, now);
    }
    return undefined;
  }

  private openFor(
    service: Service,
    server: RealServer,
    packet: Packet,
    now: number,
  ): Opening | undefined {
    const callId = callIdOf(packet);
    if (callId === undefined) return undefined;
    const { key } = this;
    key.protocol = packet.protocol;
    key.setClient(packet.destination, packet.destinationPort);
    key.setVirtual(service.address, service.port);
    key.engineData = callId;
    return this.opener.openFromServer(service, server, key, service.onePacket, now);
  }
}

/** The masqueraded server of a service with this address and port, if the service lets servers begin calls. */
function callerIn(service: Service, address: IpAddress, port: number): RealServer | undefined {
  const { family, persistence, protocolNumber } = service;
  if (persistence === undefined || protocolNumber !== PROTOCOL_UDP) return undefined;
  // A service of a mark has no port, either.
  if (family !== address.family || service.port === 0) return undefined;
  const server = service.servers.get({ address, port });
  return server?.forwardingMethod === 'masquerading' ? server : undefined;
}
