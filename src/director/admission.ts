/**
 * Whether a packet without a connection may open one; if not, whether it is accepted, dropped or answered.
 *
 * In this order:
 *
 * 1. TCP without SYN (or with RST), and SCTP other than INIT, are left to the host, unless `sloppy_tcp` or
 *    `sloppy_sctp` admits them.
 * 2. The service is looked up; without one the packet is left to the host.
 * 3. A transport header that is cut short is dropped; so is every n-th packet while `drop_packet` works.
 * 4. FTP data from port 20 is left to the host.
 * 5. A service with a persistence engine drops what the engine cannot read (`persistence-engine-data.ts`).
 * 6. The service chooses a server, by template or scheduler.
 * 7. Without a destination, `no-destination.ts` decides.
 *
 * Source: recorded decisions.
 */
import type { AddressWords } from '../address-words.js';
import type { ConnectionKey } from '../connections/entries/connection-key.js';
import { PROTOCOL_SCTP, PROTOCOL_TCP } from '../connections/entries/flags.js';
import { SCTP_CHUNK_ABORT, SCTP_CHUNK_INIT } from '../connections/states/sctp.js';
import { TCP_RST, TCP_SYN } from '../connections/states/tcp.js';
import {
  ConnectionOpener,
  type ExpireQuiescent,
  type Opening,
} from '../services/connection-opener.js';
import { isFtpData } from '../services/ftp-rules.js';
import { isOnePacket } from '../services/one-packet.js';
import type { Service } from '../services/service.js';
import type { Packet } from '../wire/packet.js';
import { hasOpeningHeader } from '../wire/transport-header.js';
import type { Admitted } from './admitted.js';
import type { PacketDropper } from './defenses.js';
import { NoDestination } from './no-destination.js';
import { engineDataOf } from './persistence-engine-data.js';
import { flowOfKey } from './packet-key.js';
import type { PacketState } from './packet-state.js';
import type { DirectorParts } from './parts.js';
import { firstChunk, tcpFlags } from './transport-event.js';

/** Opens connections for packets. */
export class Admission {
  /** How many openings were tried; while it stays the same, no entry was added. Written here only. */
  attempts = 0;
  private readonly parts: DirectorParts;
  private readonly state: PacketState;
  private readonly dropper: PacketDropper;
  private readonly noDestination: NoDestination;
  /** Opens connections. */
  readonly opener: ConnectionOpener;
  /** Whether templates of quiesced servers are given up. */
  readonly expireQuiescent: ExpireQuiescent;

  /**
   * @param parts - The director.
   * @param state - The state of the packet at hand.
   * @param dropper - The `drop_packet` defense.
   */
  constructor(parts: DirectorParts, state: PacketState, dropper: PacketDropper) {
    const { tunables, table } = parts;
    this.parts = parts;
    this.state = state;
    this.dropper = dropper;
    this.noDestination = new NoDestination(parts, state);
    this.expireQuiescent = () => tunables.expire_quiescent_template !== 0;
    this.opener = new ConnectionOpener(table, this.expireQuiescent);
  }

  /**
   * Opens a connection for a client's packet, if it may.
   *
   * @param packet - A TCP, UDP or SCTP packet without a connection.
   * @param key - Its key.
   * @returns The connection, or the decision.
   */
  admit(packet: Packet, key: ConnectionKey): Admitted {
    const isWhole = hasOpeningHeader(packet);
    // A header that is cut short does not show whether it opens a connection.
    if (isWhole && !this.mayOpen(packet)) return this.state.decide('accept', 'no-connection');
    const service = this.serviceOf(key, packet.destination);
    if (service === undefined) return this.state.decide('accept', 'no-service');
    if (!isWhole) return this.state.decide('drop', 'transport-truncated', service);
    return this.open(service, key, packet);
  }

  /**
   * Opens a connection for the packet that an ICMP error quotes, if a service takes it. The entry stays in
   * its first state; without a destination no error is sent.
   *
   * @param quote - The quoted packet: one that left the virtual address for the client.
   * @param key - The key of its connection.
   * @returns The connection, or the decision.
   */
  admitQuoted(quote: Packet, key: ConnectionKey): Admitted {
    const service = this.serviceOf(key, quote.source);
    if (service === undefined) return this.state.decide('accept', 'no-service');
    return this.open(service, key, undefined);
  }

  private mayOpen(packet: Packet): boolean {
    const { tunables } = this.parts;
    if (packet.protocol === PROTOCOL_TCP) {
      const flags = tcpFlags(packet);
      return (flags & TCP_RST) === 0 && ((flags & TCP_SYN) !== 0 || tunables.sloppy_tcp !== 0);
    }
    if (packet.protocol !== PROTOCOL_SCTP) return true;
    const chunk = firstChunk(packet);
    return chunk === SCTP_CHUNK_INIT || (tunables.sloppy_sctp !== 0 && chunk !== SCTP_CHUNK_ABORT);
  }

  private serviceOf(key: ConnectionKey, virtual: AddressWords): Service | undefined {
    return this.parts.services.lookup(this.state.mark, key.protocol, virtual, key.virtualPort);
  }

  /** Schedules the connection; `packet` is `undefined` for one that an ICMP error quotes. */
  private open(service: Service, key: ConnectionKey, packet: Packet | undefined): Admitted {
    const { state } = this;
    if (this.dropper.isDue()) return state.decide('drop', 'drop-packet-defence', service);
    if (isFtpData(key.clientPort)) return state.decide('accept', 'ftp-data-source', service);
    const engineData = engineDataOf(service, packet);
    if (engineData === undefined) return state.decide('drop', 'no-engine-data', service);
    key.engineData = engineData;
    const onePacket = packet !== undefined && isOnePacket(service, key.protocol);
    const opening = this.openBy(this.opener, service, key, onePacket);
    return this.admitted(opening, service, key, packet);
  }

  /**
   * Opens a connection, and counts it.
   *
   * @param opener - Opens it.
   * @param service - Its service.
   * @param key - Its key.
   * @param onePacket - Whether it ends with its packet.
   * @returns The connection, or why there is none.
   */
  openBy(
    opener: ConnectionOpener,
    service: Service,
    key: ConnectionKey,
    onePacket: boolean,
  ): Opening {
    const { ftp, counters, ownClients } = this.parts;
    this.attempts += 1;
    const opening = opener.open(service, key, flowOfKey(key), onePacket, this.state.now);
    if (typeof opening === 'string') return opening;
    ftp?.connectionOpened(opening.slot);
    counters.countConnection(opening.slot, service, opening.server);
    ownClients.connectionOpened(key);
    return opening;
  }

  /**
   * The outcome of an opening.
   *
   * @param opening - The connection, or why there is none.
   * @param service - Its service.
   * @param key - Its key.
   * @param packet - Its packet; `undefined` for one that an ICMP error quotes.
   * @returns The connection, or the decision about the packet.
   */
  admitted(
    opening: Opening,
    service: Service,
    key: ConnectionKey,
    packet: Packet | undefined,
  ): Admitted {
    if (opening === 'table-full') return this.state.decide('drop', 'table-full', service);
    if (opening === 'no-destination') return this.noDestination.decide(service, key, packet);
    return opening;
  }
}
