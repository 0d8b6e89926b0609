/**
 * The director that `ipvs admin` works on, with the rules of a file of any kind.
 */
import { ManualClock } from '../../clock.js';
import { Director } from '../../director/director.js';
import type { DirectorOptions } from '../../director/director-options.js';
import { restoreAllRules, type RestoreOptions, restoreRules } from '../../ipvsadm/restore.js';
import type { KernelRelease } from '../../model/kernel-profile.js';
import { applyRules } from '../../operations/apply-rules.js';
import { applyTunables } from '../../operations/apply-tunables.js';
import type { TextWarning, UnderstoodText } from '../../operations/understood-text.js';
import { seededRandom } from '../../random.js';
import { EXIT, InputError } from '../command.js';
import { isFault } from '../reported-message.js';
import { loadKeepalived, type RulesFile, understandFile, warningTexts } from '../rules-file.js';
import { type Answer, answerOf } from './answer.js';

/** What to restore, and how. */
export interface RestoreRequest {
  /** The file. */
  readonly rules: RulesFile;
  /** Whether nothing is restored when one rule is refused. */
  readonly allOrNothing: boolean;
  /** How rules are read. */
  readonly options: RestoreOptions;
  /** The kernel whose decisions are made; default the newest. */
  readonly kernel?: KernelRelease;
}

/** A director after its rules were restored. */
export interface Restored {
  /** The director. */
  readonly director: Director;
  /** What was answered to the rules. */
  readonly answer: Answer;
}

/** The exit status of `keepalived -t` for a file with faults. */
const KEEPALIVED_FAULTS = 5;

/**
 * Restores the rules of a file on a fresh director.
 *
 * @param request - The file, and how it is restored.
 * @returns The director, and what was answered.
 * @throws {InputError} When the file is not understood.
 */
export function restoredDirector(request: RestoreRequest): Restored {
  const { rules, allOrNothing, options, kernel } = request;
  const made: DirectorOptions = {
    clock: new ManualClock(),
    random: seededRandom(1),
    ...(kernel !== undefined && { kernel }),
  };
  const director = new Director(made);
  const { strict = false, hosts } = options;
  const text = understandFile(rules, { strict, ...(hosts !== undefined && { hosts }) });
  if (text.keepalived !== undefined) return { director, answer: load(request, text, director) };
  if (text.kind === 'ipvsadm') {
    const answer = allOrNothing
      ? answerOf(undefined, () => restoreAllRules(text.rules, director, options))
      : { command: undefined, ...restoreRules(text.rules, director, options) };
    return { director, answer };
  }
  const answer = follow(request, text, director);
  const following = { countsWithoutConnections: true };
  const listed = rules.reader?.follow(director, text, made, following);
  return { director: listed ?? director, answer };
}

/** A keepalived.conf: what it says is loaded as far as it goes; a fatal fault loads nothing. */
function load(
  { rules, allOrNothing }: RestoreRequest,
  text: UnderstoodText,
  director: Director,
): Answer {
  const messages = loadKeepalived(rules, text, director);
  const fault = messages.find(
    ({ severity }) => severity === 'fatal' || (allOrNothing && severity === 'error'),
  );
  if (fault !== undefined) throw new InputError(fault.text);
  const exitStatus = messages.some(isFault) ? KEEPALIVED_FAULTS : EXIT.ok;
  const answer = { command: undefined, exitStatus, output: '', errors: [] };
  return { ...answer, messages: messages.map((message) => message.text) };
}

/** A script, a listing or settings: each line that the tool would refuse is reported, and the next one is done. */
function follow(
  { rules, allOrNothing, options }: RestoreRequest,
  text: UnderstoodText,
  director: Director,
): Answer {
  let idle: readonly TextWarning[] = [];
  const answer = allOrNothing
    ? answerOf(undefined, () => {
        idle = applyRules(text, director, options);
        return '';
      })
    : {
        command: undefined,
        ...restoreRules(text.rules, director, { ...options, everyLine: true }),
      };
  const warnings = [...text.warnings, ...idle, ...applyTunables(text.tunables, director)];
  return { ...answer, messages: warningTexts(rules, warnings) };
}
