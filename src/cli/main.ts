/**
 * The `ipvs` command from its words to its exit code.
 */
import { EXIT, InputError, type OptionTable, UsageError, type Command } from './command.js';
import { COMMANDS } from './commands.js';
import type { Io } from './io.js';
import { describeOptions } from './options.js';
import { packageVersion } from './package-files.js';

const helpOption: OptionTable = { help: { help: 'show this help' } };
const globalOptions: OptionTable = {
  ...helpOption,
  version: { help: 'show the version' },
};

/**
 * Runs the command.
 *
 * @param argv - The words after `ipvs`.
 * @param io - The world.
 * @returns The exit code: see {@link EXIT}.
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const [word, ...rest] = argv;
  const command = COMMANDS.find(({ name }) => name === word);
  if (command === undefined) return withoutCommand(word, rest, io);
  if (asksForHelp(rest)) {
    io.out.write(helpOf(command));
    return EXIT.ok;
  }
  try {
    return await command.run(rest, io);
  } catch (error) {
    return refuse(`ipvs ${command.name}`, error, io);
  }
}

function withoutCommand(word: string | undefined, rest: readonly string[], io: Io): number {
  if (word === '--version' || word === '-V') {
    io.out.write(`ipvs ${packageVersion()}\n`);
    return EXIT.ok;
  }
  if (word === 'help' && rest[0] !== undefined) return explain(rest[0], io);
  if (word === '--help' || word === '-h' || word === 'help') {
    io.out.write(overview());
    return EXIT.ok;
  }
  return refuse('ipvs', notACommand(word), io);
}

function explain(name: string, io: Io): number {
  const command = COMMANDS.find((each) => each.name === name);
  if (command === undefined) return refuse('ipvs help', notACommand(name), io);
  io.out.write(helpOf(command));
  return EXIT.ok;
}

function notACommand(word: string | undefined): UsageError {
  const allowed = [...COMMANDS.map(({ name }) => name), ...Object.keys(globalOptions).map(dashed)];
  const problem = word === undefined ? 'a command is missing' : `unknown command '${word}'`;
  return new UsageError(`${problem}; expected one of ${allowed.join(', ')}`);
}

function refuse(who: string, error: unknown, io: Io): number {
  if (!(error instanceof UsageError) && !(error instanceof InputError)) throw error;
  io.err.write(`${who}: ${error.message}\n`);
  if (error instanceof UsageError) io.err.write(`Try '${who} --help' for more.\n`);
  return EXIT.refused;
}

/** Whether help is asked for, in front of a `--` that ends the options. */
function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  const options = end < 0 ? words : words.slice(0, end);
  return options.includes('--help') || options.includes('-h');
}

function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  const rows = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}\n`);
  return [
    'Usage: ipvs COMMAND [OPTIONS]\n\nThe Linux Virtual Server, outside the kernel.\n\nCommands:\n',
    ...rows,
    `\nOptions:\n${describeOptions(globalOptions)}`,
    "\n'ipvs COMMAND --help' explains a command.\n",
    "Exit codes: 0 done, 1 done and something differs, 2 refused; those of admin are ipvsadm's.\n",
  ].join('');
}

function helpOf(command: Command): string {
  const options = describeOptions({ ...command.options, ...helpOption });
  return `Usage: ipvs ${command.name} ${command.operands} [OPTIONS]\n\n${command.description.trim()}\n\nOptions:\n${options}`;
}

function dashed(name: string): string {
  return `--${name}`;
}
