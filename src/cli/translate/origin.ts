/**
 * Where a captured packet comes from, as far as a director is concerned.
 *
 * A capture may be taken in front of the director, behind it, on both sides at once (mergecap), at a real server,
 * or where there is no director yet. What the real director sent itself must not be taken a second time:
 *
 * | packet                                              | it is                                            |
 * | --------------------------------------------------- | ------------------------------------------------ |
 * | to a virtual address                                | a client's                                       |
 * | … in a frame from the director's own address        | the director's (direct routing)                  |
 * | from a real server                                  | a server's                                       |
 * | … on the director's host, or a client on it         | the host's                                       |
 * | from a virtual address, of a known connection       | a server's (direct routing, tunnel)              |
 * | … that is masqueraded                               | the director's, or an answer (`--before-lvs`)    |
 * | to a real server, of a known masqueraded connection | the director's                                   |
 * | a tunnel packet to a real server, seen before       | the director's                                   |
 * | … not seen before                                   | a client's, unpacked                             |
 * | anything else                                       | a client's                                       |
 */
import { ConnectionKey } from '../../connections/entries/connection-key.js';
import type { ConnectionTable } from '../../connections/connection-table.js';
import type { Director } from '../../director/index.js';
import { IpAddress } from '../../ip-address.js';
import { Packet } from '../../wire/packet.js';
import { rewriteSource, rewriteSourcePort } from '../../wire/rewrite.js';
import type { Place } from './sides.js';
import { TunnelPackets } from './tunnel-packets.js';
import type { TunnelSource } from './tunnel-source.js';

/** Who sent a packet; `answer` is one that a plain server sent, with no director between. */
export type Origin = 'client' | 'server' | 'host' | 'director' | 'answer' | 'tunnel';

const TRANSPORTS: readonly number[] = [6, 17, 132];
/** Client packets that are remembered, to recognize them within a tunnel. */
const MOST_REMEMBERED = 4096;

/** Finds out where packets come from. */
export class Origins {
  /** The packet inside a tunnel packet; counts when the origin is `tunnel`. */
  readonly inner: Packet = new Packet();
  /** Answers from a virtual address that were taken for the director's own. */
  answersSkipped = 0;
  private readonly director: Director;
  private readonly table: ConnectionTable;
  private readonly beforeLvs: boolean;
  private readonly key = new ConnectionKey();
  private readonly tunnels: TunnelPackets;
  private readonly tunnelSource: TunnelSource;
  private readonly hasDirectRouting: boolean;
  private readonly seen = new Set<number>();

  /**
   * @param director - The director.
   * @param tunnelSource - Is shown the tunnel packets.
   * @param beforeLvs - Whether answers from a virtual address are a plain server's.
   */
  constructor(director: Director, tunnelSource: TunnelSource, beforeLvs: boolean) {
    this.director = director;
    this.tunnelSource = tunnelSource;
    this.table = director.table;
    this.beforeLvs = beforeLvs;
    const servers = [...director.services].flatMap((service) => [...service.servers]);
    this.tunnels = new TunnelPackets(director);
    this.hasDirectRouting = servers.some(
      ({ forwardingMethod }) => forwardingMethod === 'gatewaying',
    );
  }

  /**
   * Where a packet comes from.
   *
   * @param packet - The packet.
   * @param place - What its addresses say.
   * @param isOwnFrame - Whether its frame was sent by the director.
   * @param isOwnSource - Whether its source is an address of the director's host.
   * @returns Who sent it.
   */
  of(packet: Packet, place: Place, isOwnFrame: boolean, isOwnSource: boolean): Origin {
    switch (place) {
      case 'to-virtual':
        if (this.hasDirectRouting && isOwnFrame) return 'director';
        if (this.tunnels.areExpected) this.remember(packet);
        return isOwnSource ? 'host' : 'client';
      case 'from-server':
        return isOwnSource ? 'host' : 'server';
      case 'from-virtual':
        return this.ofAnswer(packet);
      case 'to-server':
        return this.ofRequest(packet);
      default:
        return 'client';
    }
  }

  /**
   * Makes a plain server's answer that of the real server which the connection was given to.
   *
   * @param packet - The answer, from a virtual address; its source is rewritten.
   */
  redirectAnswer(packet: Packet): void {
    const { table } = this;
    const slot = this.findByClient(packet);
    if (slot < 0) return;
    const { serverAddress, serverPort } = table.endpoints(slot);
    rewriteSource(packet, serverAddress);
    rewriteSourcePort(packet, serverPort);
  }

  private ofAnswer(packet: Packet): Origin {
    const slot = this.findByClient(packet);
    if (slot < 0) return 'client';
    const server = this.table.server(slot);
    if (server?.forwardingMethod !== 'masquerading') {
      return server !== undefined && this.director.addresses.has(server.address)
        ? 'host'
        : 'server';
    }
    if (this.beforeLvs) return 'answer';
    this.answersSkipped += 1;
    return 'director';
  }

  private ofRequest(packet: Packet): Origin {
    if (this.tunnels.areExpected && this.tunnels.unpack(packet, this.inner)) {
      this.tunnelSource.learn(packet);
      return this.seen.has(fingerprintOf(this.inner)) ? 'director' : 'tunnel';
    }
    if (!isAnswerable(packet)) return 'client';
    this.fill(packet, true);
    const slot = this.table.findOut(this.key);
    const isMasqueraded = slot >= 0 && this.table.server(slot)?.forwardingMethod === 'masquerading';
    return isMasqueraded ? 'director' : 'client';
  }

  /** The connection of a packet to a client from the virtual end, or −1. */
  private findByClient(packet: Packet): number {
    if (!isAnswerable(packet)) return -1;
    this.fill(packet, false);
    return this.table.findIn(this.key);
  }

  private fill(packet: Packet, clientIsSource: boolean): void {
    const { key } = this;
    key.protocol = packet.protocol;
    const { source, destination } = addressesOf(packet);
    const [client, other] = clientIsSource ? [source, destination] : [destination, source];
    const { sourcePort, destinationPort } = packet;
    key.setClient(client, clientIsSource ? sourcePort : destinationPort);
    key.setVirtual(other, clientIsSource ? destinationPort : sourcePort);
  }

  private remember(packet: Packet): void {
    const { seen } = this;
    seen.add(fingerprintOf(packet));
    if (seen.size <= MOST_REMEMBERED) return;
    const [oldest] = seen;
    seen.delete(oldest);
  }
}

function isAnswerable(packet: Packet): boolean {
  return TRANSPORTS.includes(packet.protocol) && packet.hasPorts;
}

/** What stays the same when a director passes a packet on: all but its TTL. */
function fingerprintOf({
  view,
  family,
  sourceOffset,
  transportOffset,
  end,
  identification,
}: Packet): number {
  let value = identification;
  const stop = sourceOffset + (family === 4 ? 8 : 32);
  for (let at = sourceOffset; at < stop; at += 4)
    value = Math.imul(value ^ view.getInt32(at), 0x9e3779b1);
  const last = Math.min(transportOffset + 16, end - 3);
  for (let at = transportOffset; at < last; at += 4) {
    value = Math.imul(value ^ view.getInt32(at), 0x85ebca6b) ^ (value >>> 15);
  }
  return value;
}

function addressesOf({ family, bytes, sourceOffset, destinationOffset }: Packet): {
  source: IpAddress;
  destination: IpAddress;
} {
  return {
    source: IpAddress.fromBytes(family, bytes, sourceOffset),
    destination: IpAddress.fromBytes(family, bytes, destinationOffset),
  };
}
