/**
 * Connection tracking as a director sees it: an optional part that is handed to it. A packet is given to it whole,
 * before the director handles it and again afterwards.
 */
import type { AddressWords } from '../address-words.js';
import type { ConnectionTable } from '../connections/connection-table.js';
import type { AddressFamily, IpAddress } from '../ip-address.js';
import type { RandomSource } from '../random.js';
import type { Packet } from '../wire/packet.js';
import type { TrackedConnection } from './tracked-connection.js';
import type { TrackingState } from './tracking-state.js';

/** What connection tracking works on. */
export interface TrackingEnvironment {
  /** The connections of the director. */
  readonly table: ConnectionTable;
  /** The tunables of the director, live. */
  readonly tunables: {
    /** Whether connections of services are tracked; 0 or 1. */
    readonly conntrack: number;
  };
  /** Draws ports for translated connections. */
  readonly random: RandomSource;
  /**
   * Whether the host takes packets to an address.
   *
   * @param address - The address.
   * @returns `true` for addresses of its own.
   */
  isLocal(address: AddressWords): boolean;
  /**
   * The host's own address on the servers' side.
   *
   * @param family - 4 or 6.
   * @returns The address, or `undefined` when it has none.
   */
  ownAddress(family: AddressFamily): IpAddress | undefined;
  /**
   * The director's time.
   *
   * @returns Milliseconds; everything that was due before has been done.
   */
  advance(): number;
}

/** Why a packet that the director sent on does not leave. */
export type TrackingFault =
  'invalid-segment' | 'answers-tracked' | 'no-own-address' | 'no-own-port';

/** The segment has to be received as others are. */
export const NOT_PLAIN = 0;
/** The segment is forwarded as it is. */
export const PLAIN = 1;
/** The segment is forwarded, and gets another source. */
export const PLAIN_TRANSLATED = 2;
/** What a plain segment is to tracking. */
export type PlainAs = typeof NOT_PLAIN | typeof PLAIN | typeof PLAIN_TRANSLATED;

/** What the fast path of a director asks of connection tracking. */
export interface PlainPart {
  /**
   * Takes a plain segment of a client whose entry is known, before it is forwarded.
   *
   * @param slot - The entry.
   * @param view - Over the bytes that hold it.
   * @param offset - Index of the first byte of its IP header, which has no options.
   * @param end - Index behind its last byte.
   * @param now - The present time in milliseconds.
   * @returns Whether it is plain to tracking, too; if not, nothing was done, and it has to be received as others are.
   *   It may be taken twice.
   */
  receive(slot: number, view: DataView, offset: number, end: number, now: number): PlainAs;
  /**
   * Translates the source of a plain segment after it was forwarded.
   *
   * @param slot - The entry, which is {@link PLAIN_TRANSLATED}.
   * @param view - Over the bytes that hold it.
   * @param offset - Index of the first byte of its IP header.
   */
  send(slot: number, view: DataView, offset: number): void;
}

/** The connection tracking of one director. */
export interface TrackingPart {
  /** Plain segments of clients. */
  readonly plain: PlainPart;
  /**
   * Takes a packet from the wire or from the host, before the director handles it. A packet to an own endpoint of a translated
   * connection gets the client as its destination.
   *
   * @param packet - The packet.
   * @param mark - Its firewall mark.
   * @param now - The present time in milliseconds.
   * @param isOfHost - Whether the host sends it, so that its checksum is yet to be written.
   * @returns Whether the firewall lets it pass.
   */
  receive(packet: Packet, mark: number, now: number, isOfHost: boolean): boolean;
  /**
   * Takes the packet that was received last, after the director sent it on; its source may get translated.
   *
   * @param packet - The packet, rewritten in place.
   * @param slot - The entry by which it was sent on, when it is at hand; else −1.
   * @param toHost - Whether it was addressed to the host.
   * @param now - The present time in milliseconds.
   * @returns Why it does not leave; `undefined` when it leaves.
   */
  send(packet: Packet, slot: number, toHost: boolean, now: number): TrackingFault | undefined;
  /**
   * Takes the outer packet into which the packet that was received last was put.
   *
   * @param outer - The outer packet.
   * @param now - The present time in milliseconds.
   */
  sendOuter(outer: Packet, now: number): void;
  /**
   * Takes the packet that was received last, after the director left it to the host or to routing.
   *
   * @param now - The present time in milliseconds.
   */
  accept(now: number): void;
  /**
   * Takes the packet that was received last, after the director gave it to a real server on the host.
   *
   * @param slot - Its entry, when it is at hand; else −1.
   * @param now - The present time in milliseconds.
   */
  deliver(slot: number, now: number): void;
  /**
   * Whether the packet that was received last is part of a tracked connection, so that it cannot open another one
   * in place of its entry.
   *
   * @param slot - The entry that it matched.
   * @returns `true` when it has to be dropped.
   */
  holds(slot: number): boolean;
  /**
   * An entry is about to leave the table.
   *
   * @param slot - The entry.
   */
  connectionRemoved(slot: number): void;
  /**
   * Visits what is tracked, in no particular order.
   *
   * @returns One record per connection that is not over.
   */
  connections(): Iterable<TrackedConnection>;
  /**
   * Saves what is tracked.
   *
   * @returns Plain JSON; times count from now.
   */
  toJSON(): TrackingState;
  /**
   * Restores what was tracked, when the table has its entries.
   *
   * @param state - What {@link TrackingPart.toJSON} gave.
   * @throws {TypeError} When it is no such state.
   * @throws {RangeError} When the state is of another format.
   */
  restore(state: TrackingState): void;
}

/** Makes the connection tracking of a director. */
export interface TrackingSource {
  /**
   * Joins a director; it belongs to one.
   *
   * @param environment - What it works on.
   * @returns The part of that director.
   * @throws {TypeError} When it belongs to a director already.
   */
  attach(environment: TrackingEnvironment): TrackingPart;
}
