/**
 * The fast path, which nearly all packets take: a client's TCP segment or UDP datagram of a known connection by NAT,
 * direct routing or IP in IP, whose server is available; IPv4 without options, not a fragment, within the MTU, TTL
 * above 1, and no SYN that may open another connection.
 *
 * It applies the rules of the slow path in the same order, without the checks that such a packet passes
 * anyway; any other packet is left untouched for the slow path. Here a call costs as much as the work, and so
 * does an intermediate object: hence one function that reads each word once and is longer than functions are
 * elsewhere. Connection tracking, if there is any, judges the segment once its entry is found, and translates its source
 * after it is forwarded. Cost: one look-up, no allocation. Sources: RFC 791, RFC 9293.
 */
import { METHOD_FLAGS, PROTOCOL_TCP, PROTOCOL_UDP } from '../connections/entries/flags.js';
import {
  destinationOf,
  type FastPath as Entries,
  methodOf,
} from '../connections/doors/fast-path.js';
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
import { routePlain, TCP_CHECKSUM, translatePlain, UDP_CHECKSUM } from '../forwarding/fast-path.js';
import { PlainTunneling } from '../forwarding/fast-path-tunnel.js';
import type { ForwardingOutput } from '../forwarding/output.js';
import type { RealServer } from '../model/real-server.js';
import type { Service } from '../services/service.js';
import type { ServiceTable } from '../services/service-table.js';
import type { SyncPart } from '../sync/sync-part.js';
import { sumOfWord } from '../wire/checksum.js';
import { givesWay } from './connection-reuse.js';
import type { FastOpening } from './fast-opening.js';
import type { DirectorHost } from './host.js';
import type { LocalServers } from './local-servers.js';
import type { NextHop } from './next-hop.js';
import type { OwnClients } from './own-clients.js';
import type { PacketState } from './packet-state.js';
import type { DirectorParts } from './parts.js';
import type { TrafficCounters } from './traffic-counters.js';

