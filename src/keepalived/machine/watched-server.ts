/**
 * A real server, or a sorry server, under the machine.
 */
import type { PoolServer } from '../../health/machine/server-pool.js';
import type {
  RealServerConfiguration,
  SorryServerConfiguration,
  VirtualServerConfiguration,
} from '../configuration.js';
import { serverLabel } from '../labels.js';
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

/**
 * A sorry server as the pool has it.
 *
 * @param configuration - What is configured.
 * @param service - Its service.
 * @returns The server.
 * @internal
 */
export function sorryOf(
  configuration: SorryServerConfiguration,
  service: VirtualServerConfiguration,
): WatchedServer {
  return {
    configuration,
    label: serverLabel(configuration.address, configuration.port, service.protocol),
    checkers: [],
    known: false,
    alive: false,
    weight: 1,
    listed: false,
    refused: false,
    inhibit: configuration.inhibit,
  };
}
