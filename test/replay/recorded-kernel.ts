/**
 * The kernel of a recording, and when its statistics were renewed.
 */
import type { DirectorOptions } from '../../src/director/index.js';
import type { KernelRelease } from '../../src/model/kernel-profile.js';

type KernelOptions = Pick<
  DirectorOptions,
  | 'kernel'
  | 'estimationIntervalMs'
  | 'firstEstimationAfterMs'
  | 'defenseIntervalMs'
  | 'firstDefenseAfterMs'
>;

/** A timer of the line 6.1 ran one tick late each time; the thread of 6.12 does not drift. */
const TIMES: Readonly<Record<string, KernelOptions>> = {
  '6.1': { estimationIntervalMs: 2010, firstEstimationAfterMs: 1980 },
  '6.12': { estimationIntervalMs: 2000, firstEstimationAfterMs: 1960 },
};

/** Where they were renewed at another moment: the recordings with local servers. */
const TIMES_OF_SETS: Readonly<Record<string, KernelOptions>> = {
  L: { firstEstimationAfterMs: 1900 },
};

/** The defenses looked one tick of a timer late each time. */
const DEFENSE_TIMES = { defenseIntervalMs: 1010, firstDefenseAfterMs: 980 } as const;

/**
 * The options of a director that decides as a recorded one did.
 *
 * @param header - The recording's first line.
 * @returns Its kernel, and when it renews statistics.
 */
export function kernelOf({
  kernel = '6.1.192',
  set,
}: {
  readonly kernel?: string;
  readonly set?: string;
}): KernelOptions {
  const line = kernel.split('.', 2).join('.');
  const times = { ...TIMES[line], ...(set !== undefined && TIMES_OF_SETS[set]) };
  return { kernel: kernel as KernelRelease, ...times, ...DEFENSE_TIMES };
}
