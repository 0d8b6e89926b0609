/**
 * One probe of one real server: the user's own test, with a time limit around it.
 *
 * A probe fulfils when the server is well. It fails by rejecting, by fulfilling with `false`, by
 * throwing, or by taking too long; then its signal is aborted and whatever it says later is ignored. One that
 * fails for want of file descriptors or memory on this machine says nothing of the server, and does not count.
 */
import { requireInteger } from '../errors.js';
import { isLocalFault } from '../local-fault.js';
import type { RealServer } from '../model/real-server.js';
import { MAX_WEIGHT } from '../model/thresholds.js';
import type { Timers } from '../timers.js';

/** The part of an `AbortSignal` that is used here, for platforms whose types do not have it. */
export interface AbortSignalLike {
  /** Whether it was aborted. */
  readonly aborted: boolean;
  /** Why. */
  readonly reason?: unknown;
  /**
   * Adds a listener.
   *
   * @param type - `'abort'`.
   * @param listener - Called once, when the signal is aborted.
   */
  addEventListener(type: 'abort', listener: () => void): void;
  /**
   * Removes a listener.
   *
   * @param type - `'abort'`.
   * @param listener - The same function.
   */
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** The platform's `AbortSignal`, such as `fetch` takes it. */
export type ProbeSignal = typeof globalThis extends { AbortSignal: { prototype: infer Signal } }
  ? Signal
  : AbortSignalLike;

/**
 * Asks a real server whether it is well.
 *
 * @param server - Whom to ask.
 * @param signal - Aborted when the answer is not wanted any more.
 * @returns Fulfils when the server is well, with `{ weight }` if it shall have that weight (0–2147483647) from
 *   now on; rejects with the reason, or fulfils with `false`, when not.
 */
export type Probe = (server: RealServer, signal: ProbeSignal) => Promise<unknown>;

/** What became of a probe. */
export interface ProbeOutcome {
  /** Whether the server is well. */
  readonly healthy: boolean;
  /** Why it is not, in a few words; empty when it is. */
  readonly reason: string;
  /** Whether the probe says nothing of the server: this machine could not make it. */
  readonly inconclusive?: true;
  /** The weight that the probe gave, if it gave one. */
  readonly weight?: number;
}

/** A probe that is under way. */
export interface RunningProbe {
  /** Fulfils with what became of it; never rejects, and never settles once it was abandoned. */
  readonly outcome: Promise<ProbeOutcome>;
  /** Gives it up. */
  abandon(): void;
}

declare const AbortController: new () => {
  readonly signal: ProbeSignal;
  abort(reason?: unknown): void;
};

const healthy: ProbeOutcome = { healthy: true, reason: '' };

/**
 * Starts a probe.
 *
 * @param probe - The user's test.
 * @param server - Whom to ask.
 * @param timers - What measures the time limit.
 * @param timeoutMs - The time limit, in milliseconds.
 * @returns The probe under way.
 */
export function runProbe(
  probe: Probe,
  server: RealServer,
  timers: Timers,
  timeoutMs: number,
): RunningProbe {
  const controller = new AbortController();
  let settle: ((outcome: ProbeOutcome) => void) | undefined;
  const outcome = new Promise<ProbeOutcome>((resolve) => {
    settle = resolve;
  });
  const stopWaiting = timers.after(timeoutMs, () => {
    settle?.(unhealthy(`no answer within ${timeoutMs} ms`));
    controller.abort(new Error(`The probe took longer than ${timeoutMs} ms`));
  });
  void judge(probe, server, controller.signal).then((result) => {
    stopWaiting();
    settle?.(result);
  });
  return {
    outcome,
    abandon: () => {
      settle = undefined;
      stopWaiting();
      controller.abort(new Error('The probe was abandoned'));
    },
  };
}

async function judge(probe: Probe, server: RealServer, signal: ProbeSignal): Promise<ProbeOutcome> {
  try {
    return outcomeOf(await probe(server, signal));
  } catch (error) {
    const outcome = unhealthy(describe(error));
    return isLocalFault(error) ? { ...outcome, inconclusive: true } : outcome;
  }
}

/** What a probe's answer says: anything but `false` is good, and an object may carry a weight. */
function outcomeOf(answer: unknown): ProbeOutcome {
  if (answer === false) return unhealthy('the probe said no');
  if (typeof answer === 'function') {
    return unhealthy('the probe gave a function: is it a factory that must be called?');
  }
  if (typeof answer !== 'object' || answer === null || !('weight' in answer)) return healthy;
  const { weight } = answer;
  return { ...healthy, weight: requireInteger('weight of a probe', weight, 0, MAX_WEIGHT) };
}

function unhealthy(reason: string): ProbeOutcome {
  return { healthy: false, reason };
}

/**
 * A failure in a few words.
 *
 * @param error - What was thrown, or any other reason.
 * @returns The message of an error, or the text of anything else; never empty.
 */
export function describe(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text === '' ? 'unknown reason' : text;
}
