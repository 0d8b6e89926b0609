/**
 * The packet that leaves, and the reason of the forwarder that wrote it.
 *
 * Made once and passed to every call. A packet that keeps its size is rewritten in place; one that grows is
 * extended to the front when the caller allows it (`headroom`), and otherwise written into `buffer`.
 * A packet that may have to be fragmented is whole here: `Fragmenter` fragments it.
 */
import type { AddressWords } from '../address-words.js';
import type { AddressFamily } from '../ip-address.js';
import type { FragmentTrace } from '../wire/fragment-trace.js';
import { NO_BYTES, NO_VIEW } from '../wire/no-bytes.js';
import type { Packet } from '../wire/packet.js';
import type { Action } from './action.js';
import type { ForwardingTarget } from './target.js';

/** One of the director's two interfaces: toward the clients, or toward the real servers. */
export type Side = 'client' | 'server';

/** Where a packet comes from: by one of the interfaces, or from the director's own host. */
export type Origin = Side | 'host';

/** Why a forwarder chose its {@link Action}; the meanings are in {@link FORWARDING_REASONS}. */
export type ForwardingReason =
  | 'translated'
  | 'routed'
  | 'encapsulated'
  | 'error-translated'
  | 'error-relayed'
  | 'delivered'
  | 'unchanged'
  | 'path-mtu-learned'
  | 'ttl-exceeded'
  | 'too-long'
  | 'port-unreachable'
  | 'tunnel-mtu-too-small'
  | 'transport-truncated'
  | 'fragment-not-assembled'
  | 'source-route'
  | 'icmp-truncated'
  | 'icmp-checksum-wrong'
  | 'tcp-checksum-wrong'
  | 'quote-unusable'
  | 'not-translated'
  | 'destination-is-local'
  | 'server-is-loopback'
  | 'no-own-address'
  | 'no-room';

/** Every reason, with its meaning. */
export const FORWARDING_REASONS: Readonly<Record<ForwardingReason, string>> = {
  translated: 'Addresses and ports were rewritten.',
  routed: 'The packet is forwarded unchanged but for its TTL.',
  encapsulated: 'An outer header was put in front.',
  'error-translated': 'An ICMP error was rewritten together with the packet it quotes.',
  'error-relayed': 'An ICMP error about a tunnel packet was unpacked for the client.',
  delivered: 'The server is on the host itself, which gets the packet as it came.',
  unchanged: 'The host sends the packet as it is.',
  'path-mtu-learned': 'An ICMP error about a tunnel packet was used up; the client need not know.',
  'ttl-exceeded': 'TTL or hop limit ran out.',
  'too-long': 'The packet is longer than the way allows and must not be cut.',
  'port-unreachable': 'Nobody serves this port.',
  'tunnel-mtu-too-small': 'The tunnel leaves less room than every IP packet must have.',
  'transport-truncated': 'The transport header is cut short.',
  'fragment-not-assembled': 'A piece of a datagram came that should have been put together before.',
  'source-route': 'An IPv4 source route option is not followed.',
  'icmp-truncated': 'The ICMP header is cut short.',
  'icmp-checksum-wrong': 'The ICMP message does not match its checksum.',
  'tcp-checksum-wrong': 'The segment is for a helper to read, and does not match its checksum.',
  'quote-unusable': 'The quote in an ICMP error does not tell a connection.',
  'not-translated': 'This method does not rewrite packets on their way to the client.',
  'destination-is-local': 'A bypassed packet is addressed to the director itself.',
  'server-is-loopback':
    'Masquerading to a loopback address works only for clients on the host itself.',
  'no-own-address': 'The director has no address of the needed family on that side.',
  'no-room': 'The output buffer is too small for the packet.',
};

/** No packet is longer: an IPv6 header and 65,535 bytes. */
const LONGEST_PACKET: number = 65575;

/** Bytes of a packet that is copied word by word. */
const SHORT = 256;

