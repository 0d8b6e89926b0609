/**
 * `ipvs admin`: ipvsadm without a kernel. Rules in, any listing out.
 *
 * The rules are restored on a director of their own; then the commands behind `--` are done one after the
 * other. The first refusal that would end the tool ends this one, with the tool's own exit status.
 */
import { Director } from '../../director/director.js';
import { ManualClock } from '../../clock.js';
import { seededRandom } from '../../random.js';
import {
  executeCommand,
  IpvsadmError,
  parseArguments,
  restoreAllRules,
  type RestoreOptions,
  restoreRules,
} from '../../ipvsadm/index.js';
import { serviceAsJson } from '../admin/as-json.js';
import { divideWords } from '../admin/command-lines.js';
import { resolveHosts } from '../admin/host-names.js';
import { EXIT, InputError, UsageError, type Command } from '../command.js';
import type { Io } from '../io.js';
import { inputKindOf } from '../../operations/input-kind.js';
import { isFault, loadKeepalivedFile } from '../keepalived-file.js';
import { readArguments } from '../options.js';
import { readRulesFile, refusalText, type RulesFile, STANDARD_INPUT } from '../rules-file.js';

/** What is done when no command is given. */
const DEFAULT_COMMANDS: readonly (readonly string[])[] = [['-L', '-n']];

/** What the command line asks for. */
interface Request {
  readonly rules: RulesFile;
  readonly commands: readonly (readonly string[])[];
  readonly allOrNothing: boolean;
  readonly options: RestoreOptions;
  readonly json: boolean;
}

/** What was answered to one command, or to the rules as a whole. */
interface Answer {
  /** The command; `undefined` for the rules. */
  readonly command: string | undefined;
  readonly exitStatus: number;
  readonly output: string;
  readonly errors: readonly IpvsadmError[];
  /** What is said of a keepalived.conf. */
  readonly messages?: readonly string[];
}

/** The `admin` command. */
export const admin: Command = {
  name: 'admin',
  summary: 'restore rules and list, save or change them, as ipvsadm does',
  operands: '[RULES]',
  get description() {
    return `
Restores the ipvsadm rules in the file RULES (or the example of that name), or on standard input
('-' or nothing), on a fresh director, then does the ipvsadm commands behind '--', divided by ';'. Default: -L -n.

  ipvs admin rules.txt -- -L -n --stats
  ipvs admin rules.txt -- '-E -t 10.0.0.1:80 -s mh; -S -n'
  ssh director ipvsadm -S -n | ipvs admin -- -L -n --thresholds

A refused line is reported with file, line and column. As with 'ipvsadm -R', it is skipped or ends the
restore, and the exit status is that of the line that ended it, else of the last line; then that of the
first command that is refused: 1, 2 or 255. 2 also means wrong usage of this command.
So a refused line in the middle leaves 0: check a file with --all-or-nothing.

  ipvs admin --all-or-nothing --strict rules.txt`;
  },
  options: {
    'all-or-nothing': { help: 'restore no rule at all when one would be refused' },
    strict: { help: 'refuse what the tool refuses: comments, a byte order mark, odd blanks' },
    resolve: { help: 'resolve host names, to IPv4 as the tool does; default: refuse them' },
    'exact-save': { help: 'let -S forget what the tool forgets, thresholds among it' },
    json: { help: 'print one JSON document: the answers, and all services with every setting' },
  },
  async run(argv, io) {
    const divided = divideWords(argv);
    const { own } = divided;
    const { values, operands } = readArguments(own, this.options);
    const path = operands[0] ?? (io.in.isTerminal ? undefined : STANDARD_INPUT);
    if (path === undefined || operands.length > 1) {
      const got = operands.join(' ') || 'none';
      throw new UsageError(`expected one file of rules, got ${got}; commands follow --`);
    }
    const rules = readRulesFile(path, io);
    const commands = divided.commands.length > 0 ? divided.commands : DEFAULT_COMMANDS;
    const reading = { strict: values['strict'] === true, exactSave: values['exact-save'] === true };
    const options =
      values['resolve'] === true
        ? { ...reading, hosts: await resolveHosts(rules.text, commands, reading, io) }
        : reading;
    const allOrNothing = values['all-or-nothing'] === true;
    return administer(
      { rules, commands, allOrNothing, options, json: values['json'] === true },
      io,
    );
  },
};

