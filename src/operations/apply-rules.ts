/**
 * Does the rules of a text that was understood, on a director made for them.
 */
import type { Administrator } from '../ipvsadm/administrator.js';
import { IpvsadmError } from '../ipvsadm/error.js';
import type { ParseOptions } from '../ipvsadm/parse-options.js';
import { restoreRules, restoreUntilRefused } from '../ipvsadm/restore.js';
import type { RuleLine } from '../ipvsadm/numbered-lines.js';
import type { TextWarning, UnderstoodText } from './understood-text.js';

/** What a script may delete without its being there: it begins by cleaning up. */
const CLEANING = /^(?:-D|-d|--delete-service|--delete-server|--stop-daemon)(?:\s|$)/;

/**
 * Does all rules of a text. When one is refused, those before it are done, so the administrator is one that is made for
 * them and then of no use.
 *
 * A script that begins by deleting what is not there does no harm: its tool complains, and so is said here.
 *
 * @param text - What was understood; not a keepalived.conf.
 * @param administrator - Receives the rules.
 * @param options - How rules are read.
 * @returns What is to be said of rules that had nothing to do.
 * @throws {IpvsadmError} The first refusal.
 */
export function applyRules(
  { kind, rules }: Pick<UnderstoodText, 'kind' | 'rules'>,
  administrator: Administrator,
  options: ParseOptions = {},
): TextWarning[] {
  if (kind !== 'script') {
    restoreUntilRefused(rules, administrator, options);
    return [];
  }
  const { errors } = restoreRules(rules, administrator, { ...options, everyLine: true });
  const fault = errors.find((error) => !isCleaning(rules, error));
  if (fault !== undefined) throw fault;
  return errors.map(({ line, message }) => ({ line, text: `${message}, so nothing was deleted` }));
}

function isCleaning(rules: Iterable<RuleLine>, error: IpvsadmError): boolean {
  const isMissing = /_NOT_FOUND$|_NOT_RUNNING$/.test(error.code);
  return (
    isMissing && [...rules].some(({ line, text }) => line === error.line && CLEANING.test(text))
  );
}
