/**
 * Waiting for the last connection of a server: what makes a server leave without a client noticing.
 */
import type { RealServer } from '../model/real-server.js';

type Settle = (empty: boolean) => void;

/** The servers that somebody waits for. */
export class Draining {
  private readonly waiting = new Map<RealServer, Settle[]>();

  /**
   * Waits until a server has no connection.
   *
   * @param server - The server.
   * @returns `true` once it is empty, `false` when the waiting was given up before.
   */
  wait(server: RealServer): Promise<boolean> {
    if (server.total === 0) return Promise.resolve(true);
    return new Promise((settle) => {
      this.waiting.set(server, [...(this.waiting.get(server) ?? []), settle]);
    });
  }

  /**
   * Notes that a connection of a server is about to end.
   *
   * @param server - The server, whose counters still have the connection.
   */
  connectionEnds(server: RealServer | undefined): void {
    if (server?.total === 1) this.settle(server, true);
  }

  /**
   * Gives the waiting for a server up.
   *
   * @param server - The server.
   */
  giveUp(server: RealServer): void {
    this.settle(server, false);
  }

  /** Gives all waiting up. */
  giveUpAll(): void {
    for (const server of this.waiting.keys()) this.settle(server, false);
  }

  private settle(server: RealServer, empty: boolean): void {
    const waiting = this.waiting.get(server);
    if (waiting === undefined) return;
    this.waiting.delete(server);
    for (const settle of waiting) settle(empty);
  }
}
