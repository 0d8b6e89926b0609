/**
 * What an edit changes without naming it: `-e` and `-E` set every setting, those that are not written to their
 * defaults. Source: recorded answers.
 */
import type { CommandServer, CommandServiceSettings } from '../../ipvsadm/command.js';
import type { ForwardingMethod } from '../../model/forwarding-method.js';
import type { LintLine, LintServer } from './subject.js';

const METHOD_OPTIONS: Readonly<Record<ForwardingMethod, string>> = {
  masquerading: '-m',
  gatewaying: '-g',
  tunneling: '-i',
};

/** Whether a line has one of some options, in any spelling. */
function names({ text }: LintLine, options: RegExp): boolean {
  return options.test(text);
}

/**
 * What a `-e` changes without naming it.
 *
 * @param old - The server before.
 * @param next - The server behind it.
 * @param line - The line.
 * @returns One phrase for each setting.
 */
export function silentServerChanges(
  old: LintServer,
  next: CommandServer,
  line: LintLine,
): readonly string[] {
  const silent: string[] = [];
  const method = next.forwardingMethod;
  if (method !== old.method && !names(line, /\s-\w*[gim]\b|\s--(?:gate|ipip|masq)/)) {
    silent.push(
      `the method becomes ${METHOD_OPTIONS[method]}, it was ${METHOD_OPTIONS[old.method]}`,
    );
  }
  if (next.weight !== old.weight && !names(line, /\s-\w*w|\s--weight/)) {
    silent.push(`the weight becomes ${next.weight}, it was ${old.weight}`);
  }
  if (next.upperThreshold !== old.upperThreshold && !names(line, /\s-\w*x|\s--u-thr/)) {
    silent.push(`the upper threshold of ${old.upperThreshold} goes`);
  }
  if (next.lowerThreshold !== old.lowerThreshold && !names(line, /\s-\w*y|\s--l-thr/)) {
    silent.push(`the lower threshold of ${old.lowerThreshold} goes`);
  }
  return silent;
}

/**
 * What a `-E` changes without naming it.
 *
 * @param old - The settings before.
 * @param next - The settings behind it.
 * @param line - The line.
 * @returns One phrase for each setting.
 */
export function silentServiceChanges(
  old: CommandServiceSettings,
  next: CommandServiceSettings,
  line: LintLine,
): readonly string[] {
  const silent: string[] = [];
  if (next.scheduler !== old.scheduler && !names(line, /\s-\w*s\b|\s--scheduler/)) {
    silent.push(`the scheduler becomes ${next.scheduler}, it was ${old.scheduler}`);
  }
  if (old.persistence !== false && next.persistence === false) {
    silent.push(`the persistence of ${old.persistence.timeoutSeconds} s goes`);
  }
  if (old.schedulerFlags !== 0 && next.schedulerFlags === 0)
    silent.push("the scheduler's flags go");
  if (old.onePacket && !next.onePacket) silent.push('one-packet scheduling goes');
  return silent;
}
