/**
 * Which clients came back, and which of them got another server than the last time.
 */
import { NONE } from '../../none.js';
import type { FleetClients } from './fleet-result.js';

/** Whether a client came back since the last count. */
const RETURNED = 1;
const MOVED = 2;

/** The clients of one service. */
export class ReturningClients {
  /** Where each client's last connection went; −1 = it never came. */
  private readonly homes: Int32Array;
  private readonly marks: Uint8Array;
  private returned = 0;
  private moved = 0;

  /** @param clients - How many clients there are. */
  constructor(clients: number) {
    this.homes = new Int32Array(clients).fill(NONE);
    this.marks = new Uint8Array(clients);
  }

  /**
   * A client opened a connection.
   *
   * @param client - Its number.
   * @param server - The number of the server that it got.
   */
  opened(client: number, server: number): void {
    const home = this.homes[client];
    this.homes[client] = server;
    if (home === NONE) return;
    const mark = this.marks[client];
    if (mark === 0) this.returned += 1;
    if (home !== server && mark !== MOVED) this.moved += 1;
    this.marks[client] = home !== server || mark === MOVED ? MOVED : RETURNED;
  }

  /**
   * Counts, and begins again.
   *
   * @returns The clients since the last count.
   */
  take(): FleetClients {
    const { returned, moved } = this;
    this.marks.fill(0);
    this.returned = this.moved = 0;
    return { returned, moved };
  }
}
