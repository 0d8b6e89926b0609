/**
 * A list of servers whose health a test decides, under a checker whose time a test moves.
 */
import { HealthChecker, type HealthCheckerOptions } from '../../src/health/index.js';
import type { RealServer } from '../../src/model/real-server.js';
import { ServerList } from '../../src/model/server-list.js';
import type { ServerOptions } from '../../src/model/server-settings.js';
import { ManualTimers } from '../../src/timers.js';

/** The interval of the probes of {@link examine}, in milliseconds. */
export const INTERVAL_MS = 1000;

/** A checker at work, and all that a test looks at. */
export interface Examination {
  readonly servers: ServerList;
  readonly timers: ManualTimers;
  readonly checker: HealthChecker;
  /** The servers, by text, that do not answer. */
  readonly ill: Set<string>;
  /** When each probe began, as `server@time`. */
  readonly probes: string[];
  /** The lines that were logged. */
  readonly lines: string[];
  /** Lets time pass, promises included. */
  readonly pass: (spanMs: number) => Promise<void>;
  /** Lets a number of intervals pass. */
  readonly rounds: (count: number) => Promise<void>;
}

/** The n-th server of a test's list. */
export function server(n: number, weight = 1): ServerOptions {
  return { address: `10.0.0.${n}`, port: 80, weight };
}

/** Starts a checker without jitter that takes a server down after 2 failures, and up after 2 successes. */
export function examine(
  list: readonly ServerOptions[],
  options: Partial<HealthCheckerOptions> = {},
): Examination {
  const servers = new ServerList(list);
  const timers = new ManualTimers();
  const ill = new Set<string>();
  const probes: string[] = [];
  const lines: string[] = [];
  const probe = async (patient: RealServer): Promise<void> => {
    probes.push(`${patient}@${timers.now()}`);
    if (ill.has(String(patient))) throw new Error('no pulse');
  };
  const checker = new HealthChecker(servers, {
    probe,
    intervalMs: INTERVAL_MS,
    timeoutMs: 200,
    jitter: 0,
    fall: 2,
    rise: 2,
    timers,
    log: (line) => lines.push(line),
    ...options,
  });
  checker.start();
  const pass = async (spanMs: number): Promise<void> => passTime(timers, spanMs);
  const rounds = async (count: number): Promise<void> => pass(count * INTERVAL_MS);
  return { servers, timers, checker, ill, probes, lines, pass, rounds };
}

/** Moves from timer to timer, and lets promises settle at each. */
export async function passTime(timers: ManualTimers, spanMs: number): Promise<void> {
  const end = timers.now() + spanMs;
  for (;;) {
    await settled();
    const next = timers.nextMs;
    if (next === undefined || next > end) break;
    timers.advance(Math.max(0, next - timers.now()));
  }
  timers.advance(end - timers.now());
  await settled();
}

/** Fulfils when every promise that can settle by itself has. */
async function settled(): Promise<void> {
  await new Promise<void>((resolve) => void setImmediate(resolve));
}

/** The weights of the servers of a list, by text. */
export function weights(servers: ServerList): Record<string, number> {
  return Object.fromEntries([...servers].map((each) => [String(each), each.weight]));
}
