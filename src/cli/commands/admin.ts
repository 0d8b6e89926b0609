/**
 * `ipvs admin`: ipvsadm without a kernel. Rules in, any listing out.
 *
 * The rules are restored on a director of their own; then the commands behind `--` are done one after the
 * other. The first refusal that would end the tool ends this one, with the tool's own exit status.
 */
import { Director } from '../../director/director.js';
import { ManualClock } from '../../clock.js';
import { seededRandom } from '../../random.js';
import { schedulersByName } from '../../schedulers/create-scheduler.js';
import {
  executeCommand,
  IpvsadmError,
  parseArguments,
  restoreAllRules,
  restoreRules,
} from '../../ipvsadm/index.js';
import { serviceAsJson } from '../admin/as-json.js';
import { divideWords } from '../admin/command-lines.js';
import { EXIT, UsageError, type Command } from '../command.js';
import type { Io } from '../io.js';
import { readArguments } from '../options.js';
import { readRulesFile, refusalText, type RulesFile, STANDARD_INPUT } from '../rules-file.js';

/** What is done when no command is given. */
const DEFAULT_COMMANDS: readonly (readonly string[])[] = [['-L', '-n']];

/** What the command line asks for. */
interface Request {
  readonly rules: RulesFile;
  readonly commands: readonly (readonly string[])[];
  readonly allOrNothing: boolean;
  readonly exactSave: boolean;
  readonly json: boolean;
}

/** What was answered to one command, or to the rules as a whole. */
interface Answer {
  /** The command; `undefined` for the rules. */
  readonly command: string | undefined;
  readonly exitStatus: number;
  readonly output: string;
  readonly errors: readonly IpvsadmError[];
}

/** The `admin` command. */
export const admin: Command = {
  name: 'admin',
  summary: 'restore rules and list, save or change them, as ipvsadm does',
  operands: '[RULES]',
  get description() {
    return `
Restores the ipvsadm rules in the file RULES (or the example of that name), or on standard input
('-' or nothing), on a fresh director, then does the ipvsadm commands that stand behind '--', divided by ';'. Default: -L -n.

  ipvs admin rules.txt -- -L -n --stats
  ipvs admin rules.txt -- '-E -t 10.0.0.1:80 -s mh; -S -n'
  ssh director ipvsadm -S -n | ipvs admin -- -L -n --thresholds

A line that is refused is reported with file, line and column, and skipped or ends the restore, as with
'ipvsadm -R'. Exits as ipvsadm does: 0, or 1, 2, 255 for what it refuses; 2 on wrong usage of this command.`;
  },
  options: {
    'all-or-nothing': { help: 'restore no rule at all when one would be refused' },
    'exact-save': { help: 'let -S forget what the tool forgets, thresholds among it' },
    json: { help: 'print one JSON document: the answers, and all services with every setting' },
  },
  run(argv, io) {
    const { own, commands } = divideWords(argv);
    const { values, operands } = readArguments(own, this.options);
    const path = operands[0] ?? (io.in.isTerminal ? undefined : STANDARD_INPUT);
    if (path === undefined || operands.length > 1) {
      const got = operands.join(' ') || 'none';
      throw new UsageError(`expected one file of rules, got ${got}; commands follow --`);
    }
    return administer(
      {
        rules: readRulesFile(path, io),
        commands: commands.length > 0 ? commands : DEFAULT_COMMANDS,
        allOrNothing: values['all-or-nothing'] === true,
        exactSave: values['exact-save'] === true,
        json: values['json'] === true,
      },
      io,
    );
  },
};

function administer(request: Request, io: Io): number {
  const director = new Director({
    schedulers: schedulersByName,
    clock: new ManualClock(),
    random: seededRandom(1),
  });
  const answers = answersOf(request, director);
  const exitStatus = answers.at(-1)?.exitStatus ?? EXIT.ok;
  if (request.json) {
    const services = [...director.services].map(serviceAsJson);
    const document = { format: 'ipvs-admin/1', exitStatus, answers: answers.map(answerAsJson) };
    io.out.write(`${JSON.stringify({ ...document, services })}\n`);
  } else for (const answer of answers) print(answer, request.rules.name, io);
  return exitStatus;
}

/** Restores the rules and does the commands, up to the first that is refused. */
function answersOf(request: Request, director: Director): Answer[] {
  const answers = [restore(request, director)];
  for (const words of request.commands) {
    if (answers.at(-1)?.exitStatus !== 0) break;
    const run = (): string => executeCommand(parseArguments(words), director, request);
    answers.push(answer(words.join(' '), run));
  }
  return answers;
}

function restore(request: Request, director: Director): Answer {
  const { text } = request.rules;
  if (request.allOrNothing) {
    return answer(undefined, () => restoreAllRules(text, director, request));
  }
  return { command: undefined, ...restoreRules(text, director, request) };
}

function answer(command: string | undefined, run: () => string): Answer {
  try {
    return { command, exitStatus: EXIT.ok, output: run(), errors: [] };
  } catch (error) {
    if (!(error instanceof IpvsadmError)) throw error;
    return { command, exitStatus: error.exitStatus, output: '', errors: [error] };
  }
}

function print({ command, output, errors }: Answer, file: string, io: Io): void {
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
    errors: errors.map(({ line, column, text, message, code }) => {
      return { line, column, text, message: message.trimEnd(), code };
    }),
  };
}
