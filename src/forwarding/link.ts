/**
 * Frames: the link header in front of a packet that leaves.
 *
 * The host knows its own link addresses and its neighbors'; a packet whose next hop has no link
 * address does not leave. The header is written into the room in front of the packet, so nothing is
 * copied unless there is none.
 */
import { AddressBuffer, type AddressWords } from '../address-words.js';
import type { AddressFamily } from '../ip-address.js';
import { ETHERNET_HEADER_LENGTH, writeEthernetHeader } from '../wire/ethernet.js';
import { NO_BYTES } from '../wire/no-bytes.js';
import type { MacAddress } from '../wire/mac-address.js';
import { ETHER_TYPE } from '../wire/protocol-numbers.js';
import type { ForwardingEnvironment } from './environment.js';
import { Fragmenter } from './fragmentation.js';
import { LINK_ROOM } from './own-icmp-errors.js';
import type { ForwardingOutput, Side } from './output.js';

/** Where the source address is in an IP header. */
const SOURCE = { 4: 12, 6: 8 } as const;
/** Where the destination address is in an IP header. */
const DESTINATION = { 4: 16, 6: 24 } as const;

/** The link addresses of the host and its neighbors. */
export interface LinkLayer {
  /** The director's own link address on the interface toward the clients. */
  readonly client: MacAddress;
  /** The director's own link address on the interface toward the servers. */
  readonly server: MacAddress;

  /**
   * The link address to which a packet for an IP address is sent: a neighbor's, or a router's.
   *
   * @param side - The interface by which the packet leaves.
   * @param address - The IP address; valid during the call only.
   * @param source - The source address by which policy routing chooses a route; valid during the call only. It is the
   *   packet's own, or with `snat_reroute` = 0 the one it had before its server's address was replaced.
   * @returns The link address, or `undefined` when it is not known.
   */
  resolveNeighbor(side: Side, address: AddressWords, source: AddressWords): MacAddress | undefined;
}

/** An IP packet, or a fragment of one, and the room in front of it. */
interface Outgoing {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly offset: number;
  readonly length: number;
  readonly room: number;
}

/** Turns an output into Ethernet frames, fragmenting it when needed; made once, reused. */
export class FrameWriter {
  /** The interface by which the frame leaves. */
  side: Side = 'client';
  /** The bytes that hold the present frame; they are overwritten by the next packet. */
  bytes: Uint8Array = NO_BYTES;
  /** Index of the frame's first byte. */
  offset = 0;
  /** Bytes of the frame. */
  length = 0;
  private readonly link: LinkLayer;
  private readonly fragments: Fragmenter;
  private readonly destination = new AddressBuffer();
  private readonly source = new AddressBuffer();
  private neighbor: MacAddress | undefined = undefined;
  private etherType = 0;
  private isWhole = false;

  /**
   * @param environment - The host.
   * @param link - Its links.
   */
  constructor(environment: ForwardingEnvironment, link: LinkLayer) {
    this.link = link;
    this.fragments = new Fragmenter(environment);
  }

  /**
   * Begins with a packet.
   *
   * @param output - A packet that leaves (`forward` or `reply`).
   * @returns `false` when the next hop has no link address, so that nothing can leave.
   */
  begin(output: ForwardingOutput): boolean {
    const neighbor = this.findNeighbor(output);
    this.neighbor = neighbor;
    this.side = output.side;
    this.etherType = output.family === 4 ? ETHER_TYPE.IPV4 : ETHER_TYPE.IPV6;
    this.isWhole = output.length <= output.fragmentLimit;
    if (neighbor === undefined) return false;
    if (this.isWhole) this.frame(output, neighbor);
    else this.fragments.begin(output);
    return true;
  }

  /**
   * Gives the next frame.
   *
   * @returns `false` when there is none.
   */
  next(): boolean {
    const { neighbor, isWhole } = this;
    if (neighbor === undefined) return false;
    if (isWhole || !this.fragments.next()) {
      this.neighbor = undefined;
      return isWhole;
    }
    this.frame(this.fragments, neighbor);
    return true;
  }

  private findNeighbor({
    gateway,
    routedFrom,
    side,
    family,
    view,
    offset,
  }: ForwardingOutput): MacAddress | undefined {
    const { link, destination } = this;
    const source = routedFrom ?? readAddress(this.source, family, view, offset + SOURCE[family]);
    if (gateway !== undefined) return link.resolveNeighbor(side, gateway.server, source);
    readAddress(destination, family, view, offset + DESTINATION[family]);
    return link.resolveNeighbor(side, destination, source);
  }

  /** Writes the link header in front of a packet. */
  private frame(outgoing: Outgoing, neighbor: MacAddress): void {
    const moved = outgoing.room < ETHERNET_HEADER_LENGTH ? withRoom(outgoing) : outgoing;
    this.bytes = moved.bytes;
    this.offset = moved.offset - ETHERNET_HEADER_LENGTH;
    this.length = moved.length + ETHERNET_HEADER_LENGTH;
    const own = this.side === 'client' ? this.link.client : this.link.server;
    writeEthernetHeader(moved.view, this.offset, neighbor, own, this.etherType);
  }
}

/** Copies a packet that has no room in front of it. */
function withRoom(outgoing: Outgoing): Outgoing {
  const { bytes, offset, length } = outgoing;
  const moved = new Uint8Array(LINK_ROOM + length);
  moved.set(bytes.subarray(offset, offset + length), LINK_ROOM);
  const view = new DataView(moved.buffer);
  return { bytes: moved, view, offset: LINK_ROOM, length, room: LINK_ROOM };
}

function readAddress(
  address: AddressBuffer,
  family: AddressFamily,
  view: DataView,
  at: number,
): AddressBuffer {
  if (family === 4) return address.set4(view.getInt32(at));
  return address.set6(
    view.getInt32(at),
    view.getInt32(at + 4),
    view.getInt32(at + 8),
    view.getInt32(at + 12),
  );
}