/** The result of the last call, and the packet that leaves. */
export class ForwardingOutput {
  /** Receives packets that cannot be rewritten in place. */
  readonly buffer: Uint8Array;
  /** The same bytes, for writing words. */
  readonly bufferView: DataView;
  /** How many bytes in front of every incoming frame may be overwritten; default 0. */
  readonly headroom: number;
  /** Why. */
  reason: ForwardingReason = 'no-room';
  /** The interface by which the packet leaves; meaningful for `forward` and `reply`, as all that follows. */
  side: Side = 'server';
  /** The bytes that hold it. */
  bytes: Uint8Array = NO_BYTES;
  /** The same bytes, for reading and writing words. */
  view: DataView = NO_VIEW;
  /** Index of the first byte of its IP header. */
  offset = 0;
  /** Bytes of the packet, IP header included. */
  length = 0;
  /** How many bytes in front of {@link ForwardingOutput.offset} may be written, for a link header. */
  room = 0;
  /** The greatest length of a fragment in bytes; a packet that is not longer leaves whole. */
  fragmentLimit: number = LONGEST_PACKET;
  /** How the packet was reassembled, when it is to be fragmented at the same offsets; else `undefined`. */
  trace: FragmentTrace | undefined = undefined;
  /** Index, from the packet's first byte, of the data that the offsets of the trace count from. */
  traceOffset = 0;
  /** Bytes of headers that every fragment of an IPv6 packet repeats, 40 or more. */
  repeatedLength = 40;
  /**
   * The server to whose link address the packet is sent although it has another destination address
   * (direct routing); `undefined`: the next hop is on the path to the packet's destination.
   */
  gateway: ForwardingTarget | undefined = undefined;
  /** The source address by which the route is chosen; `undefined`: that of the packet. */
  routedFrom: AddressWords | undefined = undefined;

  /**
   * @param options - `buffer`: receives grown packets and ICMP errors, by default 65,700 bytes of its own;
   *   `headroom`: bytes in front of every incoming frame that may be overwritten, default 0.
   */
  constructor(options: { readonly buffer?: Uint8Array; readonly headroom?: number } = {}) {
    this.buffer = options.buffer ?? new Uint8Array(65_700);
    this.bufferView = new DataView(
      this.buffer.buffer,
      this.buffer.byteOffset,
      this.buffer.byteLength,
    );
    this.headroom = options.headroom ?? 0;
  }

  /** The family of the packet that leaves. */
  get family(): AddressFamily {
    return this.bytes[this.offset] >>> 4 === 4 ? 4 : 6;
  }

  /**
   * Records why no packet leaves, or why a reply does.
   *
   * @param action - What becomes of the packet.
   * @param reason - Why.
   * @returns The action.
   */
  finish(action: Action, reason: ForwardingReason): Action {
    this.reason = reason;
    return action;
  }

  /**
   * Records that headers are added in front of the packet.
   *
   * @param length - Bytes of the headers.
   */
  growBy(length: number): void {
    this.offset -= length;
    this.length += length;
    this.room -= length;
  }

  /**
   * Copies the packet into the buffer, behind room for headers. Of a short one the words are copied, since a view of its
   * bytes would cost more.
   *
   * @param offset - Where to.
   * @param packetAt - Index of the packet's first byte, where it is.
   * @param packetEnd - Index behind its last byte.
   */
  copyToBuffer(offset: number, packetAt: number, packetEnd: number): void {
    const { bytes, view, buffer, bufferView } = this;
    if (packetEnd - packetAt > SHORT) {
      buffer.set(bytes.subarray(packetAt, packetEnd), offset);
      return;
    }
    const shift = offset - packetAt;
    let at = packetAt;
    for (const last = packetEnd - 4; at <= last; at += 4) {
      bufferView.setInt32(at + shift, view.getInt32(at));
    }
    for (; at < packetEnd; at++) buffer[at + shift] = bytes[at];
  }

  /**
   * Records that the packet was written into the buffer.
   *
   * @param offset - Index of the first byte of its IP header.
   */
  useBuffer(offset: number): void {
    this.bytes = this.buffer;
    this.view = this.bufferView;
    this.offset = offset;
    this.room = offset;
  }

  /**
   * Records that a packet leaves in place, whole.
   *
   * @param packet - The packet.
   * @param side - The interface by which it leaves.
   * @param reason - What was done to it.
   * @returns `'forward'`.
   */
  emit(packet: Packet, side: Side, reason: ForwardingReason): Action {
    const { bytes, view, frameOffset, offset, end } = packet;
    return this.emitAt(bytes, view, frameOffset, offset, end - offset, side, reason);
  }

  /**
   * Records that the packet at an offset leaves in place, whole.
   *
   * @param bytes - The bytes that hold it.
   * @param view - A view over all of them.
   * @param frameOffset - Index of the first byte of its frame.
   * @param offset - Index of the first byte of its IP header.
   * @param length - Its bytes.
   * @param side - The interface by which it leaves.
   * @param reason - What was done to it.
   * @returns `'forward'`.
   */
  emitAt(
    bytes: Uint8Array,
    view: DataView,
    frameOffset: number,
    offset: number,
    length: number,
    side: Side,
    reason: ForwardingReason,
  ): Action {
    this.reason = reason;
    this.side = side;
    if (this.bytes !== bytes) {
      this.bytes = bytes;
      this.view = view;
    }
    this.offset = offset;
    this.length = length;
    this.room = offset - frameOffset + this.headroom;
    this.fragmentLimit = LONGEST_PACKET;
    this.trace = undefined;
    this.gateway = undefined;
    this.routedFrom = undefined;
    return 'forward';
  }
}
