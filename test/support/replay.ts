/**
 * Plays runs on a {@link Subject}: the plain reference, or the library itself. Both answer with the
 * number of a server, so that answers can be compared with each other and with a recording.
 */
import type {
  Change,
  Choice,
  Draw,
  Endpoints,
  FillStep,
  PickStep,
  Step,
  TraceServer,
  TraceSettings,
} from './scheduler-trace.js';

/** What a run can be played on: a service with its scheduler and its clock. */
export interface Subject {
  add(id: number, server: TraceServer): void;
  edit(id: number, settings: TraceSettings): void;
  remove(id: number): void;
  /** Moves the counters: the active ones by the first number, the inactive ones by the second. */
  connections(id: number, active: number, inactive: number): void;
  /** Moves the clock forward. */
  advance(ms: number): void;
  /** Picks a server; the draws are the random values it will find, in order. */
  pick(endpoints: Endpoints, draws?: readonly Draw[]): Choice;
  /** The bounds of the random values that the last pick drew, as far as the subject knows them. */
  readonly drawn: readonly number[];
}

/** How far a run agreed with its recording. */
export interface Outcome {
  /** How many picks agreed. */
  readonly checks: number;
  /** The first step that did not, if any. */
  readonly difference?: {
    readonly step: number;
    readonly what: string;
    readonly expected: unknown;
    readonly got: unknown;
  };
}

/** Plays a recorded run and stops at the first difference. */
export function replay(steps: readonly Step[], subject: Subject): Outcome {
  let checks = 0;
  for (const [index, step] of steps.entries()) {
    if (step[0] !== 'pick' && step[0] !== 'fill') {
      playChange(step, subject);
      continue;
    }
    const [expected, got] = step[0] === 'pick' ? pick(step, subject) : fill(step, subject);
    if (JSON.stringify(expected) !== JSON.stringify(got)) {
      return { checks, difference: { step: index, what: JSON.stringify(step), expected, got } };
    }
    checks += step[0] === 'pick' ? 1 : step[4];
  }
  return { checks };
}

/** Plays a step that has no answer. */
export function playChange(change: Change, subject: Subject): void {
  switch (change[0]) {
    case 'add':
      subject.add(change[1], change[2]);
      break;
    case 'edit':
      subject.edit(change[1], change[2]);
      break;
    case 'remove':
      subject.remove(change[1]);
      break;
    case 'conn':
      subject.connections(change[1], change[2], change[3]);
      break;
    case 'time':
      subject.advance(change[1]);
      break;
  }
}

/** The expected and the actual answer; where random values are recorded, with what was drawn. */
function pick(step: PickStep, subject: Subject): [expected: unknown, got: unknown] {
  const [, saddr, sport, daddr, dport, expected, draws] = step;
  const got = subject.pick([saddr, sport, daddr, dport], draws);
  if (draws === undefined) return [expected, got];
  return [
    [expected, ...draws.map(([, bound]) => bound)],
    [got, ...subject.drawn],
  ];
}

function fill(step: FillStep, subject: Subject): [expected: unknown, got: unknown] {
  const [, saddr, sport, daddrFirst, count, dport, expected] = step;
  const runs: [Choice, number][] = [];
  for (let offset = 0; offset < count; offset++) {
    const got = subject.pick([saddr, sport, nextAddress(daddrFirst, offset), dport]);
    const last = runs.at(-1);
    if (last !== undefined && last[0] === got) last[1]++;
    else runs.push([got, 1]);
  }
  return [expected, runs];
}

/** The address whose lowest 32 bits are greater by an offset, wrapping. */
function nextAddress(first: string, offset: number): string {
  if (!first.includes(':')) {
    const value = first.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
    const next = (value + offset) % 2 ** 32;
    return [24, 16, 8, 0].map((shift) => (next >>> shift) & 255).join('.');
  }
  // Recorded addresses end in two written groups or in "::" and one.
  const groups = first.split(':');
  const low = Number.parseInt(groups.at(-1) as string, 16);
  const high = groups.at(-2) === '' ? 0 : Number.parseInt(groups.at(-2) as string, 16);
  const next = (high * 65536 + low + offset) % 2 ** 32;
  const head = first.slice(0, first.lastIndexOf('::') + 2);
  const between =
    groups.at(-2) === '' ? [] : groups.slice(first.split('::')[0].split(':').length + 1, -2);
  return head + [...between, (next >>> 16).toString(16), (next & 0xffff).toString(16)].join(':');
}