/** Version 4, five words of header. */
const FIRST_BYTE = 0x45;
/** Bytes of both headers of a segment without options. */
const SHORTEST = 40;
/** Bytes of both headers of a datagram. */
const SHORTEST_DATAGRAM = 28;
/** In place of the flags of a segment: the packet is a datagram. */
const DATAGRAM = 0x100;
/** Where such a packet has its destination port. */
const DESTINATION_PORT = 22;
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
  /** The key of a look-up from the server's side. */
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
    const third = view.getInt32(offset + 8);
    const client = view.getInt32(offset + 12);
    const virtual = view.getInt32(offset + 16);
    const ports = view.getInt32(offset + 20);
    const protocol = (third >>> 16) & 0xff;
    const length = first & 0xffff;
    if (first >>> 24 !== FIRST_BYTE || (second & FRAGMENT_BITS) !== 0) return false;
    if (third >>> 25 === 0 || length > end - offset) return false;
    if (protocol === PROTOCOL_TCP ? length < SHORTEST : protocol !== PROTOCOL_UDP) return false;
    const flags = protocol === PROTOCOL_TCP ? view.getUint8(offset + 33) : DATAGRAM;
    if (length < SHORTEST_DATAGRAM) return false;
    const addresses = sumOfWord(client) + sumOfWord(virtual);
    // The sum is above 0, so it folds to 0xFFFF just when it is a multiple of 0xFFFF.
    if ((sumOfWord(first) + sumOfWord(second) + sumOfWord(third) + addresses) % 0xffff !== 0) {
      return false;
    }
    const { state, entries, host } = this;
    if (length > host.server.mtu) return false;
    if (state.mark === 0 && !host.isLocal4(virtual)) return false;
    if (this.ownClients.exist && this.isAnswer(protocol, client, virtual, ports)) return false;
    const isRight = candidate >= 0 && entries.matches4(candidate, protocol, client, virtual, ports);
    const slot = isRight ? candidate : entries.find4(protocol, client, virtual, ports);
    return slot >= 0
      ? this.use(slot, bytes, view, frameOffset, offset, length, flags, undefined)
      : (flags & (TCP_SYN | DATAGRAM)) === TCP_SYN &&
          this.openBySyn(bytes, view, frameOffset, offset, length, flags);
  }

  /** Opens a connection by a SYN, and forwards it. */
  private openBySyn(
    bytes: Uint8Array,
    view: DataView,
    frameOffset: number,
    offset: number,
    length: number,
    flags: number,
  ): boolean {
    const { key, opening } = this;
    const client = view.getInt32(offset + 12);
    const virtual = view.getInt32(offset + 16);
    const ports = view.getInt32(offset + 20);
    key.set4(PROTOCOL_TCP, client, ports >>> 16, virtual, ports & 0xffff);
    const opened = opening.open(key, flags);
    if (opened === undefined) return false;
    const { slot, service } = opened;
    if (this.use(slot, bytes, view, frameOffset, offset, length, flags, service)) return true;
    opening.leave(service, key, opened);
    return false;
  }

  /**
   * Forwards a plain packet of an entry, which it may have opened for a service. Apart from the look-up, since the engine
   * limits how much it inlines.
   */
  private use(
    slot: number,
    bytes: Uint8Array,
    view: DataView,
    frameOffset: number,
    offset: number,
    length: number,
    flags: number,
    opened: Service | undefined,
  ): boolean {
    const { state, entries, output } = this;
    const route = entries.routeOf(slot);
    const method = methodOf(route);
    const destination = destinationOf(route);
    const server = entries.serverOf(destination);
    if (server?.available !== true) return false;
    if (!isForwardedHere(method) && !this.fitsTunnel(method, server, length)) return false;
    if (this.localServers.possible && this.localServers.has(entries.addressOf(destination))) {
      return false;
    }
    const isDatagram = flags === DATAGRAM;
    if ((flags & (TCP_SYN | DATAGRAM)) !== 0 && opened === undefined) {
      const passes = isDatagram
        ? this.isPlainDatagram(view, offset, method)
        : this.isRepeatedSyn(slot);
      if (!passes) return false;
    }
    const { tracking } = this;
    let as: PlainAs = PLAIN;
    if (tracking !== undefined) {
      as = tracking.plain.receive(slot, view, offset, offset + length, state.now);
      if (as === NOT_PLAIN) return false;
    }
    this.counters.countInAt(destination, length);
    if (isDatagram) this.states.clientDatagram(slot, state.now);
    else this.states.clientSegment(slot, flags, state.now);
    if (this.sync !== undefined) this.sync.clientPacket(slot, state.now);
    if (method === METHOD_FLAGS.gatewaying) {
      routePlain(view, offset);
      output.emitAt(bytes, view, frameOffset, offset, length, 'server', 'routed');
      output.gateway = this.nextHop.gateway(entries.addressOf(destination));
    } else if (method === METHOD_FLAGS.tunneling) {
      this.tunnels.forward4(bytes, view, frameOffset, offset, length, this.nextHop.target);
    } else {
      translatePlain(
        view,
        offset,
        entries.addressOf(destination).word3,
        entries.portOf(destination, view.getUint16(offset + DESTINATION_PORT)),
        isDatagram ? UDP_CHECKSUM : TCP_CHECKSUM,
      );
      output.emitAt(bytes, view, frameOffset, offset, length, 'server', 'translated');
      if (as === PLAIN_TRANSLATED) tracking?.plain.send(slot, view, offset);
    }
    state.decide('forward', output.reason, opened, server);
    return true;
  }

  /** Whether a packet of a tunnel may take this path: it has to fit. */
  private fitsTunnel(method: number, server: RealServer, length: number): boolean {
    if (method !== METHOD_FLAGS.tunneling) return false;
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
    return method !== METHOD_FLAGS.masquerading || view.getUint16(offset + UDP_CHECKSUM) !== 0;
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
  return method === METHOD_FLAGS.masquerading || method === METHOD_FLAGS.gatewaying;
}
