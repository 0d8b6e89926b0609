/**
 * Frames: the link header in front of what leaves.
 *
 * The host tells its own link addresses and its neighbours'; a packet whose next hop has no link
 * address does not leave. The header is written into the room in front of the packet, so nothing is
 * copied unless there is none.
 */
import type { AddressFamily } from '../ip-address.js';
import { ETHERNET_HEADER_LENGTH, writeEthernetHeader } from '../wire/ethernet.js';
import { NO_BYTES } from '../wire/header-view.js';
import type { MacAddress } from '../wire/mac-address.js';
import { ETHER_TYPE } from '../wire/protocol-numbers.js';
import type { ForwardingEnvironment } from './environment.js';
import { Fragmenter } from './fragmentation.js';
import { LINK_ROOM } from './icmp-errors.js';
import type { ForwardingOutput, Side } from './output.js';

/** What the host knows of its links. */
export interface LinkLayer {
  /** The director's own link address on the leg towards the clients. */
  readonly client: MacAddress;
  /** The director's own link address on the leg towards the servers. */
  readonly server: MacAddress;

  /**
   * The link address to which a packet for an IP address is sent: a neighbour's, or a router's.
   *
   * @param side - The leg.
   * @param family - The family of the IP address.
   * @param word0 - Bits 0–31; 0 for IPv4.
   * @param word1 - Bits 32–63; 0 for IPv4.
   * @param word2 - Bits 64–95; 0 for IPv4.
   * @param word3 - Bits 96–127, or the IPv4 address.
   * @returns The link address, or `undefined` when it is not known.
   */
  neighbourOf(
    side: Side,
    family: AddressFamily,
    word0: number,
    word1: number,
    word2: number,
    word3: number,
  ): MacAddress | undefined;
}

/** Turns an output into Ethernet frames, cutting it when needed; made once, reused. */
export class FrameWriter {
  /** The leg by which the frame leaves. */
  side: Side = 'client';
  /** The bytes the present frame lies in; they are overwritten by the next packet. */
  bytes: Uint8Array = NO_BYTES;
  /** Index of the frame's first byte. */
  offset = 0;
  /** Bytes of the frame. */
  length = 0;
  private readonly link: LinkLayer;
  private readonly pieces: Fragmenter;
  private neighbour: MacAddress | undefined = undefined;
  private etherType = 0;

  /**
   * @param environment - The host.
   * @param link - Its links.
   */
  constructor(environment: ForwardingEnvironment, link: LinkLayer) {
    this.link = link;
    this.pieces = new Fragmenter(environment);
  }

  /**
   * Begins with a packet.
   *
   * @param output - A packet that leaves (`forward` or `reply`).
   * @returns `false` when the next hop has no link address, so that nothing can leave.
   */
  begin(output: ForwardingOutput): boolean {
    this.neighbour = this.link.neighbourOf(
      output.side,
      output.hopFamily,
      output.hopWord0,
      output.hopWord1,
      output.hopWord2,
      output.hopWord3,
    );
    this.side = output.side;
    this.etherType = output.family === 4 ? ETHER_TYPE.IPV4 : ETHER_TYPE.IPV6;
    this.pieces.begin(output);
    return this.neighbour !== undefined;
  }

  /**
   * Gives the next frame.
   *
   * @returns `false` when there is none.
   */
  next(): boolean {
    const { pieces, neighbour } = this;
    if (neighbour === undefined || !pieces.next()) return false;
    if (pieces.room < ETHERNET_HEADER_LENGTH) this.movePiece();
    this.bytes = pieces.bytes;
    this.offset = pieces.offset - ETHERNET_HEADER_LENGTH;
    this.length = pieces.length + ETHERNET_HEADER_LENGTH;
    writeEthernetHeader(this.bytes, this.offset, neighbour, this.link[this.side], this.etherType);
    return true;
  }

  /** Copies a piece that has no room in front to where there is some. */
  private movePiece(): void {
    const { pieces } = this;
    const moved = new Uint8Array(LINK_ROOM + pieces.length);
    moved.set(pieces.bytes.subarray(pieces.offset, pieces.offset + pieces.length), LINK_ROOM);
    pieces.bytes = moved;
    pieces.offset = LINK_ROOM;
    pieces.room = LINK_ROOM;
  }
}
