/**
 * What a run of one virtual service can be played on: the library, or the plain reference. Both answer
 * with the number of a server, so that answers can be compared with each other and with a recording.
 */
import type {
  Change,
  Choice,
  Draw,
  Endpoints,
  TraceServer,
  TraceSettings,
} from '../replay/scheduler-trace-steps.js';

/** A service with its scheduler and its clock. */
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
    default:
      throw new RangeError('no such kind of step');
  }
}
