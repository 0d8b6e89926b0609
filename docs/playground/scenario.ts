/**
 * A scenario: everything that decides what the playground shows, as plain data.
 */

/** A command that is given while the load is running. */
export interface Change {
  /** When, in milliseconds from the start of the load: in the past, or in the future. */
  readonly atMs: number;
  /** The line: a rule in ipvsadm's language, or `fail` or `recover` and a server. */
  readonly command: string;
}

/** What the curves show of each server. */
export type Measure = 'active' | 'connections' | 'opened';

/** What the playground shows. */
export interface Scenario {
  /** The scenario of the gallery it began with; empty = none. */
  readonly id: string;
  /** The rules, in ipvsadm's language. */
  readonly rules: string;
  /** The schedulers by short name, with `-fallback` for that flag; empty = the rules' own; the second may be {@link NO_SCHEDULER}. */
  readonly schedulers: readonly [string, string];
  /** Connections that begin in a second on average, 1–1000. */
  readonly rate: number;
  /** From how many client addresses at most, 1–100000. */
  readonly clients: number;
  /** For how long connections begin, in seconds, 1–3600. */
  readonly seconds: number;
  /** The shortest duration of a connection in seconds, 0.1–600. */
  readonly shortest: number;
  /** Decides every draw: 0–4294967295. */
  readonly seed: number;
  /** What the curves show. */
  readonly measure: Measure;
  /** How far the load has come, in milliseconds. */
  readonly atMs: number;
  /** What changes meanwhile, in order. */
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

/** What the curves can show, with its name. */
export const MEASURES: Readonly<Record<Measure, string>> = {
  active: 'Active connections',
  connections: 'All connections',
  opened: 'New connections per second',
};

/** Instead of the second scheduler: there is one picture only. */
export const NO_SCHEDULER = 'none';

/** What the page shows when its address does not say. */
export const DEFAULT_SCENARIO: Scenario = {
  id: '',
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
  measure: 'active',
  atMs: 0,
  changes: [],
};
