/**
 * What one server of a lane has been given.
 */
import type { RealServer } from 'ipvs';

/** Counters of one server. */
export interface Tally {
  /** Address and port. */
  readonly name: string;
  /** The server as the service has it, or last had it. */
  server: RealServer;
  /** Connections it was given. */
  opened: number;
  /** Packets that reached it. */
  requests: number;
  /** Packets it sent. */
  answers: number;
  /** Whether it has stopped answering. */
  failed: boolean;
}

/**
 * A tally at zero.
 *
 * @param server - Whose.
 * @returns The tally.
 */
export function createTally(server: RealServer): Tally {
  return { name: String(server), server, opened: 0, requests: 0, answers: 0, failed: false };
}
