/**
 * MISC_CHECK: a script whose exit status is the answer.
 */
import { missingWord } from '../language/block-reader.js';
import type { Place } from '../messages.js';
import { MAX_UINT32 } from '../numbers.js';
import type { CheckerDraft, Script } from './drafts.js';
import { onKept } from './open-checker.js';
import type { ParseState } from './parse-state.js';
import type { NamedKeyword } from './timing-keywords.js';
import { integerOf, programOf, scriptOf, wordAt } from './values.js';

/** The longest time limit of a script: what 32 bits of microseconds hold, in seconds. */
const MAX_SCRIPT_SECONDS = Math.floor(MAX_UINT32 / 1_000_000);

const user = /* @__PURE__ */ onKept((checker, state, statement) => {
  const [, name, group] = statement.words.map(({ text }) => text);
  if (name === undefined) {
    state.log.add(
      `No user specified for misc checker script ${quoted(checker.script)}`,
      statement.place,
    );
  } else if (state.knowsAccount(name, group)) checker.user = name;
  else {
    const text = `Failed to set uid/gid for misc checker script ${quoted(checker.script)} - removing`;
    state.log.add(text, statement.place);
    checker.removed = true;
  }
});

/** The words of a command as messages have them. */
function quoted(script: Script | undefined): string {
  const { command = '' } = script ?? {};
  const program = programOf(command);
  if (program === '') return '';
  const rest = command.slice(command.indexOf(program) + program.length).match(/[^\s'"]+/g) ?? [];
  return [program, ...rest].map((word) => `'${word}'`).join(' ');
}

/** The keywords of MISC_CHECK. */
export const miscKeywords: readonly NamedKeyword[] = [
  [
    'misc_path',
    /* @__PURE__ */ onKept((checker, state, statement) => {
      const command = wordAt(statement);
      if (command !== undefined && command !== '') checker.script = scriptOf(state, command);
    }),
  ],
  [
    'misc_timeout',
    /* @__PURE__ */ onKept((checker, state, statement) => {
      if (statement.words.length < 2) {
        state.log.add(missingWord('misc_timeout'), statement.place, 'fatal');
        return;
      }
      const complaint = (word: string): string => `Invalid misc_timeout value '${word}'`;
      const value = integerOf(state, statement, [0, MAX_SCRIPT_SECONDS], complaint);
      if (value !== undefined) checker.scriptTimeoutSeconds = value;
    }),
  ],
  ['misc_dynamic', /* @__PURE__ */ onKept((checker) => void (checker.dynamic = true))],
  ['user', user],
];

/**
 * What the end of the block checks.
 *
 * @param checker - The checker.
 * @param state - What is being read.
 * @param place - Where the block ends.
 * @returns Whether the checker is of use.
 */
export function endOfMisc(checker: CheckerDraft, state: ParseState, place: Place): boolean {
  const { script } = checker;
  if (checker.removed) return false;
  if (script === undefined) {
    state.log.add('No script path has been specified for MISC_CHECKER - skipping', place);
    return false;
  }
  if (checker.user === undefined && !state.hasDefaultUser(place)) {
    const text = `Unable to set default user for misc script ${quoted(script)} - removing`;
    state.log.add(text, place);
    return false;
  }
  return true;
}
