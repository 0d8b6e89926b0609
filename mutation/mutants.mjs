/**
 * The mutants of a source, before any is tried: each has a name, and a rank that orders the mutants of a folder at
 * random but always the same.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { root } from './portions.mjs';

/** @typedef {{ line: number, column: number }} Position */

/**
 * The mutants of a source.
 *
 * @param {string} source - The path of the source.
 * @param {number} seed - Another one gives other ranks.
 * @returns {Promise<import('./samples.mjs').Candidate[]>} All of them, in the order of the source.
 */
export async function mutantsOf(source, seed) {
  const content = readFileSync(root + source, 'utf8');
  const silent = { debug() {}, info() {}, isDebugEnabled: () => false };
  const { mutants } = await new Instrumenter(silent).instrument(
    [{ name: source, mutate: true, content }],
    { plugins: null, excludedMutations: [], ignorers: [] },
  );
  return mutants
    .filter(({ status }) => status !== 'Ignored')
    .map((mutant) => {
      const name = nameOf(mutant);
      return { source, name, rank: rankOf(seed, source, name), range: rangeOf(source, mutant) };
    });
}

/**
 * The name of a mutant within its source, for example `12:7-12:20 EqualityOperator: a >= b`.
 *
 * @param {{ location: { start: Position, end: Position }, mutatorName: string, replacement?: string }} mutant - As
 *   Stryker has it.
 * @param {0 | 1} first - What the first line and column of a file are called: 0 by the instrumenter, 1 in reports.
 * @returns {string} Lines and columns count from 1 in it; of long code it has the beginning and a digest.
 */
export function nameOf({ location: { start, end }, mutatorName, replacement = '' }, first = 0) {
  const place = ({ line, column }) => `${line + 1 - first}:${column + 1 - first}`;
  const code = replacement.replaceAll(/\s+/gu, ' ');
  const short = code.length > 60 ? `${code.slice(0, 50)}… ${digest(code).slice(0, 6)}` : code;
  return `${place(start)}-${place(end)} ${mutatorName}: ${short}`;
}

/** Where a mutant is: lines from 1, columns from 0. */
function rangeOf(source, { location: { start, end } }) {
  const place = ({ line, column }) => `${line + 1}:${column}`;
  return `${source}:${place(start)}-${place(end)}`;
}

function rankOf(seed, source, name) {
  return digest(`${seed} ${source} ${name}`).slice(0, 12);
}

function digest(text) {
  return createHash('sha256').update(text).digest('hex');
}
