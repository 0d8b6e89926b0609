/**
 * The patterns of `include`: `*`, `?`, `[...]` and `{a,b}`, as a shell has them.
 */
import { matchesPattern } from '../../glob-pattern.js';
import type { ConfigurationEnvironment } from '../environment.js';

/** More alternatives of one pattern than this are cut off. */
const MOST_ALTERNATIVES = 10_000;

/** What one alternative of a pattern matches. */
export interface Alternative {
  /** Paths relative to where the pattern is, sorted; folders end in `/`. */
  readonly matches: readonly string[];
  /** Whether a name or folder in front of the first wildcard, or all of it, is not there. */
  readonly isMissing: boolean;
}

/**
 * Finds what a pattern matches.
 *
 * @param pattern - The pattern.
 * @param base - The folder it is relative to; empty, or with a slash at its end.
 * @param environment - Where files are.
 * @returns The alternatives of its braces, in order; a pattern without braces is one.
 */
export function findMatches(
  pattern: string,
  base: string,
  environment: ConfigurationEnvironment,
): Alternative[] {
  return alternativesOf(pattern).map((alternative) => {
    const absolute = alternative.startsWith('/');
    const matches = walk(
      alternative.split('/').slice(absolute ? 1 : 0),
      absolute ? '/' : '',
      base,
      environment,
    );
    const [known = ''] = /^[^*?[\\]*(?=\/)/.exec(alternative) ?? [];
    const isPattern = /[*?[\\]/.test(alternative);
    const folder = known.startsWith('/') ? known : base + known;
    const isThere = isPattern && (known === '' || environment.list(folder) !== undefined);
    return {
      matches: matches.sort((a, b) => (a < b ? -1 : Number(a > b))),
      isMissing: matches.length === 0 && !isThere,
    };
  });
}

/**
 * Writes out the braces of a pattern.
 *
 * @param pattern - The pattern.
 * @returns All alternatives.
 */
export function alternativesOf(pattern: string): string[] {
  const done: string[] = [];
  const open = [pattern];
  while (open.length > 0 && done.length < MOST_ALTERNATIVES) {
    const next = open.shift() as string;
    const braces = firstBraces(next);
    if (braces === undefined) done.push(next);
    else open.unshift(...braces);
  }
  return done;
}

/** The pattern once for each alternative of its first pair of braces. */
function firstBraces(pattern: string): string[] | undefined {
  const start = pattern.indexOf('{');
  if (start === -1) return undefined;
  let depth = 0;
  let from = start + 1;
  const parts: string[] = [];
  for (let at = start; at < pattern.length; at += 1) {
    const character = pattern[at];
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    if ((character === ',' && depth === 1) || depth === 0) {
      parts.push(pattern.slice(from, at));
      from = at + 1;
    }
    if (depth === 0)
      return parts.map((part) => pattern.slice(0, start) + part + pattern.slice(at + 1));
  }
  return undefined;
}

function walk(
  steps: readonly string[],
  done: string,
  base: string,
  environment: ConfigurationEnvironment,
): string[] {
  const [step = '', ...rest] = steps;
  const folder = done.startsWith('/') ? done : base + done;
  if (step === '' || step === '.' || step === '..') {
    return rest.length === 0 ? [] : walk(rest, `${done}${step}/`, base, environment);
  }
  const matches = matcherOf(step);
  const found = (environment.list(folder) ?? []).filter(({ name }) => matches(name));
  if (rest.length === 0) return found.map((entry) => done + entry.name + (entry.folder ? '/' : ''));
  return found
    .filter((entry) => entry.folder)
    .flatMap((entry) => walk(rest, `${done}${entry.name}/`, base, environment));
}

/** Matches one step of a path; a leading dot must be written. */
function matcherOf(step: string): (name: string) => boolean {
  if (!/[*?[\\]/.test(step)) return (name) => name === step;
  return (name) => (name[0] !== '.' || step[0] === '.') && matchesPattern(step, name);
}
