/**
 * `ipvs ctl reload`: brings a director that runs in line with a file, of any kind that `ipvs run` takes.
 */
import { planDaemonStarts } from '../../ipvsadm/plan-daemons.js';
import { saveRules } from '../../ipvsadm/save.js';
import type { ControlConnection } from '../../run/control-client.js';
import type { ControlAnswer } from '../../run/supervisor/control-messages.js';
import { directorOfRules } from '../director-of-rules.js';
import type { RulesFile } from '../rules-file.js';

/**
 * Has a director change what differs from a file.
 *
 * @param director - The director that runs.
 * @param file - The file.
 * @param dryRun - Whether nothing is changed.
 * @param warn - Takes what is to be said of the file.
 * @returns The answer, with the commands that were or would be done.
 * @throws {InputError} With file, line and column of the first rule that is refused.
 */
export async function reloadRules(
  director: ControlConnection,
  file: RulesFile,
  dryRun: boolean,
  warn: (text: string) => void,
): Promise<ControlAnswer> {
  const { director: wanted, warnings } = directorOfRules(file);
  for (const warning of warnings) warn(warning);
  const daemons = planDaemonStarts([], wanted.daemons).map((line) => `${line}\n`);
  const rules = saveRules(wanted.services) + daemons.join('');
  return director.ask({ do: 'reload', rules, dryRun });
}
