/**
 * A real server, or a sorry server, under the machine.
 */
import type { PoolServer } from '../../health/machine/server-pool.js';
import type { RealServerConfiguration, SorryServerConfiguration } from '../configuration.js';
import type { CheckerRun } from './checker-run.js';

/** A server with the state the machine has of it. */
export interface WatchedServer extends PoolServer {
  /** What is configured; a reload replaces it. */
  configuration: RealServerConfiguration | SorryServerConfiguration;
  /** Its name in messages. */
  label: string;
  /** Its checkers; none for a sorry server. */
  checkers: CheckerRun[];
  /** Whether it was alive before a reload, so that its checks are no first ones. */
  known: boolean;
}

/**
 * The weight of a server: the configured one with the shares of its checkers.
 *
 * @param configured - The configured weight.
 * @param checkers - Its checkers.
 * @returns The weight, 0–2147483647.
 */
export function effectiveWeight(configured: number, checkers: readonly CheckerRun[]): number {
  const sum = checkers.reduce((total, { share }) => total + share, configured);
  return Math.min(Math.max(sum, 0), 2147483647);
}
