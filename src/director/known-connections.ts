/**
 * Packets of known connections by their effect alone, for simulations: they are counted, move the state of their
 * connection, restart its timer and are announced to other directors, as `local-input.ts` and `pass-through.ts` have it,
 * but are neither read nor rewritten. Only where nothing else depends on a packet: no tracking, no helper of the
 * connection, no server or client on the host. The packet that opens a connection is none of these.
 */
import type { ConnectionKey } from '../connections/entries/connection-key.js';
import {
  METHOD_GATEWAYING,
  METHOD_MASQUERADING,
  METHOD_TUNNELING,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
} from '../connections/entries/flags.js';
import { METHOD_SHIFT } from '../connections/doors/fast-path.js';
import type { RealServer } from '../model/real-server.js';
import type { DirectorParts } from './parts.js';

const NONE = -1;

/** What packets do to connections that are in the table. */
export class KnownConnections {
  private readonly parts: DirectorParts;

  /** @param parts - The director. */
  constructor(parts: DirectorParts) {
    this.parts = parts;
  }

  /**
   * Finds a connection whose packets have no other effect.
   *
   * @param key - Protocol, client and virtual endpoint.
   * @returns Its entry; −1 when there is none, or its packets have to pass the director.
   */
  find(key: ConnectionKey): number {
    const { table } = this.parts;
    if (this.haveOtherEffects()) return NONE;
    const slot =
      key.family === 4
        ? table.findIn4(key.protocol, key.client3, key.clientPort, key.virtual3, key.virtualPort)
        : table.findIn(key);
    if (slot < 0) return NONE;
    const server = this.serverOf(slot);
    if (server?.available !== true || this.isOnHost(server)) return NONE;
    return isSent(table.fastPath.routeOf(slot) >>> METHOD_SHIFT) ? slot : NONE;
  }

  /** The server of an entry. */
  serverOf(slot: number): RealServer | undefined {
    return this.parts.table.server(slot);
  }

  /**
   * Whether servers' answers pass the director.
   *
   * @param slot - The entry.
   * @returns `true` for masquerading.
   */
  isAnsweredHere(slot: number): boolean {
    return this.parts.table.fastPath.routeOf(slot) >>> METHOD_SHIFT === METHOD_MASQUERADING;
  }

  /**
   * Does what a client's packet does.
   *
   * @param slot - The entry, as found.
   * @param protocol - The number of its protocol.
   * @param kind - The flags of the segment, or the type of the chunk.
   * @param lengthBytes - The length of the IP packet.
   * @param now - The present time in milliseconds.
   */
  fromClient(slot: number, protocol: number, kind: number, lengthBytes: number, now: number): void {
    const { counters, states, table, sync } = this.parts;
    counters.countInAt(table.fastPath.destinationOf(slot), lengthBytes);
    if (protocol === PROTOCOL_TCP) states.clientSegment(slot, kind, now);
    else if (protocol === PROTOCOL_UDP) states.clientDatagram(slot, now);
    else {
      states.sctp(slot, kind, NONE, false);
      table.use(slot, now);
    }
    sync?.clientPacket(slot, now);
  }

  /** Does what a masqueraded server's packet does; parameters as for {@link KnownConnections.fromClient}. */
  fromServer(slot: number, protocol: number, kind: number, lengthBytes: number, now: number): void {
    const { counters, states, table } = this.parts;
    counters.countOut(slot, lengthBytes);
    if (protocol === PROTOCOL_TCP) states.tcp(slot, kind, true);
    else if (protocol === PROTOCOL_UDP) states.udp(slot, true);
    else states.sctp(slot, kind, NONE, true);
    table.touch(slot, now);
  }

  private isOnHost({ address }: RealServer): boolean {
    const { localServers } = this.parts;
    return localServers.possible && localServers.has(address);
  }

  private haveOtherEffects(): boolean {
    const { sync, tracking, table, ownClients, services, tunables } = this.parts;
    return (
      sync?.isStandby === true ||
      tracking !== undefined ||
      table.helped.waiting > 0 ||
      ownClients.exist ||
      services.withEngine.size > 0 ||
      tunables.nat_icmp_send !== 0
    );
  }
}

/** A helped entry has no method here, and what bypasses all servers is not for a server. */
function isSent(method: number): boolean {
  return (
    method === METHOD_MASQUERADING || method === METHOD_GATEWAYING || method === METHOD_TUNNELING
  );
}
