/**
 * Reads a line of the rule language.
 *
 * Faults are found in the tool's own order: the first option, the options from left to right, the
 * words that are no options, the scheduler's flags, the options a command needs or refuses, and what
 * does not go together. What only a director can know comes when the command is done.
 * Source: ipvsadm(8), and recorded messages.
 */
import { MAX_PERSISTENCE_SECONDS } from '../services/persistence-settings.js';
import { checkCommandOptions } from './allowed-options.js';
import type { Command } from './command.js';
import { Draft } from './draft.js';
import { IpvsadmError, tryHelp } from './error.js';
import { readNumber } from './number.js';
import type { CommandName } from './options.js';
import { startDaemonCommand } from './parse-daemon.js';
import type { ParseOptions } from './parse-options.js';
import { listCommand } from './parse-list.js';
import { deleteServerCommand, serverCommand } from './parse-server.js';
import { serviceCommand, serviceOf } from './parse-service.js';
import { scan } from './scan.js';
import { readSchedulerFlags } from './scheduler-flags.js';
import { splitLine, type Word, withoutToolName } from './split.js';
import { requireTextOptions } from './text-options.js';

/**
 * Reads one line.
 *
 * @param line - The line, such as `-A -t 192.168.0.1:80 -s wlc`; a leading `ipvsadm` is dropped, and
 *   a line with no words means `-L`.
 * @param lineNumber - Its number for messages, from 1; default 1.
 * @param options - How rules are read.
 * @returns What it means.
 * @throws {IpvsadmError} When it is no command of the language, with the tool's message.
 * @example
 * {@includeCode ../../docs/examples/ipvsadm-parse.ts}
 */
export function parseCommand(line: string, lineNumber = 1, options: ParseOptions = {}): Command {
  requireTextOptions(options);
  try {
    return parseWords(withoutToolName(splitLine(line, options.strict)), options);
  } catch (error) {
    throw error instanceof IpvsadmError ? error.inLine(lineNumber, line) : error;
  }
}

/**
 * Reads words that were split already, such as a program's arguments.
 *
 * @param words - The words after the tool's name.
 * @param options - How rules are read.
 * @returns What they mean.
 * @throws {IpvsadmError} When they are no command of the language.
 */
export function parseArguments(words: readonly string[], options: ParseOptions = {}): Command {
  requireTextOptions(options);
  let column = 1;
  const placed = words.map((text): Word => {
    const word = { text, column };
    column += text.length + 1;
    return word;
  });
  return parseWords(placed, options);
}

function parseWords(words: readonly Word[], options: ParseOptions): Command {
  const draft = new Draft(options.hosts);
  if (words.length === 0) draft.command = 'list';
  scan(words, draft);
  const { command } = draft;
  if (command === undefined) throw tryHelp(words[0]?.text ?? '', words[0]?.column ?? 1);
  const timeouts = command === 'set' ? takeTimeouts(draft.words) : [];
  const [unexpected] = draft.words;
  if (unexpected !== undefined) {
    throw new IpvsadmError(`unexpected argument ${unexpected.text}`, unexpected);
  }
  const { scheduler, flags } = draft.values;
  const bits = readSchedulerFlags(flags.text, scheduler.text, flags.column);
  checkCommandOptions(command, draft.present);
  return build(command, draft, bits, timeouts);
}

function build(
  command: CommandName,
  draft: Draft,
  flags: number,
  [tcpSeconds = 0, tcpFinSeconds = 0, udpSeconds = 0]: readonly number[],
): Command {
  switch (command) {
    case 'add-service':
    case 'edit-service':
      return serviceCommand(command, draft, flags);
    case 'delete-service':
      return { command, service: serviceOf(draft) };
    case 'add-server':
    case 'edit-server':
      return serverCommand(command, draft);
    case 'delete-server':
      return deleteServerCommand(draft);
    case 'list':
      return listCommand(draft);
    case 'zero':
      return draft.present.has('service-address')
        ? { command, service: serviceOf(draft) }
        : { command };
    case 'set':
      return { command, tcpSeconds, tcpFinSeconds, udpSeconds };
    case 'start-daemon':
      return startDaemonCommand(draft);
    case 'stop-daemon':
      return { command, role: draft.role };
    case 'save':
      return { command, numeric: draft.present.has('numeric') };
    default:
      return { command };
  }
}

/** Takes the three values of `--set` off the front of the collected words. */
function takeTimeouts(words: Word[]): number[] {
  const values = words.splice(0, 3);
  if (values.length < 3) throw new IpvsadmError('--set option requires 3 timeout values');
  return values.map((word) => {
    const seconds = readNumber(word.text, 0, MAX_PERSISTENCE_SECONDS);
    if (seconds !== undefined) return seconds;
    throw new IpvsadmError(`invalid timeout value \`${word.text}' specified`, word);
  });
}
