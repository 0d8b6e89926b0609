/**
 * May a packet without entry open a connection, and what becomes of it when it may not?
 *
 * In this order: TCP without SYN (or with RST) and SCTP that is no INIT are left to the host, unless the
 * sloppy tunables let them in; so is what belongs to no service, and FTP data from port 20; then the
 * service chooses. Where there is no destination, a mark service may let the packet pass by
 * (`cache_bypass`), an FTP service leaves other ports to the host, and else the client is told.
 * Source: recorded decisions.
 */
import {
  FLAG_INACTIVE,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
} from '../connections/entries/flags.js';
import { SCTP_CHUNK_ABORT, SCTP_CHUNK_INIT } from '../connections/states/sctp.js';
import { TCP_RST, TCP_SYN } from '../connections/states/tcp.js';
import { makeIcmpError } from '../forwarding/icmp-errors.js';
import { IpAddress } from '../ip-address.js';
import { ConnectionOpener } from '../services/connection-opener.js';
import type { Service } from '../services/service.js';
import type { Packet } from '../wire/packet.js';
import type { DirectorContext } from './context.js';
import type { PacketDropper } from './defenses.js';
import { flowOfKey } from './packet-key.js';
import { METHOD_BYPASS } from './next-hop.js';
import { firstChunk, hasOpeningHeader, tcpFlags } from './transport-event.js';
import type { Action } from './reasons.js';

const FTP_DATA_PORT = 20;
const FTP_PORT = 21;
const NONE = -1;
const NO_ADDRESS = { 4: IpAddress.fromIpv4(0), 6: IpAddress.fromIpv6(0, 0, 0, 0) } as const;

/** How an admission went: the packet has an entry now, is a one-packet connection, or ends here. */
export type Admitted = 'opened' | 'one-packet' | Action;

/** Opens connections for packets. */
export class Admission {
  /** What was opened last, when it has no entry. */
  readonly opener: ConnectionOpener;
  private readonly context: DirectorContext;
  private readonly dropper: PacketDropper;

  /**
   * @param context - The director.
   * @param dropper - The `drop_packet` defense.
   */
  constructor(context: DirectorContext, dropper: PacketDropper) {
    const { tunables } = context;
    this.context = context;
    this.dropper = dropper;
    this.opener = new ConnectionOpener(
      context.table,
      () => tunables.expire_quiescent_template !== 0,
    );
  }

  /**
   * Opens a connection for a client's packet, if it may; its key has been filled in.
   *
   * @param packet - A TCP, UDP or SCTP packet without entry.
   * @returns How it went; an entry stands in `context.slot`.
   */
  admit(packet: Packet): Admitted {
    // Of a header that is cut short nobody can tell whether it opens a connection.
    if (hasOpeningHeader(packet) && !this.mayOpen(packet)) {
      return this.context.conclude('accept', 'no-connection');
    }
    return this.open(packet);
  }

  /**
   * Opens a connection for the packet that an ICMP error is about, if a service takes it; its key has
   * been filled in. The entry stays in its first state, and nobody is told when there is no destination.
   *
   * @returns How it went; an entry stands in `context.slot`.
   */
  admitQuoted(): Admitted {
    return this.open(undefined);
  }

  private mayOpen(packet: Packet): boolean {
    const { tunables } = this.context;
    if (packet.protocol === PROTOCOL_TCP) {
      const flags = tcpFlags(packet);
      return (flags & TCP_RST) === 0 && ((flags & TCP_SYN) !== 0 || tunables.sloppy_tcp !== 0);
    }
    if (packet.protocol !== PROTOCOL_SCTP) return true;
    const chunk = firstChunk(packet);
    return chunk === SCTP_CHUNK_INIT || (tunables.sloppy_sctp !== 0 && chunk !== SCTP_CHUNK_ABORT);
  }

  private open(packet: Packet | undefined): Admitted {
    const { context } = this;
    const { key, services } = context;
    const service = services.lookup(
      context.mark,
      key.family,
      key.protocol,
      key.virtual0,
      key.virtual1,
      key.virtual2,
      key.virtual3,
      key.virtualPort,
    );
    if (service === undefined) return context.conclude('accept', 'no-service');
    context.service = service;
    if (packet !== undefined && !hasOpeningHeader(packet)) {
      return context.conclude('drop', 'transport-truncated');
    }
    if (this.dropper.isDue()) return context.conclude('drop', 'drop-packet-defence');
    if (key.clientPort === FTP_DATA_PORT) return context.conclude('accept', 'ftp-data-source');
    return this.schedule(service, packet);
  }

  private schedule(service: Service, packet: Packet | undefined): Admitted {
    const { context, opener } = this;
    const { key } = context;
    context.births += 1;
    const onePacket = service.onePacket && key.protocol === PROTOCOL_UDP && packet !== undefined;
    const opening = opener.open(service, key, flowOfKey(key), onePacket, context.now);
    if (opening === 'table-full') return context.conclude('drop', 'table-full');
    if (opening === 'no-destination') return this.withoutDestination(service, packet);
    context.slot = opener.slot;
    context.server = opener.server;
    if (opener.server !== undefined) {
      context.counters.countConnection(opener.slot, service, opener.server);
    }
    return opening;
  }

  private withoutDestination(service: Service, packet: Packet | undefined): Admitted {
    const { context } = this;
    if (packet === undefined) return context.conclude('drop', 'no-destination');
    if (this.mayPassBy(service, packet)) return this.bypass(service);
    if (service.port === FTP_PORT && context.key.virtualPort !== FTP_PORT) {
      return context.conclude('accept', 'no-destination');
    }
    const { environment, output } = context;
    makeIcmpError(environment, packet, 'port-unreachable', 0, context.side, false, output);
    return context.conclude(output.result === 'reply' ? 'reply' : 'drop', 'no-destination');
  }

  /** Whether the packet of a mark service may go on to its own destination, past all servers. */
  private mayPassBy(service: Service, packet: Packet): boolean {
    const { context } = this;
    if (service.fwmark === 0 || context.tunables.cache_bypass === 0) return false;
    const first = packet.bytes[packet.destinationOffset];
    if (packet.family === 6) return first !== 0xff;
    const { destinationWord3 } = packet;
    const locality = context.environment.localityOf(4, 0, 0, 0, destinationWord3);
    return first < 224 && locality === 'foreign';
  }

  private bypass(service: Service): Admitted {
    const { context } = this;
    const { key, table } = context;
    const address = NO_ADDRESS[key.family];
    const flags = METHOD_BYPASS | FLAG_INACTIVE;
    context.slot = table.insertUnbound(key, context.now, address, 0, flags, service.fwmark);
    return context.slot === NONE ? context.conclude('drop', 'table-full') : 'opened';
  }
}
