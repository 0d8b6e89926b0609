/**
 * The fast path of tunneling: what `tunneling.ts` does to a plain packet that IP in IP carries to a server of its own
 * family, and that fits the path, without the checks that such a packet passes anyway. A plain one has a TTL above 1,
 * neither options nor extension headers, and is no fragment. Cost: one copy of the packet unless there is room in front of
 * it; no allocation. Sources: as for `tunnel-headers.ts`.
 */
import type { AddressFamily } from '../ip-address.js';
import { ETHERNET_HEADER_LENGTH } from '../wire/ethernet.js';
import { IP_PROTOCOL } from '../wire/protocol-numbers.js';
import type { ForwardingEnvironment } from './environment.js';
import { routePlain } from './fast-path.js';
import { routePlain6 } from './fast-path-6.js';
import { LINK_ROOM } from './own-icmp-errors.js';
import type { ForwardingOutput } from './output.js';
import type { ForwardingTarget } from './target.js';
import {
  LEAST_MTU_6,
  outerHeaderLength,
  outerIdentification,
  writeOuter4Over4,
  writeOuter6,
} from './tunnel-headers.js';

const HEADER_4 = 20;
const HEADER_6 = 40;
/** Offset in an IPv4 header of the byte with DF. */
const FRAGMENT_BITS = 6;
/** Offset of the hop limit in an IPv6 header. */
const HOP_LIMIT = 7;

/** Puts plain packets into tunnels. */
export class PlainTunneling {
  private readonly environment: ForwardingEnvironment;
  private readonly output: ForwardingOutput;

  /**
   * @param environment - The host.
   * @param output - Receives the packets that leave.
   */
  constructor(environment: ForwardingEnvironment, output: ForwardingOutput) {
    this.environment = environment;
    this.output = output;
  }

  /**
   * Whether a plain packet can take this path.
   *
   * @param target - The server, its tunnel and the path to it.
   * @param family - The packet's.
   * @param length - Its bytes.
   * @returns `false` for another tunnel than IP in IP within the family, and for a packet that may not fit.
   */
  takes(
    { server, tunnel, path }: ForwardingTarget,
    family: AddressFamily,
    length: number,
  ): boolean {
    const { environment, output } = this;
    if (tunnel.type !== 'ipip' || server.family !== family) return false;
    const own = environment.server;
    if ((family === 4 ? own.ipv4 : own.ipv6) === undefined) return false;
    const overhead = outerHeaderLength(family);
    const room = (path === undefined ? own.mtu : path.use()) - overhead;
    if (room < LEAST_MTU_6 || length > room) return false;
    return output.buffer.length >= LINK_ROOM + overhead + length;
  }

  /**
   * Puts an IPv4 packet into another one.
   *
   * @param bytes - The bytes that hold it.
   * @param view - A view over all of them.
   * @param frameOffset - Index of the first byte of its frame.
   * @param offset - Index of the first byte of its IP header.
   * @param length - Its bytes.
   * @param target - The server, for which {@link PlainTunneling.takes} the packet.
   */
  forward4(
    bytes: Uint8Array,
    view: DataView,
    frameOffset: number,
    offset: number,
    length: number,
    target: ForwardingTarget,
  ): void {
    const { environment, output } = this;
    routePlain(view, offset);
    const second = outerIdentification(environment, view.getUint8(offset + FRAGMENT_BITS));
    output.emitAt(bytes, view, frameOffset, offset, length, 'server', 'encapsulated');
    this.grow(offset, length, HEADER_4);
    const from = (environment.server.ipv4?.word3 ?? 0) | 0;
    const to = target.server.word3 | 0;
    const at = output.offset;
    const inner = at + HEADER_4;
    writeOuter4Over4(output.view, at, output.length, inner, second, IP_PROTOCOL.IPV4, from, to);
  }

  /** Puts an IPv6 packet into another one; parameters as for {@link PlainTunneling.forward4}. */
  forward6(
    bytes: Uint8Array,
    view: DataView,
    frameOffset: number,
    offset: number,
    length: number,
    target: ForwardingTarget,
  ): void {
    const { environment, output } = this;
    const source = environment.server.ipv6 ?? target.server;
    routePlain6(view, offset + HOP_LIMIT);
    const trafficClass = (view.getInt32(offset) >>> 20) & 0xff;
    const hopLimit = view.getUint8(offset + HOP_LIMIT);
    output.emitAt(bytes, view, frameOffset, offset, length, 'server', 'encapsulated');
    this.grow(offset, length, HEADER_6);
    const second = (length << 16) | (IP_PROTOCOL.IPV6 << 8) | hopLimit;
    writeOuter6(output.view, output.offset, trafficClass, second, source, target.server);
  }

  /** Makes room for a header in front of the packet, in place if a link header fits in front of it. */
  private grow(offset: number, length: number, overhead: number): void {
    const { output } = this;
    output.growBy(overhead);
    if (output.room >= ETHERNET_HEADER_LENGTH) return;
    output.copyToBuffer(LINK_ROOM + overhead, offset, offset + length);
    output.useBuffer(LINK_ROOM);
  }
}