function administer(request: Request, io: Io): number {
  const director = new Director({
    clock: new ManualClock(),
    random: seededRandom(1),
  });
  const answers = answersOf(request, director);
  const exitStatus = answers.find((each) => each.exitStatus !== EXIT.ok)?.exitStatus ?? EXIT.ok;
  if (request.json) {
    const services = [...director.services].map(serviceAsJson);
    const document = { format: 'ipvs-admin/1', exitStatus, answers: answers.map(answerAsJson) };
    io.out.write(`${JSON.stringify({ ...document, services })}\n`);
  } else for (const answer of answers) print(answer, request.rules.name, io);
  return exitStatus;
}

/** Restores the rules and, unless a line ended that, does the commands up to the first that is refused. */
function answersOf(request: Request, director: Director): Answer[] {
  const { commands, options, allOrNothing } = request;
  const restored = restore(request, director);
  const answers = [restored];
  if (restored.errors.some(({ endsRestore }) => allOrNothing || endsRestore)) return answers;
  for (const words of commands) {
    const run = (): string => executeCommand(parseArguments(words, options), director, options);
    const next = answer(words.join(' '), run);
    answers.push(next);
    if (next.exitStatus !== EXIT.ok) break;
  }
  return answers;
}

/** The exit status of `keepalived -t` for a file with faults. */
const KEEPALIVED_FAULTS = 5;

/** A keepalived.conf: what it says is loaded as far as it goes; a fatal fault loads nothing. */
function load(rules: RulesFile, director: Director, allOrNothing: boolean): Answer {
  const messages = loadKeepalivedFile(rules, director);
  const fault = messages.find(
    ({ severity }) => severity === 'fatal' || (allOrNothing && severity === 'error'),
  );
  if (fault !== undefined) throw new InputError(fault.text);
  const exitStatus = messages.some(isFault) ? KEEPALIVED_FAULTS : EXIT.ok;
  return {
    command: undefined,
    exitStatus,
    output: '',
    errors: [],
    messages: messages.map(({ text }) => text),
  };
}

function restore({ rules, allOrNothing, options }: Request, director: Director): Answer {
  const { text } = rules;
  if (inputKindOf(text) === 'keepalived') return load(rules, director, allOrNothing);
  if (allOrNothing) return answer(undefined, () => restoreAllRules(text, director, options));
  return { command: undefined, ...restoreRules(text, director, options) };
}

function answer(command: string | undefined, run: () => string): Answer {
  try {
    return { command, exitStatus: EXIT.ok, output: run(), errors: [] };
  } catch (error) {
    if (!(error instanceof IpvsadmError)) throw error;
    const placed = command === undefined ? error : error.inLine(1, command);
    return { command, exitStatus: error.exitStatus, output: '', errors: [placed] };
  }
}

function print({ command, output, errors, messages = [] }: Answer, file: string, io: Io): void {
  for (const message of messages) io.err.write(`ipvs admin: ${message}\n`);
  for (const error of errors) {
    const where = command === undefined ? `${file}:${error.line}:` : `${command}: column `;
    io.err.write(`ipvs admin: ${refusalText(where, error)}\n`);
  }
  io.out.write(output);
}

function answerAsJson({ command, exitStatus, output, errors }: Answer): object {
  return {
    command: command ?? null,
    exitStatus,
    output,
    errors: errors.map(({ line, column, text, message, hint, code }) => {
      return { line, column, text, message: message.trimEnd(), hint, code };
    }),
  };
}
