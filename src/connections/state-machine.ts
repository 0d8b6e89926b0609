/**
 * The state machine: what a packet does to the state of its connection, for all protocols alike.
 *
 * A change of state may change whether the connection counts as active. Entering ESTABLISHED makes the
 * controlling template ASSURED. Every packet sets the timeout to that of the new state. A server's packet
 * removes NOOUTPUT for good. The caller restarts the timer after the packet. Cost: constant, no allocation.
 */
import type { Entries } from './entries/entries.js';
import type { EntryStore } from './entries/entry-store.js';
import { FLAG_NO_OUTPUT, PROTOCOL_SCTP, PROTOCOL_TCP, PROTOCOL_UDP } from './entries/flags.js';
import {
  META,
  META_DROPPED,
  META_EXPIRING,
  STATE_BITS,
  STATE_SHIFT,
  TIMEOUT,
} from './entries/record.js';
import type { Lifecycle } from './lifecycle.js';
import { directionOf } from './states/direction.js';
import { nextSctpState, SCTP_ACTIVE, SCTP_ESTABLISHED, SCTP_STATES } from './states/sctp.js';
import {
  nextTcpState,
  TCP_ACK,
  TCP_ACTIVE,
  TCP_ESTABLISHED,
  TCP_FIN,
  TCP_RST,
  TCP_STATES,
  TCP_SYN,
} from './states/tcp.js';
import { Timeouts } from './states/timeouts.js';
import { UDP_STATES } from './states/udp.js';

/** The names of the states of templates, by number. */
export const TEMPLATE_STATES: readonly string[] = ['NONE', 'ASSURED'];
const NO_STATES: readonly string[] = ['NONE'];

/** Moves the states of the connections of one table. */
export class StateMachine {
  /** The timeouts in force. */
  readonly timeouts: Timeouts;
  /** Whether the secure table of TCP is in use: the `secure_tcp` defense is at work. */
  secureTcp = false;
  private readonly entries: Entries;
  private readonly store: EntryStore;
  private readonly lifecycle: Lifecycle;

  /** Made by a table. @internal */
  constructor(entries: Entries, lifecycle: Lifecycle, timeouts: Timeouts = new Timeouts()) {
    this.entries = entries;
    this.store = entries.store;
    this.lifecycle = lifecycle;
    this.timeouts = timeouts;
  }

  /**
   * Moves the state by a TCP segment.
   *
   * @param slot - Its connection.
   * @param tcpFlags - The flags of the TCP header.
   * @param fromServer - Whether the server sent it.
   */
  tcp(slot: number, tcpFlags: number, fromServer: boolean): void {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    const meta = records[offset + META];
    const direction = directionOf(meta, fromServer);
    const state = (meta & STATE_BITS) >>> STATE_SHIFT;
    const next = nextTcpState(state, tcpFlags, direction, this.secureTcp);
    if (next !== state || fromServer) {
      this.enter(slot, next, TCP_ACTIVE, TCP_ESTABLISHED, fromServer);
    }
    const timeoutMs = this.timeouts.tcp(next);
    // Most packets change nothing, and then nothing is written.
    if (records[offset + TIMEOUT] !== timeoutMs || (meta & META_DROPPED) !== 0) {
      this.entries.setTimeout(slot, timeoutMs);
    }
  }

  /**
   * Does all that a client's TCP segment does to its entry: state, packet count, timer. Most segments change only
   * count and timer, and read the record once: an ACK in ESTABLISHED stays there in every table and direction.
   *
   * @param slot - Its connection.
   * @param tcpFlags - The flags of the TCP header.
   * @param now - The present time in milliseconds.
   */
  clientSegment(slot: number, tcpFlags: number, now: number): void {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    const meta = records[offset + META];
    if (
      (meta & (STATE_BITS | META_DROPPED | META_EXPIRING)) === TCP_ESTABLISHED << STATE_SHIFT &&
      (tcpFlags & (TCP_FIN | TCP_SYN | TCP_RST | TCP_ACK)) === TCP_ACK &&
      records[offset + TIMEOUT] === this.timeouts.tcp(TCP_ESTABLISHED)
    ) {
      this.lifecycle.useRecord(slot, records, offset, now);
    } else {
      this.changingSegment(slot, tcpFlags, now);
    }
  }

