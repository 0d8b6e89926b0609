/**
 * What the rule language answers to a line it cannot do: the tool's own message and exit status.
 *
 * | the line                                                       | exit status |
 * | -------------------------------------------------------------- | ----------- |
 * | is wrong: a value, or options that do not go together          | 2           |
 * | has no command, an unknown option, or an option without value  | 255         |
 * | is refused by the director                                     | 255         |
 * | asks for a list of what is not there                           | 1           |
 */
import { type ErrorCode, IpvsError } from '../errors.js';

/** The exit statuses of a refused line: 255 for the line alone, 2 or 1 when a restore ends with it. */
export type ExitStatus = 1 | 2 | 255;

/** Where and why a line was refused. */
export interface IpvsadmErrorDetails {
  /** The exit status; default 2. */
  readonly exitStatus?: ExitStatus;
  /** What kind of clash it was; default `ERR_RULE`: the line itself is wrong. */
  readonly code?: ErrorCode;
  /** The offending text; default empty: something is missing. */
  readonly text?: string;
  /** The line's number, from 1; default 1. */
  readonly line?: number;
  /** The column of the offending text, from 1; default 1. */
  readonly column?: number;
  /** Whether a restore ends here in spite of exit status 255; default `false`. */
  readonly final?: boolean;
  /** What the reader may do about it, in this library's words; default empty. */
  readonly hint?: string;
  /** How many line ends follow the message; default 1. */
  readonly lineEnds?: number;
}

/** A line of the rule language that was refused. */
export class IpvsadmError extends IpvsError {
  /** The tool's exit status. */
  readonly exitStatus: ExitStatus;
  /** The offending text as it was written; empty when something is missing. */
  readonly text: string;
  /** The line's number, from 1. */
  readonly line: number;
  /** The column of the offending text, from 1. */
  readonly column: number;
  /** What the tool writes to its standard error: the message and the line ends after it. */
  readonly output: string;
  /** Whether a restore ends with this line. */
  readonly endsRestore: boolean;
  /** What the reader may do about it, in this library's words; empty when the message says it all. */
  readonly hint: string;
  private readonly details: IpvsadmErrorDetails;

  /**
   * @param message - The tool's message.
   * @param details - The rest.
   */
  constructor(message: string, details: IpvsadmErrorDetails = {}) {
    super(details.code ?? 'ERR_RULE', message);
    this.name = 'IpvsadmError';
    this.exitStatus = details.exitStatus ?? 2;
    this.text = details.text ?? '';
    this.line = details.line ?? 1;
    this.column = details.column ?? 1;
    this.output = message + '\n'.repeat(details.lineEnds ?? 1);
    this.endsRestore = this.exitStatus !== 255 || details.final === true;
    this.hint = details.hint ?? '';
    this.details = details;
  }

  /**
   * The same error in another line.
   *
   * @param line - The line's number, from 1.
   * @param whole - The line; when the error points nowhere, it points to all of it.
   * @returns A new error.
   */
  inLine(line: number, whole: string): IpvsadmError {
    const { column } = this.details;
    const pointed = this.text !== '' || whole.trim() === '';
    const wholeLine = { text: whole.trim(), column: whole.search(/\S/) + 1 };
    const found = { column: column ?? columnOf(this.text, whole) };
    const place = pointed ? found : wholeLine;
    return new IpvsadmError(this.message, { ...this.details, line, ...place });
  }
}

/**
 * The answer to a line that does not begin with a command.
 *
 * @param text - The offending word; empty when there is none.
 * @param column - Its column, from 1.
 * @returns The error.
 */
export function tryHelp(text: string, column: number): IpvsadmError {
  const message = "Try `/usr/sbin/ipvsadm -h' or '/usr/sbin/ipvsadm --help' for more information.";
  const hint = 'expected a command, such as -A or -a, at the start of the line';
  return new IpvsadmError(message, { exitStatus: 255, final: true, text, column, hint });
}

/** Where a name is in a line: as the value of an option, joined to it or not. */
function columnOf(name: string, line: string): number {
  const at = line.split(name).slice(0, -1);
  let column = 1;
  for (const before of at) {
    column += before.length;
    const isStart = /(?:\s-\w+|[\s=])$/.test(line.slice(0, column - 1));
    const isEnd = !/^\S/.test(line.slice(column - 1 + name.length));
    if (isStart && isEnd) return column;
    column += name.length;
  }
  return 1;
}
