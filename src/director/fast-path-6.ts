/**
 * The fast path of IPv6: as `fast-path.ts`, for packets without extension headers. Directors that track connections, have
 * clients on their host, or wait for the data connections of a helper leave all of IPv6 to the slow path.
 *
 * Cost: one look-up, no allocation. Sources: RFC 8200, RFC 9293.
 */
import { ConnectionKey } from '../connections/entries/connection-key.js';
import type { ConnectionTable } from '../connections/connection-table.js';
import {
  METHOD_MASQUERADING,
  METHOD_TUNNELING,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
} from '../connections/entries/flags.js';
import {
  DESTINATION_OF_ROUTE,
  type FastPath as Entries,
  METHOD_SHIFT,
} from '../connections/doors/fast-path.js';
import type { StateMachine } from '../connections/state-machine.js';
import { TCP_SYN } from '../connections/states/tcp.js';
import {
  routePlain6,
  TCP_CHECKSUM,
  translatePlain6,
  UDP_CHECKSUM,
} from '../forwarding/fast-path-6.js';
import { PlainTunneling } from '../forwarding/fast-path-tunnel.js';
import type { ForwardingOutput } from '../forwarding/output.js';
import type { IpAddress } from '../ip-address.js';
import type { RealServer } from '../model/real-server.js';
import type { Service } from '../services/service.js';
import { givesWay } from './connection-reuse.js';
import type { FastOpening } from './fast-opening.js';
import { isForwardedHere } from './fast-path.js';
import type { DirectorHost } from './host.js';
import type { NextHop } from './next-hop.js';
import type { PacketState } from './packet-state.js';
import type { DirectorParts } from './parts.js';
import type { TrafficCounters } from './traffic-counters.js';

const VERSION = 6;
const HEADER = 40;
const TCP_HEADER = 20;
const UDP_HEADER = 8;
/** Where such a packet has its hop limit, its addresses, its ports, and the flags of a segment. */
const HOP_LIMIT = 7;
const CLIENT = 8;
const VIRTUAL = 24;
const PORTS = 40;
const TCP_FLAGS = 53;

/** Forwards plain IPv6 packets of known connections. */
export class FastPath6 {
  private readonly parts: DirectorParts;
  private readonly state: PacketState;
  private readonly table: ConnectionTable;
  private readonly entries: Entries;
  private readonly counters: TrafficCounters;
  private readonly states: StateMachine;
  private readonly host: DirectorHost;
  private readonly nextHop: NextHop;
  private readonly output: ForwardingOutput;
  private readonly tunnels: PlainTunneling;
  private readonly key = new ConnectionKey();
  private readonly opening: FastOpening;

  /**
   * @param parts - The director.
   * @param state - The state of the packet at hand.
   * @param opening - Opens connections.
   */
  constructor(parts: DirectorParts, state: PacketState, opening: FastOpening) {
    const { table, counters, states, host, nextHop, output } = parts;
    this.parts = parts;
    this.opening = opening;
    this.key.family = 6;
    this.state = state;
    this.table = table;
    this.entries = table.fastPath;
    this.counters = counters;
    this.states = states;
    this.host = host;
    this.nextHop = nextHop;
    this.output = output;
    this.tunnels = new PlainTunneling(host, output);
  }

  /**
   * Forwards a client's packet if it is a plain one of a known connection.
   *
   * @param bytes - The bytes that hold it.
   * @param view - A view over all of them.
   * @param frameOffset - Index of the first byte of its frame.
   * @param offset - Index of the first byte of its IP header.
   * @param end - Index behind the last byte of its frame.
   * @returns Whether it was forwarded, and decided so; if not, nothing was done, and the slow path follows.
   */
  forward(
    bytes: Uint8Array,
    view: DataView,
    frameOffset: number,
    offset: number,
    end: number,
  ): boolean {
    if (end - offset < HEADER + UDP_HEADER) return false;
    const second = view.getInt32(offset + 4);
    const payload = second >>> 16;
    const protocol = (second >>> 8) & 0xff;
    const isDatagram = protocol === PROTOCOL_UDP;
    if (view.getUint8(offset) >>> 4 !== VERSION || (second & 0xff) <= 1) return false;
    if (!isDatagram && protocol !== PROTOCOL_TCP) return false;
    if (payload < (isDatagram ? UDP_HEADER : TCP_HEADER) || HEADER + payload > end - offset) {
      return false;
    }
    if (HEADER + payload > this.host.server.mtu || this.isSpecial(isDatagram)) return false;
    if (!this.isToHost(view, offset)) return false;
    const length = HEADER + payload;
    const slot = this.find(view, offset, protocol);
    if (slot >= 0) return this.use(slot, bytes, view, frameOffset, offset, length, undefined);
    return !isDatagram && this.openBySyn(bytes, view, frameOffset, offset, length);
  }

