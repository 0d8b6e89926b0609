/**
 * What a packet belongs to: finds the tracked connection of the packet at hand and follows it, or begins one.
 *
 * Not tracked are SCTP and ICMP queries. Cost: constant per packet. Source: recorded decisions.
 */
import { PROTOCOL_SCTP, PROTOCOL_TCP, PROTOCOL_UDP } from '../protocols.js';
import type { Packet } from '../wire/packet.js';
import { hasRightTransportChecksum, hasSoundLength } from './checksums.js';
import type { CurrentPacket } from './current-packet.js';
import type { Follower } from './follower.js';
import { RECORD_WORDS } from './record.js';
import type { Strays } from './strays.js';
import { ENDED, REFUSED, REOPENED } from './tcp-outcomes.js';
import type { TrackedEntries } from './tracked-entries.js';
import type { TrackingEnvironment } from './tracking-part.js';
import { translateDestination } from './translation.js';

const NONE = -1;

/** Finds, follows and begins the connections of packets. */
export class Identification {
  private readonly environment: TrackingEnvironment;
  private readonly current: CurrentPacket;
  private readonly entries: TrackedEntries;
  private readonly strays: Strays;
  private readonly follower: Follower;

  /**
   * @param environment - The director.
   * @param current - The packet at hand, which is written.
   * @param entries - The tracked entries.
   * @param strays - What else is tracked.
   * @param follower - Follows both.
   */
  constructor(
    environment: TrackingEnvironment,
    current: CurrentPacket,
    entries: TrackedEntries,
    strays: Strays,
    follower: Follower,
  ) {
    this.environment = environment;
    this.current = current;
    this.entries = entries;
    this.strays = strays;
    this.follower = follower;
  }

  /**
   * Takes a packet, not an ICMP error.
   *
   * @param packet - The packet, whole. When it is one of a server to an own endpoint, the client becomes its destination.
   * @param toHost - Whether it is addressed to the host.
   * @param now - The present time in milliseconds.
   * @param verifies - Whether a wrong checksum makes it invalid.
   */
  receive(packet: Packet, toHost: boolean, now: number, verifies: boolean): void {
    const { current } = this;
    if (!this.readTuple(packet)) return;
    if (!hasSoundLength(packet) || (verifies && !hasRightTransportChecksum(packet))) {
      current.as = 'invalid';
    } else if (this.entries.find(current, toHost, now)) this.followEntry(packet, now);
    else this.receiveStray(packet, now);
  }

  /**
   * Takes a packet that is not one of a tracked entry.
   *
   * @param packet - The packet, whose tuple was read.
   * @param now - The present time in milliseconds.
   */
  receiveStray(packet: Packet, now: number): void {
    const { current } = this;
    current.stray = this.strays.find(current.tuple, now);
    if (current.stray === undefined) this.begin(packet, now);
    else this.followStray(packet, now);
  }

  /**
   * Reads the tuple of a packet.
   *
   * @param packet - The packet.
   * @returns `false` when it is not tracked.
   */
  readTuple(packet: Packet): boolean {
    const { protocol } = packet;
    if (protocol === PROTOCOL_SCTP || packet.isFragment) return false;
    const hasPorts = protocol === PROTOCOL_TCP || protocol === PROTOCOL_UDP;
    if (hasPorts && !packet.hasPorts) return false;
    this.current.tuple.set(
      protocol,
      packet.source,
      hasPorts ? packet.sourcePort : 0,
      packet.destination,
      hasPorts ? packet.destinationPort : 0,
    );
    return true;
  }

  private followEntry(packet: Packet, now: number): void {
    const { current, entries, follower } = this;
    const { slot, direction } = current;
    const { records } = entries;
    const words = records.wordsOf(slot);
    const shifts = direction === 0 ? this.environment.table.helped.find(slot) : undefined;
    const at = records.offsetOf(slot);
    const judged = follower.follow(words, at, slot, direction, packet, now, shifts);
    current.as = judged === REFUSED ? 'invalid' : 'established';
    if (judged === ENDED || judged === REOPENED) entries.forget(slot);
    if (judged === REOPENED) this.begin(packet, now);
    else if (current.ownAddress !== undefined && direction === 1 && judged !== REFUSED) {
      translateDestination(packet, entries.clientOf(slot), entries.clientPortOf(slot));
    }
  }

  private followStray(packet: Packet, now: number): void {
    const { current, follower } = this;
    const { stray, tuple } = current;
    if (stray === undefined) return;
    const { words, id, original } = stray;
    const direction = original.equals(tuple) ? 0 : 1;
    const judged = follower.follow(words, 0, id, direction, packet, now);
    current.as = judged === REFUSED ? 'invalid' : 'established';
    if (judged !== ENDED && judged !== REOPENED) return;
    this.strays.delete(stray);
    if (judged === REOPENED) this.begin(packet, now);
  }

  /** The first packet of a connection, which is stored when the packet leaves. */
  private begin(packet: Packet, now: number): void {
    const { current } = this;
    current.slot = NONE;
    current.stray = undefined;
    current.ownAddress = undefined;
    current.fresh.fill(0, 0, RECORD_WORDS);
    const judged = this.follower.follow(current.fresh, 0, NONE, 0, packet, now);
    current.as = judged === REFUSED ? 'invalid' : 'new';
  }
}
