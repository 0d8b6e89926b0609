/**
 * The settings of a health checker, their defaults and their checks.
 */
import {
  type OptionNames,
  requireInteger,
  requireKnownOptions,
  requireOneOf,
  show,
} from '../errors.js';
import type { ServerOptions } from '../model/server-settings.js';
import { type RandomSource, systemRandom } from '../random.js';
import { MAX_DELAY_MS, systemTimers, type Timers } from '../timers.js';
import type { HealthChange } from './health-change.js';
import { DOWN_ACTIONS, type DownAction, type ServerEditor } from './list-table.js';
import type { AbortSignalLike, Probe } from './probe.js';
import type { QuorumChange } from './quorum-change.js';

/** How a {@link HealthChecker} works. */
export interface HealthCheckerOptions {
  /** Asks one server whether it is well. */
  readonly probe: Probe;
  /** From the beginning of one probe of a server to that of its next, 1–1073741823 ms; default 5000. */
  readonly intervalMs?: number;
  /**
   * From the beginning of a failed probe to that of the next while the server is not down yet, 1–1073741823 ms;
   * default `intervalMs`.
   */
  readonly retryDelayMs?: number;
  /** How long a probe may take, 1–2147483647 ms; default 2000. */
  readonly timeoutMs?: number;
  /** The share of the interval by which it varies, 0–1; default 0.1. */
  readonly jitter?: number;
  /** Failures in a row that take an up server down, 1 or more; default 3. */
  readonly fall?: number;
  /** Whether a server goes down when its very first probe fails, whatever `fall` says; default `false`. */
  readonly firstFailureDecides?: boolean;
  /** Successes in a row that bring a down server up, 1 or more; default 2. */
  readonly rise?: number;
  /** Whether servers count as up before their first probe; default `true`. */
  readonly startUp?: boolean;
  /** How a down server is taken out of service; default `'inhibit'`: weight 0. */
  readonly down?: DownAction;
  /**
   * Makes the checker's changes; default the list itself. A director's service needs its director here,
   * which also does what comes with a removal.
   */
  readonly editor?: ServerEditor;
  /** The server that is in the list, and no other, while there is no quorum; default none. */
  readonly sorryServer?: ServerOptions;
  /**
   * The weight that the servers that are up must have in all, 1 or more; default 1: a server that can serve. Without it
   * the sorry server serves; when there is none, the servers that are up go on.
   */
  readonly quorum?: number;
  /** How far the weight must pass the quorum in either direction, 0–`quorum` − 1; default 0. */
  readonly hysteresis?: number;
  /** Called with each change; default none. {@link HealthChecker.subscribe} takes more. */
  readonly onChange?: (change: HealthChange) => void;
  /** Called when quorum is lost, and when it is gained again; default none. */
  readonly onQuorumChange?: (change: QuorumChange) => void;
  /** Takes a line for each change of a server, and of the quorum if `quorum` is set; default none. */
  readonly log?: (line: string) => void;
  /** Stops the checker when it is aborted. */
  readonly signal?: AbortSignalLike;
  /** What measures time and calls back; default the platform's timers. */
  readonly timers?: Timers;
  /** Where jitter comes from; default the platform's own. */
  readonly random?: RandomSource;
}

/** The settings of a checker, complete. */
export type HealthSettings = Required<
  Omit<
    HealthCheckerOptions,
    'editor' | 'sorryServer' | 'onChange' | 'onQuorumChange' | 'log' | 'signal'
  >
>;

const OPTION_NAMES: OptionNames<HealthCheckerOptions> = {
  probe: true,
  intervalMs: true,
  retryDelayMs: true,
  timeoutMs: true,
  jitter: true,
  fall: true,
  firstFailureDecides: true,
  rise: true,
  startUp: true,
  down: true,
  editor: true,
  sorryServer: true,
  quorum: true,
  hysteresis: true,
  onChange: true,
  onQuorumChange: true,
  log: true,
  signal: true,
  timers: true,
  random: true,
};

/** The makers of probes in `ipvs/health/node`: a probe of their name was not called. */
const FACTORIES: readonly string[] = ['tcpProbe', 'httpProbe'];

/** Half of the longest delay, so that full jitter still fits into a timer. */
const MAX_INTERVAL_MS = Math.floor(MAX_DELAY_MS / 2);

/**
 * Checks the settings of a checker and fills in what is missing.
 *
 * @param options - The settings.
 * @returns The whole settings.
 * @throws {TypeError} When a value has the wrong type.
 * @throws {RangeError} When a value is out of range.
 */
export function completeHealthSettings(options: HealthCheckerOptions): HealthSettings {
  requireKnownOptions('create a health checker', options, OPTION_NAMES);
  const { probe, intervalMs = 5000, timeoutMs = 2000, fall = 3, rise = 2, quorum = 1 } = options;
  if (typeof probe !== 'function') {
    throw new TypeError(`Invalid probe: expected a function, got ${show(probe)}`);
  }
  if (FACTORIES.includes(probe.name)) {
    throw new TypeError(`Invalid probe: expected ${probe.name}(), got ${probe.name} (call it)`);
  }
  return {
    probe,
    intervalMs: requireInteger('interval', intervalMs, 1, MAX_INTERVAL_MS),
    retryDelayMs: requireInteger(
      'retry delay',
      options.retryDelayMs ?? intervalMs,
      1,
      MAX_INTERVAL_MS,
    ),
    timeoutMs: requireInteger('probe timeout', timeoutMs, 1, MAX_DELAY_MS),
    jitter: requireShare('jitter', options.jitter ?? 0.1),
    fall: requireInteger('fall', fall, 1, Number.MAX_SAFE_INTEGER),
    firstFailureDecides: options.firstFailureDecides ?? false,
    rise: requireInteger('rise', rise, 1, Number.MAX_SAFE_INTEGER),
    startUp: options.startUp ?? true,
    down: requireOneOf('down action', options.down ?? 'inhibit', DOWN_ACTIONS),
    quorum: requireInteger('quorum', quorum, 1, Number.MAX_SAFE_INTEGER),
    hysteresis: requireInteger('hysteresis', options.hysteresis ?? 0, 0, quorum - 1),
    timers: options.timers ?? systemTimers,
    random: options.random ?? systemRandom,
  };
}

function requireShare(name: string, value: unknown): number {
  if (typeof value !== 'number') {
    throw new TypeError(`Invalid ${name}: expected a number 0–1, got ${show(value)}`);
  }
  if (!(value >= 0 && value <= 1)) {
    throw new RangeError(`Invalid ${name}: expected a number 0–1, got ${value}`);
  }
  return value;
}
