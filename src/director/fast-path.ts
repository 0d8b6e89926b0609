/**
 * The fast path, which nearly all packets take: a client's TCP segment or UDP datagram of a known connection by NAT,
 * direct routing or IP in IP, whose server is available; IPv4 without options, not a fragment, within the MTU, TTL
 * above 1, and no SYN that may open another connection.
 *
 * It applies the rules of the slow path in the same order, without the checks that such a packet passes
 * anyway; any other packet is left untouched for the slow path. Here a call costs as much as the work, and so
 * does an intermediate object: hence one function that reads each word once, translates by itself, and is longer than
 * functions are elsewhere. The engine puts about 900 bytes of bytecode of other methods into it; what seldom happens is
 * in methods of its own, which are called. Connection tracking, if there is any, judges the segment once its entry is
 * found, and translates its source after it is forwarded. Cost: one look-up, no allocation. Sources: RFC 791, RFC 1624,
 * RFC 3022, RFC 9293.
 */
import {
  METHOD_GATEWAYING,
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
import type { OpenedConnection } from '../services/connection-opener.js';
import { ConnectionKey } from '../connections/entries/connection-key.js';
import type { ConnectionTable } from '../connections/connection-table.js';
import type { StateMachine } from '../connections/state-machine.js';
import { TCP_SYN } from '../connections/states/tcp.js';
import {
  NOT_PLAIN,
  PLAIN,
  PLAIN_TRANSLATED,
  type PlainAs,
  type TrackingPart,
} from '../conntrack/tracking-part.js';
import { TCP_CHECKSUM, UDP_CHECKSUM } from '../forwarding/fast-path.js';
import { PlainTunneling } from '../forwarding/fast-path-tunnel.js';
import type { ForwardingOutput } from '../forwarding/output.js';
import type { RealServer } from '../model/real-server.js';
import type { ServiceTable } from '../services/service-table.js';
import type { SyncPart } from '../sync/sync-part.js';
import { hopWordAfter } from '../wire/rewrite.js';
import { givesWay } from './connection-reuse.js';
import type { FastOpening } from './fast-opening.js';
import type { DirectorHost } from './host.js';
import type { LocalServers } from './local-servers.js';
import type { NextHop } from './next-hop.js';
import type { OwnClients } from './own-clients.js';
import type { PacketState } from './packet-state.js';
import type { DirectorParts } from './parts.js';
import type { TrafficCounters } from './traffic-counters.js';

const NONE = -1;
/** Version 4, five words of header. */
const FIRST_BYTE = 0x45;
/** Bytes of both headers of a segment without options. */
const SHORTEST = 40;
/** Bytes of both headers of a datagram. */
const SHORTEST_DATAGRAM = 28;
/** In place of the flags of a segment: the packet is a datagram. */
const DATAGRAM = 0x100;
/** Where such a packet has the word of TTL, protocol and checksum; its addresses, its ports, and a segment's flags. */
const HOP_WORD = 8;
const CLIENT = 12;
const VIRTUAL = 16;
const PORTS = 20;
const VIRTUAL_PORT = 22;
const TCP_FLAGS = 33;
/** A TTL one lower, in that word; and the change that it makes to a checksum: 16 bits that go down by 0x100. */
const ONE_HOP = 0x0100_0000;
const CHANGE_OF_HOP = 0xfeff;
/** More-fragments flag and fragment offset; all 0 unless it is a fragment. */
const FRAGMENT_BITS = 0x3fff;

/** Forwards plain packets of known connections. */
export class FastPath {
  private readonly parts: DirectorParts;
  private readonly state: PacketState;
  private readonly table: ConnectionTable;
  private readonly entries: Entries;
  private readonly counters: TrafficCounters;
  private readonly states: StateMachine;
  private readonly host: DirectorHost;
  private readonly nextHop: NextHop;
  private readonly localServers: LocalServers;
  private readonly ownClients: OwnClients;
  private readonly output: ForwardingOutput;
  private readonly sync: SyncPart | undefined;
  private readonly tracking: TrackingPart | undefined;
  private readonly services: ServiceTable;
  private readonly tunnels: PlainTunneling;
  /** The key of a connection to open, and of a look-up from the server's side. */
  private readonly key = new ConnectionKey();
  private readonly opening: FastOpening;

  /**
   * @param parts - The director.
   * @param state - The state of the packet at hand.
   * @param opening - Opens connections.
   */
  constructor(parts: DirectorParts, state: PacketState, opening: FastOpening) {
    const { table, counters, states, host, nextHop, output, sync } = parts;
    const { localServers, ownClients, tracking, services } = parts;
    this.parts = parts;
    this.opening = opening;
    this.state = state;
    this.table = table;
    this.entries = table.fastPath;
    this.counters = counters;
    this.states = states;
    this.host = host;
    this.nextHop = nextHop;
    this.localServers = localServers;
    this.ownClients = ownClients;
    this.output = output;
    this.sync = sync;
    this.tracking = tracking;
    this.services = services;
    this.tunnels = new PlainTunneling(host, output);
  }

  /**
   * Forwards a client's packet if it is a plain one of a known connection.
   *
   * @param bytes - The bytes that hold it.
   * @param view - A view over all of them.
   * @param frameOffset - Index of the first byte of its frame.
   * @param offset - Index of the first byte of its IP header.
   * @param end - Index behind its last byte.
   * @param candidate - The entry it most likely belongs to, or −1.
   * @returns Whether it was forwarded, and decided so; if not, nothing was done, and the slow path follows. Tracking
   *   may be given a segment that it refused here again.
   */
  forward(
    bytes: Uint8Array,
    view: DataView,
    frameOffset: number,
    offset: number,
    end: number,
    candidate: number,
  ): boolean {
    if (end - offset < SHORTEST_DATAGRAM) return false;
    const first = view.getInt32(offset);
    const second = view.getInt32(offset + 4);
    const third = view.getInt32(offset + HOP_WORD);
    const client = view.getInt32(offset + CLIENT);
    const virtual = view.getInt32(offset + VIRTUAL);
    const ports = view.getInt32(offset + PORTS);
    const protocol = (third >>> 16) & 0xff;
    const length = first & 0xffff;
    if (first >>> 24 !== FIRST_BYTE || (second & FRAGMENT_BITS) !== 0) return false;
    if (third >>> 25 === 0 || length > end - offset) return false;
    if (protocol === PROTOCOL_TCP ? length < SHORTEST : protocol !== PROTOCOL_UDP) return false;
    const flags = protocol === PROTOCOL_TCP ? view.getUint8(offset + TCP_FLAGS) : DATAGRAM;
    if (length < SHORTEST_DATAGRAM) return false;
    let sum = (first >>> 16) + (first & 0xffff) + (second >>> 16) + (second & 0xffff);
    sum += (third >>> 16) + (third & 0xffff) + (client >>> 16) + (client & 0xffff);
    sum += (virtual >>> 16) + (virtual & 0xffff);
    // The sum is above 0, so it folds to 0xFFFF just when it is a multiple of 0xFFFF.
    if (sum % 0xffff !== 0) return false;
    const { state, entries, host, output } = this;
    if (length > host.server.mtu) return false;
    if (state.mark === 0 && !host.isLocal4(virtual)) return false;
    if (this.ownClients.exist && this.isAnswer(protocol, client, virtual, ports)) return false;
    // As numbers of 32 bits: the engine does not know what a candidate is.
    let slot = candidate >= 0 ? candidate | 0 : entries.recent4(client, ports) | 0;
    let route = slot < 0 ? NONE : entries.routeOf4(slot, protocol, client, virtual, ports);
    let opened: OpenedConnection | undefined;
    if (route < 0) {
      slot = entries.find4(protocol, client, virtual, ports);
      if (slot < 0) {
        if ((flags & (TCP_SYN | DATAGRAM)) !== TCP_SYN) return false;
        this.key.set4(PROTOCOL_TCP, client, ports >>> 16, virtual, ports & 0xffff);
        opened = this.opening.open(this.key, flags);
        if (opened === undefined) return false;
        slot = opened.slot;
      }
      route = entries.routeOf(slot);
    }
    const method = route >>> METHOD_SHIFT;
    const destination = route & DESTINATION_OF_ROUTE;
    const server = entries.serverOf(destination);
    if (
      server?.available !== true ||
      (method !== METHOD_MASQUERADING &&
        method !== METHOD_GATEWAYING &&
        !this.fitsTunnel(method, server, length)) ||
      (this.localServers.possible && this.localServers.has(entries.addressOf(destination)))
    ) {
      return this.leave(opened);
    }
    if ((flags & (TCP_SYN | DATAGRAM)) !== 0 && opened === undefined) {
      const passes =
        flags === DATAGRAM ? this.isPlainDatagram(view, offset, method) : this.isRepeatedSyn(slot);
      if (!passes) return false;
    }
    const { tracking } = this;
    let as: PlainAs = PLAIN;
    if (tracking !== undefined) {
      as = tracking.plain.receive(slot, view, offset, offset + length, state.now);
      if (as === NOT_PLAIN) return this.leave(opened);
    }
    this.counters.countInAt(destination, length);
    if (flags === DATAGRAM) this.states.clientDatagram(slot, state.now);
    else this.states.clientSegment(slot, flags, state.now);
    if (this.sync !== undefined) this.sync.clientPacket(slot, state.now);
    if (method === METHOD_TUNNELING) {
      this.tunnels.forward4(bytes, view, frameOffset, offset, length, this.nextHop.target);
    } else if (method === METHOD_GATEWAYING) {
      view.setInt32(offset + HOP_WORD, hopWordAfter(third));
      output.emitAt(bytes, view, frameOffset, offset, length, 'server', 'routed');
      output.gateway = this.nextHop.gateway(entries.addressOf(destination));
    } else {
      const address = entries.addressOf(destination).word3;
      const port = entries.portOf(destination, ports & 0xffff);
      // Both checksums change by the address; that of the header by the TTL, too, the other one by the port.
      const before = (~virtual >>> 16) + (~virtual & 0xffff);
      const change = before + (address >>> 16) + (address & 0xffff);
      const header = (~third & 0xffff) + change + CHANGE_OF_HOP;
      const timeToLive = (third - ONE_HOP) & ~0xffff;
      view.setInt32(offset + HOP_WORD, timeToLive | (0xfffe - ((header - 1) % 0xffff)));
      view.setInt32(offset + VIRTUAL, address);
      view.setUint16(offset + VIRTUAL_PORT, port);
      const at = offset + (flags === DATAGRAM ? UDP_CHECKSUM : TCP_CHECKSUM);
      const whole = (~view.getUint16(at) & 0xffff) + change + (~ports & 0xffff) + port;
      const checksum = 0xfffe - ((whole - 1) % 0xffff);
      // A datagram with 0 would have none.
      view.setUint16(at, checksum === 0 && flags === DATAGRAM ? 0xffff : checksum);
      output.emitAt(bytes, view, frameOffset, offset, length, 'server', 'translated');
      if (as === PLAIN_TRANSLATED) tracking?.plain.send(slot, view, offset);
    }
    state.decide('forward', output.reason, opened?.service, server);
    return true;
  }

  /** Leaves a packet, and the connection that it may have opened, to the slow path. */
  private leave(opened: OpenedConnection | undefined): false {
    if (opened !== undefined) this.opening.leave(opened.service, this.key, opened);
    return false;
  }

  /** Whether a packet of a tunnel may take this path: it has to fit. */
  private fitsTunnel(method: number, server: RealServer, length: number): boolean {
    if (method !== METHOD_TUNNELING) return false;
    // Of a tunnel's packets the outer ones are tracked, too.
    if (this.tracking !== undefined) return false;
    return this.tunnels.takes(this.nextHop.tunnelTo(server), 4, length);
  }

  /** Whether a SYN does no more than other segments of its connection; tracking always looks at it. */
  private isRepeatedSyn(slot: number): boolean {
    return this.tracking === undefined && !givesWay(this.parts, slot);
  }

  /**
   * Whether a datagram needs no more than a segment does: nothing is tracked, no server begins calls, and a checksum
   * that is to change is there.
   */
  private isPlainDatagram(view: DataView, offset: number, method: number): boolean {
    const { tracking, services } = this;
    if (tracking !== undefined || services.withEngine.size > 0) return false;
    return method !== METHOD_MASQUERADING || view.getUint16(offset + UDP_CHECKSUM) !== 0;
  }

  /** Whether a packet is a server's answer to a client on the host. */
  private isAnswer(protocol: number, source: number, destination: number, ports: number): boolean {
    const { key, table } = this;
    key.set4(protocol, destination, ports & 0xffff, source, ports >>> 16);
    return table.findOut(key) >= 0;
  }
}

/**
 * Whether all plain packets of a forwarding method have a fast path: NAT and direct routing.
 *
 * @param method - The method's bits.
 * @returns `true` when packets of such a connection may take it.
 */
export function isForwardedHere(method: number): boolean {
  return method === METHOD_MASQUERADING || method === METHOD_GATEWAYING;
}
