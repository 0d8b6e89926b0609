/**
 * `ipvs admin`: ipvsadm without a kernel. Rules in, any listing out.
 *
 * The rules are restored on a director of their own; then the commands behind `--` are done one after the
 * other. The first refusal that would end the tool ends this one, with the tool's own exit status.
 */
import { executeInPortions } from '../../ipvsadm/execute.js';
import { parseArguments } from '../../ipvsadm/parse.js';
import { type Answer, answerAsJson, answerOf, printAnswer } from '../admin/answer.js';
import { serviceAsJson } from '../admin/as-json.js';
import { divideWords } from '../admin/command-lines.js';
import { resolveHosts } from '../admin/host-names.js';
import { PROC_FILES, PROC_NAMES, type ProcName } from '../admin/proc-files.js';
import { restoredDirector, type Restored, type RestoreRequest } from '../admin/restored.js';
import { EXIT, UsageError, type Command } from '../command.js';
import type { Io } from '../io.js';
import { KERNEL_OPTION, kernelOption } from '../director-options.js';
import { choiceOption, readArguments } from '../options.js';
import { readRulesFile, STANDARD_INPUT } from '../rules-file.js';

/** What is done when no command is given. */
const DEFAULT_COMMANDS: readonly (readonly string[])[] = [['-L', '-n']];

/** What the command line asks for. */
interface Request extends RestoreRequest {
  readonly commands: readonly (readonly string[])[];
  readonly json: boolean;
  readonly proc: ProcName | undefined;
}

/** The `admin` command. */
export const admin: Command = {
  name: 'admin',
  operands: '[RULES]',
  get description() {
    return `
Restores the rules in the file RULES (or the example of that name), or on standard input
('-' or nothing), on a fresh director, then does the ipvsadm commands behind '--', divided by ';'. Default: -L -n.
RULES may also be a shell script that calls ipvsadm, a keepalived.conf, a listing of 'ipvsadm -L' in any form, or
/proc/net/ip_vs and ip_vs_conn; what such a text does not say is reported.

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
    proc: {
      value: 'FILE',
      help: `print /proc/net/FILE instead of a listing: ${Object.keys(PROC_FILES).join(', ')}`,
    },
    ...KERNEL_OPTION,
    json: { help: 'print one JSON document: the answers, and all services with every setting' },
  },
  async run(argv, io) {
    const divided = divideWords(argv);
    const { own } = divided;
    const args = readArguments(own, this.options);
    const { values, operands } = args;
    const path = operands[0] ?? (io.in.isTerminal ? undefined : STANDARD_INPUT);
    if (path === undefined || operands.length > 1) {
      const got = operands.join(' ') || 'none';
      throw new UsageError(`expected one file of rules, got ${got}; commands follow --`);
    }
    const rules = await readRulesFile(path, io);
    const proc = choiceOption(args, 'proc', PROC_NAMES);
    const usual = proc === undefined ? DEFAULT_COMMANDS : [];
    const commands = divided.commands.length > 0 ? divided.commands : usual;
    const reading = { strict: values['strict'] === true, exactSave: values['exact-save'] === true };
    const options =
      values['resolve'] === true
        ? { ...reading, hosts: await resolveHosts(rules, commands, reading, io) }
        : reading;
    const allOrNothing = values['all-or-nothing'] === true;
    const json = values['json'] === true;
    const request = { rules, commands, allOrNothing, options, proc, json, ...kernelOption(args) };
    return administer(request, io);
  },
};

function administer(request: Request, io: Io): number {
  const restored = restoredDirector(request);
  const exitStatus = request.json
    ? printDocument(request, restored, io)
    : printAnswers(request, restored, io);
  if (request.proc !== undefined) io.out.write(PROC_FILES[request.proc](restored.director));
  return exitStatus;
}

/** All answers and services as one document. */
function printDocument(request: Request, restored: Restored, io: Io): number {
  const { director } = restored;
  const answers = [restored.answer];
  const exitStatus = answerCommands(request, restored, (words, run) => {
    const answer = answerOf(words.join(' '), () => [...run()].join(''));
    answers.push(answer);
    return answer;
  });
  const document = {
    format: 'ipvs-admin/1',
    kernel: director.kernel,
    exitStatus,
    answers: answers.map(answerAsJson),
  };
  const services = [...director.services].map(serviceAsJson);
  io.out.write(`${JSON.stringify({ ...document, services })}\n`);
  return exitStatus;
}

/** Each answer when it is there, long listings service by service. */
function printAnswers(request: Request, restored: Restored, io: Io): number {
  const { name } = request.rules;
  printAnswer(restored.answer, name, io);
  return answerCommands(request, restored, (words, run) => {
    const answer = answerOf(words.join(' '), () => {
      for (const portion of run()) io.out.write(portion);
      return '';
    });
    printAnswer(answer, name, io);
    return answer;
  });
}

/**
 * Does the commands, unless a line ended the rules, up to the first that is refused.
 *
 * @returns The exit status: that of the rules, else that of the command that was refused.
 */
function answerCommands(
  { commands, options, allOrNothing }: Request,
  { director, answer }: Restored,
  answerTo: (words: readonly string[], run: () => Iterable<string>) => Answer,
): number {
  const isPlain = answer.messages === undefined;
  const isEnded = answer.errors.some(({ endsRestore }) => allOrNothing || (isPlain && endsRestore));
  let refused: number = EXIT.ok;
  for (const words of isEnded ? [] : commands) {
    const next = answerTo(words, () =>
      executeInPortions(parseArguments(words, options), director, options),
    );
    refused = next.exitStatus;
    if (refused !== EXIT.ok) break;
  }
  return answer.exitStatus === EXIT.ok ? refused : answer.exitStatus;
}
