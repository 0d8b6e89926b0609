/**
 * Runs of one virtual service, step by step: the format `ipvs-scheduler-trace/1`, explained in
 * `test/golden/schedulers/README.md`. Recorded runs carry the expected answers, generated runs do not.
 */

/** Weight and thresholds, as an edit writes them. */
export interface TraceSettings {
  readonly weight: number;
  readonly u: number;
  readonly l: number;
}

/** A server as it is added. */
export interface TraceServer extends TraceSettings {
  readonly addr: string;
  readonly port: number;
}

/** The server picked, by its number; `null` for none. */
export type Choice = number | null;

/** One random number that was drawn: its value, and the bound it is below. */
export type Draw = readonly [value: number, bound: number];

/** The endpoints of the packet of a pick. */
export type Endpoints = readonly [saddr: string, sport: number, daddr: string, dport: number];

/** A step that changes something and has no answer. */
export type Change =
  | readonly ['add', id: number, server: TraceServer]
  | readonly ['edit', id: number, settings: TraceSettings]
  | readonly ['remove', id: number]
  | readonly ['conn', id: number, active: number, inactive: number]
  | readonly ['time', ms: number];

/** One pick with its recorded answer; the draws only where the scheduler draws. */
export type PickStep = readonly ['pick', ...Endpoints, expected: Choice, draws?: readonly Draw[]];

/** Picks for consecutive destinations, with run-length coded answers. */
export type FillStep = readonly [
  'fill',
  saddr: string,
  sport: number,
  daddrFirst: string,
  count: number,
  dport: number,
  runs: readonly (readonly [Choice, number])[],
];

/** One step of a recorded run. */
export type Step = Change | PickStep | FillStep;

/** A recorded run, which starts with an empty service at time 0. */
export interface Trace {
  readonly name: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly steps: readonly Step[];
}

/** The runs of one scheduler with one set of flags. */
export interface TraceFile {
  readonly scheduler: string;
  readonly flags: readonly string[];
  readonly traces: readonly Trace[];
}