  /**
   * Does all that a client's datagram of UDP does to its entry: packet count and timer.
   *
   * @param slot - Its connection.
   * @param now - The present time in milliseconds.
   */
  clientDatagram(slot: number, now: number): void {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    if (
      (records[offset + META] & (META_DROPPED | META_EXPIRING)) === 0 &&
      records[offset + TIMEOUT] === this.timeouts.udp
    ) {
      this.lifecycle.useRecord(slot, records, offset, now);
    } else {
      this.udp(slot, false);
      this.lifecycle.use(slot, now);
    }
  }

  private changingSegment(slot: number, tcpFlags: number, now: number): void {
    this.tcp(slot, tcpFlags, false);
    this.lifecycle.use(slot, now);
  }

  /**
   * Moves the state by an SCTP packet.
   *
   * @param slot - Its connection.
   * @param firstChunk - The type of its first chunk.
   * @param secondChunk - The type of its second chunk; −1 when there is none.
   * @param fromServer - Whether the server sent it.
   */
  sctp(slot: number, firstChunk: number, secondChunk: number, fromServer: boolean): void {
    const { entries } = this;
    const direction = directionOf(entries.flags(slot), fromServer);
    const next = nextSctpState(entries.state(slot), firstChunk, secondChunk, direction);
    this.enter(slot, next, SCTP_ACTIVE, SCTP_ESTABLISHED, fromServer);
    entries.setTimeout(slot, this.timeouts.sctp(next));
  }

  /**
   * Handles a UDP datagram: state and activity never change; an answer makes the template ASSURED.
   *
   * @param slot - Its connection.
   * @param fromServer - Whether the server sent it.
   */
  udp(slot: number, fromServer: boolean): void {
    if (fromServer) this.assureController(slot);
    this.entries.setTimeout(slot, this.timeouts.udp);
  }

  /**
   * Makes a template ASSURED: a server has sent a packet of a connection that has no entry.
   *
   * @param template - The template.
   */
  assure(template: number): void {
    this.entries.assure(template);
  }

  private enter(
    slot: number,
    next: number,
    active: number,
    established: number,
    fromServer: boolean,
  ): void {
    const { entries } = this;
    if (fromServer) entries.clearFlags(slot, FLAG_NO_OUTPUT);
    if (next === entries.state(slot)) return;
    entries.setState(slot, next, ((active >>> next) & 1) !== 0);
    if (next === established) this.assureController(slot);
  }

  private assureController(slot: number): void {
    const controller = this.entries.controller(slot);
    if (controller >= 0) this.entries.assure(controller);
  }
}

/**
 * The states of a protocol, by number.
 *
 * @param protocol - The protocol's number in the IP header.
 * @returns Their names; protocols without states have the one state `NONE`.
 */
export function statesOf(protocol: number): readonly string[] {
  if (protocol === PROTOCOL_TCP) return TCP_STATES;
  if (protocol === PROTOCOL_SCTP) return SCTP_STATES;
  return protocol === PROTOCOL_UDP ? UDP_STATES : NO_STATES;
}

/** The members of a table that {@link stateName} uses. */
export interface StatefulTable {
  /** Whether an entry is a template. */
  isTemplate(slot: number): boolean;
  /** The number of an entry's protocol. */
  protocol(slot: number): number;
  /** The number of an entry's state. */
  state(slot: number): number;
}

/**
 * The name of an entry's state, as listings show it.
 *
 * @param table - The table.
 * @param slot - The entry.
 * @returns For example `ESTABLISHED`, `UDP`, or `ASSURED` for a template.
 */
export function stateName(table: StatefulTable, slot: number): string {
  const names = table.isTemplate(slot) ? TEMPLATE_STATES : statesOf(table.protocol(slot));
  return names[table.state(slot)] ?? 'ERR!';
}
