/**
 * What each rule of the reference is written as: a pick over the list, and hooks that follow changes.
 */
import type { Endpoints } from '../../replay/scheduler-trace-steps.js';
import type { ReferenceServer } from './server.js';

/** The surroundings of a rule. */
export interface Surroundings {
  /** The servers of the service, newest first. */
  readonly list: readonly ReferenceServer[];
  /** The present time in milliseconds. */
  readonly now: () => number;
  /** Draws an integer from 0 to below a bound. */
  readonly draw: (bound: number) => number;
}

/** The flags and the expiry that some rules know. */
export interface RuleOptions {
  readonly flags?: readonly string[];
  readonly expirationMs?: number;
}

/** One scheduling rule with its state, tied to a list. */
export interface Rule {
  pick(endpoints: Endpoints): ReferenceServer | undefined;
  /** After a server was put at the front. */
  added?(): void;
  /** After a server was edited. */
  edited?(): void;
  /** After a server was taken out; `before` is the one that stood before it, if any. */
  removed?(server: ReferenceServer, before: ReferenceServer | undefined): void;
  /** The work of every full minute since the rule began, at that very moment. */
  tick?(): void;
}

/** Makes a rule with fresh state. */
export type RuleMaker = (surroundings: Surroundings, options: RuleOptions) => Rule;
