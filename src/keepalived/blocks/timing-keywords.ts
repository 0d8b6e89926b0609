/**
 * The keywords for the times of checks, which virtual_server, real_server and checkers share.
 */
import type { Keyword, Statement } from '../language/block-reader.js';
import { MAX_DELAY_SECONDS, MAX_TIMEOUT_SECONDS, MAX_UINT32 } from '../numbers.js';
import type { Timing } from './drafts.js';
import type { ParseState } from './parse-state.js';
import { integerOf, secondsOf } from './values.js';

/** The words of one level's complaints, from the faulty word. */
export interface TimingComplaints {
  readonly delayLoop: (word: string) => string;
  readonly delayBeforeRetry: (word: string) => string;
  readonly warmup: (word: string) => string;
  readonly connectTimeout: (word: string) => string;
  readonly retry: (word: string) => string;
  /** The least number of retries. */
  readonly leastRetry: 0 | 1;
}

/** The complaints of a virtual_server. */
export const SERVICE_COMPLAINTS: TimingComplaints = {
  delayLoop: (word) => `virtual server delay loop '${word}' invalid - ignoring`,
  delayBeforeRetry: (word) => `virtual server delay before retry '${word}' invalid - ignoring`,
  warmup: (word) => `virtual server warmup '${word}' invalid - ignoring`,
  connectTimeout: (word) => `virtual server connect_timeout ${word} invalid - ignoring`,
  retry: (word) => `retry value invalid - ${word}`,
  leastRetry: 1,
};

/** The complaints of a real_server. */
export const SERVER_COMPLAINTS: TimingComplaints = {
  delayLoop: (word) => `real server delay_loop '${word}' invalid - ignoring`,
  delayBeforeRetry: (word) => `real server delay_before_retry '${word}' invalid - ignoring`,
  warmup: (word) => `real server warmup '${word}' invalid - ignoring`,
  connectTimeout: (word) => `real server connect_timeout ${word} invalid - ignoring`,
  retry: (word) => `retry value invalid - ${word}`,
  leastRetry: 1,
};

/** The complaints of a checker. */
export const CHECKER_COMPLAINTS: TimingComplaints = {
  delayLoop: (word) => `delay_loop '${word}' is invalid - ignoring`,
  delayBeforeRetry: (word) => `Invalid delay_before_retry connection value '${word}'`,
  warmup: (word) => `Invalid warmup connection value '${word}'`,
  connectTimeout: (word) => `connect_timeout ${word} invalid - ignoring`,
  retry: (word) => `Invalid retry connection value '${word}'`,
  leastRetry: 0,
};

/** A keyword by its name. */
export type NamedKeyword = readonly [name: string, keyword: Keyword<ParseState>];

const LEAST_SECONDS = 0.000001;

/**
 * The keywords of a level.
 *
 * @param timingOf - Where the values go.
 * @param complaints - What is said of faults.
 * @returns `delay_loop`, `delay_before_retry`, `warmup`, `connect_timeout`, `retry`.
 */
export function timingKeywords(
  timingOf: (state: ParseState) => Timing | undefined,
  complaints: TimingComplaints,
): readonly NamedKeyword[] {
  const seconds = (
    name: string,
    key: Exclude<keyof Timing, 'retry'>,
    range: readonly [number, number],
    complaint: (word: string) => string,
  ): NamedKeyword => [
    name,
    {
      needsWord: true,
      run: (state, statement): void => {
        const value = secondsOf(state, statement, range, complaint);
        const timing = timingOf(state);
        if (value !== undefined && timing !== undefined) timing[key] = value;
      },
    },
  ];
  const delays = [0, MAX_DELAY_SECONDS] as const;
  return [
    seconds(
      'delay_loop',
      'delayLoopSeconds',
      [LEAST_SECONDS, MAX_DELAY_SECONDS],
      complaints.delayLoop,
    ),
    seconds('delay_before_retry', 'delayBeforeRetrySeconds', delays, complaints.delayBeforeRetry),
    seconds('warmup', 'warmupSeconds', delays, complaints.warmup),
    seconds(
      'connect_timeout',
      'connectTimeoutSeconds',
      [LEAST_SECONDS, MAX_TIMEOUT_SECONDS],
      complaints.connectTimeout,
    ),
    ['retry', /* @__PURE__ */ retryKeyword(timingOf, complaints)],
  ];
}

/**
 * The keyword `retry`.
 *
 * @param timingOf - Where the value goes.
 * @param complaints - What is said of faults.
 * @returns The keyword.
 */
export function retryKeyword(
  timingOf: (state: ParseState) => Timing | undefined,
  { leastRetry, retry }: Pick<TimingComplaints, 'leastRetry' | 'retry'>,
): Keyword<ParseState> {
  return {
    needsWord: true,
    run: (state: ParseState, statement: Statement): void => {
      const value = integerOf(state, statement, [leastRetry, MAX_UINT32], retry, true);
      const timing = timingOf(state);
      if (value !== undefined && timing !== undefined) timing.retry = value;
    },
  };
}
