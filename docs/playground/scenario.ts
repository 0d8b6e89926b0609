/**
 * A scenario: everything that decides what the playground shows, as plain data and as the part of the
 * address behind `#`. Whoever opens the same address sees the same numbers.
 */

/** A command that is given while the load is running. */
export interface Change {
  /** When, in milliseconds from the beginning of the load: in the past, or in the future. */
  readonly atMs: number;
  /** The line, in ipvsadm's language. */
  readonly command: string;
}

/** What the playground shows. */
export interface Scenario {
  /** The rules, in ipvsadm's language. */
  readonly rules: string;
  /** The two schedulers by short name, with `-fallback` for that flag; empty = the rules' own. */
  readonly schedulers: readonly [string, string];
  /** Connections that begin in a second on average, 1–1000. */
  readonly rate: number;
  /** From how many clients at most, 1–100000. */
  readonly clients: number;
  /** For how long connections begin, in seconds, 1–3600. */
  readonly seconds: number;
  /** The shortest duration of a connection in seconds, 0.1–600. */
  readonly shortest: number;
  /** Decides every draw: 0–4294967295. */
  readonly seed: number;
  /** How far the load has come, in milliseconds. */
  readonly atMs: number;
  /** What changes on the way, in order. */
  readonly changes: readonly Change[];
}

/** The numbers of a scenario with their least and greatest values. */
export const RANGES = {
  rate: [1, 1000],
  clients: [1, 100_000],
  seconds: [1, 3600],
  shortest: [0.1, 600],
  seed: [0, 4_294_967_295],
} as const satisfies Partial<Record<keyof Scenario, readonly [number, number]>>;

/** The most connections of a load, so that a page stays quick. */
export const MAX_CONNECTIONS = 30_000;

/** What the page shows when its address says nothing. */
export const DEFAULT_SCENARIO: Scenario = {
  rules: `# The second server is twice as strong, the last one has limits.
-A -t 192.0.2.1:80 -s wlc
-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 2
-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 4
-a -t 192.0.2.1:80 -r 10.0.0.3:80 -m -w 2
-a -t 192.0.2.1:80 -r 10.0.0.4:80 -m -w 2 -x 200 -y 150
`,
  schedulers: ['', 'mh-fallback'],
  rate: 20,
  clients: 300,
  seconds: 120,
  shortest: 2,
  seed: 1,
  atMs: 0,
  changes: [],
};

/**
 * Writes a scenario.
 *
 * @param scenario - The scenario.
 * @returns The part of an address behind `#`.
 */
export function toHash(scenario: Scenario): string {
  const { rules, schedulers, atMs, changes } = scenario;
  const parameters = new URLSearchParams({ rules, a: schedulers[0], b: schedulers[1] });
  for (const name of numberNames) parameters.set(name, String(scenario[name]));
  parameters.set('at', String(Math.round(atMs)));
  for (const change of changes) {
    parameters.append('change', `${Math.round(change.atMs)} ${change.command}`);
  }
  return parameters.toString();
}

/**
 * Reads a scenario. What is missing or makes no sense has its default.
 *
 * @param hash - The part of an address behind `#`, with or without it.
 * @returns The scenario.
 */
export function fromHash(hash: string): Scenario {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const text = (name: string, fallback: string): string => parameters.get(name) ?? fallback;
  const number = (name: keyof typeof RANGES): number =>
    within(RANGES[name], parameters.get(name)) ?? DEFAULT_SCENARIO[name];
  return {
    rules: text('rules', DEFAULT_SCENARIO.rules),
    schedulers: [
      text('a', DEFAULT_SCENARIO.schedulers[0]),
      text('b', DEFAULT_SCENARIO.schedulers[1]),
    ],
    rate: number('rate'),
    clients: number('clients'),
    seconds: number('seconds'),
    shortest: number('shortest'),
    seed: number('seed'),
    atMs: within([0, 3_600_000], parameters.get('at')) ?? 0,
    changes: parameters.getAll('change').flatMap(readChange),
  };
}

const numberNames = Object.keys(RANGES) as (keyof typeof RANGES)[];

function within(
  [least, greatest]: readonly [number, number],
  text: string | null,
): number | undefined {
  if (text === null || text.trim() === '') return undefined;
  const value = Number(text);
  return value >= least && value <= greatest ? value : undefined;
}

function readChange(text: string): Change[] {
  const match = /^(\d{1,7}) (.+)$/.exec(text);
  return match === null ? [] : [{ atMs: Number(match[1]), command: match[2] as string }];
}