  /** Opens a connection by a SYN, and forwards it. */
  private openBySyn(
    bytes: Uint8Array,
    view: DataView,
    frameOffset: number,
    offset: number,
    length: number,
  ): boolean {
    const { key, opening } = this;
    const opened = opening.open(key, view.getUint8(offset + TCP_FLAGS));
    if (opened === undefined) return false;
    const { slot, service } = opened;
    if (this.use(slot, bytes, view, frameOffset, offset, length, service)) return true;
    opening.leave(service, key, opened);
    return false;
  }

  /** Whether the director does more to such packets than this path. */
  private isSpecial(isDatagram: boolean): boolean {
    const { tracking, ownClients, services } = this.parts;
    if (tracking !== undefined || ownClients.exist || this.table.helped.waiting > 0) return true;
    return isDatagram && services.withEngine.size > 0;
  }

  /** Whether a packet is addressed to the director, or has a mark. */
  private isToHost(view: DataView, offset: number): boolean {
    const { state, host, key } = this;
    key.virtual0 = view.getInt32(offset + VIRTUAL);
    key.virtual1 = view.getInt32(offset + VIRTUAL + 4);
    key.virtual2 = view.getInt32(offset + VIRTUAL + 8);
    key.virtual3 = view.getInt32(offset + VIRTUAL + 12);
    if (state.mark !== 0) return true;
    return host.isLocal6(key.virtual0, key.virtual1, key.virtual2, key.virtual3);
  }

  /** The entry of a packet to the host, or −1. */
  private find(view: DataView, offset: number, protocol: number): number {
    const { key } = this;
    const ports = view.getInt32(offset + PORTS);
    key.protocol = protocol;
    key.client0 = view.getInt32(offset + CLIENT);
    key.client1 = view.getInt32(offset + CLIENT + 4);
    key.client2 = view.getInt32(offset + CLIENT + 8);
    key.client3 = view.getInt32(offset + CLIENT + 12);
    key.clientPort = ports >>> 16;
    key.virtualPort = ports & 0xffff;
    return this.table.findIn(key);
  }

  /** Forwards a plain packet of an entry, which it may have opened for a service. */
  private use(
    slot: number,
    bytes: Uint8Array,
    view: DataView,
    frameOffset: number,
    offset: number,
    length: number,
    opened: Service | undefined,
  ): boolean {
    const { state, entries, output, parts } = this;
    const route = entries.routeOf(slot);
    const method = route >>> METHOD_SHIFT;
    const destination = route & DESTINATION_OF_ROUTE;
    const server = entries.serverOf(destination);
    const address = entries.addressOf(destination);
    if (server?.available !== true || !this.forwards(method, server, length, address)) return false;
    const isDatagram = this.key.protocol === PROTOCOL_UDP;
    const isTranslated = method === METHOD_MASQUERADING;
    const checksumAt = isDatagram ? UDP_CHECKSUM : TCP_CHECKSUM;
    const flags = isDatagram ? 0 : view.getUint8(offset + TCP_FLAGS);
    if (this.mayOpenAnother(slot, flags, opened)) return false;
    if (isDatagram && isTranslated && view.getUint16(offset + checksumAt) === 0) return false;
    this.counters.countInAt(destination, length);
    if (isDatagram) this.states.clientDatagram(slot, state.now);
    else this.states.clientSegment(slot, flags, state.now);
    parts.sync?.clientPacket(slot, state.now);
    if (isTranslated) {
      const port = entries.portOf(destination, this.key.virtualPort);
      translatePlain6(view, offset, address, port, checksumAt);
      output.emitAt(bytes, view, frameOffset, offset, length, 'server', 'translated');
    } else if (method === METHOD_TUNNELING) {
      this.tunnels.forward6(bytes, view, frameOffset, offset, length, this.nextHop.target);
    } else {
      routePlain6(view, offset + HOP_LIMIT);
      output.emitAt(bytes, view, frameOffset, offset, length, 'server', 'routed');
      output.gateway = this.nextHop.gateway(address);
    }
    state.decide('forward', output.reason, opened, server);
    return true;
  }

  /** Whether a segment is a SYN that may open another connection than the one that it belongs to. */
  private mayOpenAnother(slot: number, flags: number, opened: Service | undefined): boolean {
    return (flags & TCP_SYN) !== 0 && opened === undefined && givesWay(this.parts, slot);
  }

  /** Whether packets of a method to an address may take this path; those of a tunnel have to fit it. */
  private forwards(
    method: number,
    server: RealServer,
    length: number,
    address: IpAddress,
  ): boolean {
    const { localServers } = this.parts;
    if (localServers.possible && localServers.has(address)) return false;
    if (method !== METHOD_TUNNELING) return isForwardedHere(method);
    return this.tunnels.takes(this.nextHop.tunnelTo(server), 6, length);
  }
}
