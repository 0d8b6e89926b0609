/**
 * The status of a director that runs.
 */
import type { ControlConnection } from '../../run/control-client.js';
import type { EngineStatus } from '../../run/engine/messages.js';
import type { CarriedTotals } from '../../run/supervisor/kernel-carrier.js';
import type { SyncNetworkStatistics } from '../../run/supervisor/sync-network.js';
import { InputError } from '../command.js';

/** What a director says of itself. */
export interface DirectorStatus extends EngineStatus {
  /** How long it has been running. */
  readonly upSeconds: number;
  /** The process of its engine. */
  readonly enginePid: number;
  /** How often its engine was started again. */
  readonly engineRestarts: number;
  /** What the kernel has forwarded by itself; absent when it forwards nothing. */
  readonly carried?: CarriedTotals;
  /** What went through the sockets of synchronization; absent when no daemon runs. */
  readonly syncNetwork?: SyncNetworkStatistics;
}

/**
 * Asks a director how it is.
 *
 * @param director - The director.
 * @returns Its status.
 * @throws {InputError} When it cannot say.
 */
export async function statusOf(director: ControlConnection): Promise<DirectorStatus> {
  const { ok, text } = await director.ask({ do: 'status' });
  if (!ok) throw new InputError(text);
  return JSON.parse(text) as DirectorStatus;
}
