/**
 * What the stations on a packet's way share: the tables, the host, the buffers, and the result.
 *
 * One context belongs to one director. The objects in it are made once and used for every packet, so that
 * a packet on a known connection allocates nothing.
 */
import { ConnectionKey } from '../connections/connection-key.js';
import type { StateMachine } from '../connections/state-machine.js';
import type { ConnectionTable } from '../connections/connection-table.js';
import type { ForwardingEnvironment } from '../forwarding/environment.js';
import type { ForwardingOutput, ForwardingResult, Side } from '../forwarding/output.js';
import type { RealServer } from '../model/real-server.js';
import type { Service } from '../services/service.js';
import type { ServiceTable } from '../services/service-table.js';
import { Packet } from '../wire/packet.js';
import type { TrafficCounters } from './traffic-counters.js';
import { NextHop } from './next-hop.js';
import type { TunableValues } from './tunables.js';
import type { Action, Reason } from './reasons.js';

/** The parts that a director is put together from. */
export interface DirectorParts {
  /** The virtual services. */
  readonly services: ServiceTable;
  /** The connections and templates. */
  readonly table: ConnectionTable;
  /** Their state machines and timeouts. */
  readonly states: StateMachine;
  /** The tunables, live. */
  readonly tunables: TunableValues;
  /** The statistics. */
  readonly counters: TrafficCounters;
  /** The host. */
  readonly environment: ForwardingEnvironment;
  /** Where packets that leave are described. */
  readonly output: ForwardingOutput;
}

/** The parts of a director, and its working memory for the packet at hand. */
export class DirectorContext {
  readonly services: ServiceTable;
  readonly table: ConnectionTable;
  readonly states: StateMachine;
  readonly tunables: TunableValues;
  readonly counters: TrafficCounters;
  readonly environment: ForwardingEnvironment;
  readonly output: ForwardingOutput;
  /** Fills in what forwarders need of a connection. */
  readonly nextHop: NextHop;
  /** The key of the look-up at hand. */
  readonly key: ConnectionKey = new ConnectionKey();
  /** The packet that an ICMP error quotes. */
  readonly quote: Packet = new Packet();
  /** The packet inside a quoted tunnel packet. */
  readonly inner: Packet = new Packet();
  /** How many entries were made for packets. */
  births = 0;
  /** The present time in milliseconds. */
  now = 0;
  /** The firewall mark of the packet at hand; 0 = none. */
  mark = 0;
  /** The leg by which it came. */
  side: Side = 'client';
  /** Why the result is as it is. */
  reason: Reason = 'no-connection';
  /** The entry the packet belongs to, or −1. */
  slot = -1;
  /** The service the packet belongs to, when it was looked for. */
  service: Service | undefined;
  /** The server the packet goes to, when one was chosen or known. */
  server: RealServer | undefined;

  constructor(parts: DirectorParts) {
    this.services = parts.services;
    this.table = parts.table;
    this.states = parts.states;
    this.tunables = parts.tunables;
    this.counters = parts.counters;
    this.environment = parts.environment;
    this.output = parts.output;
    this.nextHop = new NextHop(parts.table, parts.environment);
  }

  /**
   * Prepares for a packet.
   *
   * @param now - The present time in milliseconds.
   * @param side - The leg by which it came.
   * @param mark - Its firewall mark.
   */
  begin(now: number, side: Side, mark: number): void {
    this.now = now;
    this.side = side;
    this.mark = mark;
    this.slot = -1;
    this.service = undefined;
    this.server = undefined;
  }

  /**
   * Ends with a packet that does not leave.
   *
   * @param action - What becomes of it.
   * @param reason - Why.
   * @returns The action.
   */
  conclude(action: Action, reason: Reason): Action {
    this.reason = reason;
    return action;
  }

  /**
   * Ends as a forwarder did.
   *
   * @param result - What the forwarder returned.
   * @returns The same.
   */
  forwarded(result: ForwardingResult): Action {
    this.reason = this.output.reason;
    return result;
  }
}
