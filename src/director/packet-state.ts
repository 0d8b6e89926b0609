/**
 * The state of the packet at hand: how it came in, and the decision about it.
 *
 * One object per director, reused for every packet, so that a packet of a known connection allocates
 * nothing. It has two writers: {@link PacketState.begin} is called by the ingress before anything else,
 * {@link PacketState.decide} by the step at which the path of the packet ends. All steps above that one
 * return the decision unchanged. What a step finds (an entry, a server, a service) is a return value, and is
 * not stored here.
 */
import type { Action } from '../forwarding/action.js';
import type { Origin } from '../forwarding/output.js';
import type { RealServer } from '../model/real-server.js';
import type { Service } from '../services/service.js';
import type { Reason } from './reasons.js';

const NONE = -1;

/** What becomes of a packet, and why; valid until the next packet. Written by {@link PacketState.decide}. */
export class Decision {
  /** What becomes of it. */
  action: Action = 'accept';
  /** Why. */
  reason: Reason = 'no-connection';
  /** Its service, when one was looked up. */
  service: Service | undefined;
  /** The server it goes to or comes from, when one is known. */
  server: RealServer | undefined;
  /** The entry by which the packet was forwarded, when the step at which its path ended had it at hand; else −1. */
  slot: number = NONE;
}

/** How the packet at hand came in, and what was decided. */
export class PacketState {
  /** The present time in milliseconds. Written by `begin`. */
  now = 0;
  /** Where the packet came from: an interface, or the host itself. Written by `begin`. */
  side: Origin = 'client';
  /** The packet's firewall mark; 0 = none. Written by `begin`. */
  mark = 0;
  /** The decision; its fields are written by `decide`. */
  readonly decision: Decision = new Decision();

  /**
   * Begins with a packet; called by the ingress only.
   *
   * @param now - The present time in milliseconds.
   * @param side - Where it came from.
   * @param mark - Its firewall mark.
   */
  begin(now: number, side: Origin, mark: number): void {
    this.now = now;
    this.side = side;
    this.mark = mark;
  }

  /**
   * Decides about the packet; called by the step at which its path ends.
   *
   * @param action - What becomes of it.
   * @param reason - Why.
   * @param service - Its service, when one was looked up.
   * @param server - Its server, when one is known.
   * @param slot - The entry by which it was forwarded, when it is at hand; default −1.
   * @returns The decision.
   */
  decide(
    action: Action,
    reason: Reason,
    service?: Service,
    server?: RealServer,
    slot: number = NONE,
  ): Decision {
    const { decision } = this;
    decision.action = action;
    decision.reason = reason;
    decision.service = service;
    decision.server = server;
    decision.slot = slot;
    return decision;
  }
}
