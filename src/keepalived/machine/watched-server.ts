/**
 * A real server, or a sorry server, under the machine: how it begins, when it is up, and its weight.
 *
 * A server is up while all its checkers are. A checker begins up, with `alpha` down: so a server without alpha is in the
 * pool before its first check.
 */
import type { PoolServer } from '../../health/machine/server-pool.js';
import type {
  Checker,
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
 * Whether a checker counts as up before its first check.
 *
 * @param checker - What is configured.
 * @returns `false` with `alpha`.
 */
export function beginsUp({ alpha }: Checker): boolean {
  return !alpha;
}

/**
 * Whether a server is up, as its checkers say.
 *
 * @param server - The server.
 * @returns `true` when all are up, or it has none.
 */
export function isUp({ checkers }: WatchedServer): boolean {
  return checkers.every(({ up }) => up);
}

/**
 * A real server as the pool has it, without checkers.
 *
 * @param configuration - What is configured.
 * @param service - Its service.
 * @returns The server.
 */
export function realServerOf(
  configuration: RealServerConfiguration,
  service: VirtualServerConfiguration,
): WatchedServer {
  return {
    configuration,
    label: serverLabel(configuration.address, configuration.port, service.protocol),
    checkers: [],
    known: false,
    alive: true,
    weight: configuration.weight,
    listed: false,
    refused: false,
    inhibit: configuration.inhibitOnFailure,
  };
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
