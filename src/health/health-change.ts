/**
 * What a health checker reports: a server went down or came up, the sorry server came or went.
 */
import type { RealServer } from '../model/real-server.js';

/** What has happened: to a watched server (`down`, `up`), or to the sorry server. */
export type HealthChangeKind = 'down' | 'up' | 'sorry-server-in' | 'sorry-server-out';

/** One change that a health checker has made. */
export interface HealthChange {
  /** What has happened. */
  readonly kind: HealthChangeKind;
  /** To which server. */
  readonly server: RealServer;
  /** When, in milliseconds of the checker's clock. */
  readonly timeMs: number;
  /** The weight the operator wants the server to have; 0 = quiesced. */
  readonly weight: number;
  /** Why a server is down, or why the sorry server serves while others are up; empty for the other kinds. */
  readonly reason: string;
}

/**
 * A change as one line for a log.
 *
 * @param change - The change.
 * @returns For example `10.0.0.1:80 is down (connect ECONNREFUSED 10.0.0.1:80)`; no line end.
 */
export function formatHealthChange(change: HealthChange): string {
  const { kind, server, weight, reason } = change;
  if (kind === 'down') return `${server} is down (${reason})`;
  if (kind === 'sorry-server-in') {
    return `${reason || 'no server is left'}: sorry server ${server} takes over`;
  }
  if (kind === 'sorry-server-out') return `sorry server ${server} is not needed any more`;
  return weight === 0
    ? `${server} is up again, and stays quiesced`
    : `${server} is up again with weight ${weight}`;
}
