/**
 * Servers that stop answering: the one thing that happens to a set-up without a rule. The director does not
 * notice; a health checker would, and would take the server out by a rule.
 */

/** What happens to a server. */
export interface Outage {
  /** Address and port of the server. */
  readonly server: string;
  /** Whether it stops answering; otherwise it answers again. */
  readonly fails: boolean;
}

/**
 * Reads `fail SERVER` and `recover SERVER`.
 *
 * @param line - A command.
 * @returns What happens; `undefined` when the line is another command.
 */
export function parseOutage(line: string): Outage | undefined {
  const match = /^\s*(fail|recover)\s+(\S+)\s*$/.exec(line);
  return match === null ? undefined : { server: match[2], fails: match[1] === 'fail' };
}

/**
 * Describes a change in a few words, for those who do not read ipvsadm's language.
 *
 * @param line - A command.
 * @returns The words; empty for a rule.
 */
export function describeOutage(line: string): string {
  const outage = parseOutage(line);
  if (outage === undefined) return '';
  return `${outage.server} ${outage.fails ? 'stops answering' : 'answers again'}`;
}
