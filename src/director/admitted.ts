/**
 * What becomes of a packet that has no connection yet.
 */
import type { RealServer } from '../model/real-server.js';
import type { Service } from '../services/service.js';
import type { Decision } from './packet-state.js';

/** A connection that was opened for a packet. */
export interface AdmittedConnection {
  /** Its service. */
  readonly service: Service;
  /** Its entry; −1 for a one-packet connection. */
  readonly slot: number;
  /** Its server; `undefined` when it bypasses all servers. */
  readonly server: RealServer | undefined;
  /** Its server-side port. */
  readonly serverPort: number;
  /** The template that controls it, or −1. */
  readonly template: number;
}

/** The outcome: the packet has a connection now, or its path ends here. */
export type Admitted = AdmittedConnection | Decision;
