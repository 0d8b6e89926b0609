/**
 * The `ipvs` command from its words to its exit code.
 */
import { EXIT, InputError, type OptionTable, UsageError, type Command } from './command.js';
import { COMMANDS, type CommandRow } from './commands.js';
import type { Io } from './io.js';
import { describeOptions } from './options.js';
import { OutputError, ReaderGone } from './output.js';
import { packageVersion } from './package-files.js';
import { reflow, wrap } from './wrap.js';

const helpOption: OptionTable = { help: { help: 'show this help' } };
const globalOptions: OptionTable = {
  ...helpOption,
  version: { help: 'show the version' },
};

const ABOUT = `
'ipvs COMMAND --help' explains a command.

Exit codes: 0 done, 1 done and something differs, 2 refused or not written, 70 a fault of ipvs itself;
those of admin are ipvsadm's. When the reader of the output goes away early ('ipvs … | head'), the command
ends with 0.`;
const LONGEST_LINE = 100;

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
  const who = command === undefined ? 'ipvs' : `ipvs ${command.name}`;
  try {
    const code = await run(command, word, rest, io);
    io.out.flush();
    return code;
  } catch (error) {
    return fail(who, error, io);
  }
}

/**
 * The end of a command that failed: a message for the person, and the exit code.
 *
 * @param who - What failed, such as `ipvs admin`.
 * @param error - What it threw.
 * @param io - The world.
 * @returns The exit code: see {@link EXIT}.
 */
export function fail(who: string, error: unknown, io: Io): number {
  if (error instanceof ReaderGone) return EXIT.ok;
  const isExpected =
    error instanceof UsageError || error instanceof InputError || error instanceof OutputError;
  if (!isExpected) {
    io.err.write(`${who}: a fault of this program\n${stackOf(error)}\n`);
    return EXIT.fault;
  }
  io.err.write(`${who}: ${error.message}\n`);
  if (error instanceof UsageError) io.err.write(`Try '${who} --help' for more.\n`);
  return EXIT.refused;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function run(
  row: CommandRow | undefined,
  word: string | undefined,
  rest: readonly string[],
  io: Io,
): Promise<number> {
  if (row === undefined) return withoutCommand(word, rest, io);
  const command = await row.load();
  if (!asksForHelp(rest)) return command.run(rest, io);
  io.out.write(helpOf(command, io));
  return EXIT.ok;
}

async function withoutCommand(
  word: string | undefined,
  rest: readonly string[],
  io: Io,
): Promise<number> {
  if (word === '--version' || word === '-V') {
    io.out.write(`ipvs ${packageVersion()}\n`);
    return EXIT.ok;
  }
  if (word === 'help' && rest[0] !== undefined) return explain(rest[0], io);
  if (word === '--help' || word === '-h' || word === 'help') {
    io.out.write(overview(io));
    return EXIT.ok;
  }
  return fail('ipvs', notACommand(word), io);
}

async function explain(name: string, io: Io): Promise<number> {
  const row = COMMANDS.find((each) => each.name === name);
  if (row === undefined) return fail('ipvs help', notACommand(name), io);
  io.out.write(helpOf(await row.load(), io));
  return EXIT.ok;
}

function notACommand(word: string | undefined): UsageError {
  const allowed = [...COMMANDS.map(({ name }) => name), ...Object.keys(globalOptions).map(dashed)];
  const problem = word === undefined ? 'a command is missing' : `unknown command '${word}'`;
  return new UsageError(`${problem}; expected one of ${allowed.join(', ')}`);
}

/** Whether help is asked for, in front of a `--` that ends the options. */
function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  const options = end < 0 ? words : words.slice(0, end);
  return options.includes('--help') || options.includes('-h');
}

function overview(io: Io): string {
  const columns = textWidth(io);
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  const rows = COMMANDS.map(({ name, summary }) =>
    wrap(`  ${name.padEnd(width)}  ${summary}`, columns, ' '.repeat(width + 4)),
  );
  return `Usage: ipvs COMMAND [OPTIONS]

The Linux Virtual Server, outside the kernel.

Commands:
${rows.join('\n')}

Options:
${describeOptions(globalOptions, columns)}
${reflow(ABOUT, columns)}
`;
}

function helpOf(command: Command, io: Io): string {
  const columns = textWidth(io);
  const options = describeOptions({ ...command.options, ...helpOption }, columns);
  return `Usage: ipvs ${command.name} ${command.operands} [OPTIONS]

${reflow(command.description, columns)}

Options:
${options}`;
}

/** Lines that are too long are hard to read, however wide the terminal is. */
function textWidth(io: Io): number {
  return Math.min(io.out.columns, LONGEST_LINE);
}

function dashed(name: string): string {
  return `--${name}`;
}
