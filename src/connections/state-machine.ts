/**
 * What a packet does to the state of its connection, for all protocols alike.
 *
 * A change of state may change whether the connection counts as active; entering ESTABLISHED makes the
 * controlling template ASSURED; the timeout becomes the new state's with every packet, changed or not. A
 * packet of the server's side removes NOOUTPUT for good. The timer itself is restarted by the caller
 * once the packet has been dealt with. Cost: constant, no allocation.
 */
import type { ConnectionTable } from './connection-table.js';
import { directionOf } from './states/direction.js';
import { FLAG_NO_OUTPUT, PROTOCOL_SCTP, PROTOCOL_TCP, PROTOCOL_UDP } from './entries/flags.js';
import {
  META,
  META_DROPPED,
  META_EXPIRING,
  STATE_BITS,
  STATE_SHIFT,
  TIMEOUT,
} from './entries/record.js';
import { nextSctpState, SCTP_ACTIVE, SCTP_ESTABLISHED, SCTP_STATES } from './states/sctp.js';
import { nextTcpState, TCP_ACTIVE, TCP_ESTABLISHED, TCP_STATES } from './states/tcp.js';
import { Timeouts } from './states/timeouts.js';
import { UDP_STATES } from './states/udp.js';

/** The names of the states of templates, by number. */
export const TEMPLATE_STATES: readonly string[] = ['NONE', 'ASSURED'];
const NO_STATES: readonly string[] = ['NONE'];

/** Moves the states of the connections of one table. */
export class StateMachine {
  /** The timeouts in force. */
  readonly timeouts: Timeouts;
  /** Whether the secure table of TCP serves: the `secure_tcp` defence is at work. */
  secureTcp = false;
  private readonly table: ConnectionTable;

  /**
   * @param table - The table whose connections are moved.
   * @param timeouts - The timeouts; default: those of ipvsadm.
   */
  constructor(table: ConnectionTable, timeouts: Timeouts = new Timeouts()) {
    this.table = table;
    this.timeouts = timeouts;
  }

  /**
   * A TCP segment.
   *
   * @param slot - Its connection.
   * @param tcpFlags - The flags of the TCP header.
   * @param fromServer - Whether it came from the server's side.
   */
  tcp(slot: number, tcpFlags: number, fromServer: boolean): void {
    const { table } = this;
    const { store } = table;
    const records = store.recordsOf(slot);
    const offset = store.offsetOf(slot);
    const meta = records[offset + META];
    const direction = directionOf(meta, fromServer);
    const state = (meta & STATE_BITS) >>> STATE_SHIFT;
    const next = nextTcpState(state, tcpFlags, direction, this.secureTcp);
    if (next !== state || fromServer) {
      this.enter(slot, next, TCP_ACTIVE, TCP_ESTABLISHED, fromServer);
    }
    const timeoutMs = this.timeouts.tcp(next);
    // On most packets there is nothing to change: then nothing is written either.
    if (records[offset + TIMEOUT] !== timeoutMs || (meta & META_DROPPED) !== 0) {
      table.setTimeout(slot, timeoutMs);
    }
  }

  /**
   * A client's TCP segment on its whole way through its entry: state, count, timer. Nearly all find nothing to
   * change but count and timer, and need the record only once.
   *
   * @param slot - Its connection.
   * @param tcpFlags - The flags of the TCP header.
   * @param now - The present time in milliseconds.
   */
  clientSegment(slot: number, tcpFlags: number, now: number): void {
    const { table, timeouts } = this;
    const records = table.store.recordsOf(slot);
    const offset = table.store.offsetOf(slot);
    const meta = records[offset + META];
    const state = (meta & STATE_BITS) >>> STATE_SHIFT;
    const next = nextTcpState(state, tcpFlags, directionOf(meta, false), this.secureTcp);
    if (
      next === state &&
      records[offset + TIMEOUT] === timeouts.tcp(state) &&
      (meta & (META_DROPPED | META_EXPIRING)) === 0
    ) {
      table.useRecord(slot, records, offset, now);
    } else {
      this.changingSegment(slot, tcpFlags, now);
    }
  }

  private changingSegment(slot: number, tcpFlags: number, now: number): void {
    this.tcp(slot, tcpFlags, false);
    this.table.use(slot, now);
  }

  /**
   * An SCTP packet.
   *
   * @param slot - Its connection.
   * @param firstChunk - The type of its first chunk.
   * @param secondChunk - The type of its second chunk; −1 when there is none.
   * @param fromServer - Whether it came from the server's side.
   */
  sctp(slot: number, firstChunk: number, secondChunk: number, fromServer: boolean): void {
    const direction = directionOf(this.table.flags(slot), fromServer);
    const next = nextSctpState(this.table.state(slot), firstChunk, secondChunk, direction);
    this.enter(slot, next, SCTP_ACTIVE, SCTP_ESTABLISHED, fromServer);
    this.table.setTimeout(slot, this.timeouts.sctp(next));
  }

  /**
   * A UDP datagram: the state stays, and the connection inactive; an answer assures the template.
   *
   * @param slot - Its connection.
   * @param fromServer - Whether it came from the server's side.
   */
  udp(slot: number, fromServer: boolean): void {
    if (fromServer) this.assureController(slot);
    this.table.setTimeout(slot, this.timeouts.udp);
  }

  private enter(
    slot: number,
    next: number,
    active: number,
    established: number,
    fromServer: boolean,
  ): void {
    const { table } = this;
    if (fromServer) table.setFlags(slot, 0, FLAG_NO_OUTPUT);
    if (next === table.state(slot)) return;
    table.setState(slot, next, ((active >>> next) & 1) !== 0);
    if (next === established) this.assureController(slot);
  }

  private assureController(slot: number): void {
    const controller = this.table.controller(slot);
    if (controller >= 0) this.table.assure(controller);
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

/**
 * The name of an entry's state, as listings show it.
 *
 * @param table - The table.
 * @param slot - The entry.
 * @returns For example `ESTABLISHED`, `UDP`, or `ASSURED` for a template.
 */
export function stateName(table: ConnectionTable, slot: number): string {
  const names = table.isTemplate(slot) ? TEMPLATE_STATES : statesOf(table.protocol(slot));
  return names[table.state(slot)];
}
