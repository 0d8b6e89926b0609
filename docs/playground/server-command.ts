/**
 * The commands behind the buttons of a server.
 */

/**
 * The command that gives a server another weight. It repeats all other settings, since what an edit
 * leaves out has its default afterwards.
 *
 * @param rule - The rule that adds the server.
 * @param weight - The weight.
 * @returns The line.
 */
export function weightCommand(rule: string, weight: number): string {
  return rule.replace('-a ', '-e ').replace(/ -w \d+/, ` -w ${weight}`);
}

/**
 * The command that removes a server.
 *
 * @param rule - The rule that adds the server.
 * @returns The line.
 */
export function removeCommand(rule: string): string {
  return rule.replace(/^-a (.* -r \S+).*$/, '-d $1');
}
