/**
 * Files of rules, for every command that takes one: a path, the name of an example, or `-` for
 * standard input; rules, or whatever else rules can be read from. A refused line is reported in one form: file,
 * line, column, ipvsadm's own message.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Director } from '../director/director.js';
import type { CommandedDirector } from '../keepalived/machine/director-kernel.js';
import { IpvsadmError } from '../ipvsadm/error.js';
import { applyRules } from '../operations/apply-rules.js';
import { applyTunables } from '../operations/apply-tunables.js';
import { TextError } from '../operations/text-error.js';
import { plainRules } from '../operations/plain-rules.js';
import { twinFiles } from '../operations/twin-files.js';
import type { UnderstandOptions } from '../operations/understand.js';
import type { TextWarning, UnderstoodText } from '../operations/understood-text.js';
import { InputError } from './command.js';
import { decodeText } from './decode-text.js';
import { fileErrorReason } from './file-error.js';
import type { Io } from './io.js';
import type { NamedText } from './named-text.js';
import { exampleNames, examplePath } from './package-files.js';
import { isFault, type ReportedMessage } from './reported-message.js';
import type { TextReader } from './pasted-text.js';
import { readerFor } from './text-reader.js';

/** How standard input is named, as an operand. */
export const STANDARD_INPUT = '-';
/** Longer messages, and longer pieces of a line in them, are cut. */
const LONGEST_MESSAGE = 200;
const LONGEST_TEXT = 60;

/** A text of files. */
interface FoundText extends NamedText {
  /** Whether it is the folder of a twin, whose listings have the newest server first. */
  readonly isTwin?: boolean;
}

/** A file of rules. */
export interface RulesFile extends FoundText {
  /** Reads it; absent for plain rules. */
  readonly reader?: TextReader | undefined;
}

/**
 * Reads a file of rules, and loads what it takes to understand it.
 *
 * @param name - A path, the name of an example, or `-`.
 * @param io - Where standard input comes from.
 * @returns The rules.
 * @throws {InputError} When there is no such file, or it is no text.
 */
export async function readRulesFile(name: string, io: Io): Promise<RulesFile> {
  return withReader(readTextFile(name, io));
}

/**
 * Loads what it takes to understand a text.
 *
 * @param file - The text.
 * @returns The rules.
 */
export async function withReader(file: FoundText): Promise<RulesFile> {
  return { ...file, reader: await readerFor(file.text, file.isTwin === true) };
}

/**
 * Reads a text.
 *
 * @param name - A path, the name of an example, or `-`.
 * @param io - Where standard input comes from.
 * @returns The text.
 * @throws {InputError} When there is no such file, or it is no text.
 */
export function readTextFile(name: string, io: Io): FoundText {
  const file = name === STANDARD_INPUT ? readInput(io) : readPath(name);
  if (file.text.includes('\0')) throw new InputError(`${file.name}: is not a text file`);
  return file;
}

/**
 * Understands a file, whatever kind of text it is.
 *
 * @param file - The file.
 * @param options - How it is read.
 * @returns What it comes to.
 * @throws {InputError} With file and line of what is not understood.
 */
export function understandFile(file: RulesFile, options: UnderstandOptions = {}): UnderstoodText {
  const { text, reader, isTwin = false } = file;
  if (reader === undefined) return plainRules(text, options.strict);
  try {
    const kind = isTwin ? ({ kind: 'listing' } as const) : {};
    return reader.understand(file, { newestFirst: isTwin, ...kind, ...options });
  } catch (error) {
    if (!(error instanceof TextError)) throw error;
    throw new InputError(`${file.name}:${error.line}: ${error.message}`);
  }
}

/**
 * Does all rules of a file, on a director made for them: of no use when one is refused.
 *
 * @param file - The file.
 * @param director - Receives the rules.
 * @param text - What it comes to; default: it is read for that.
 * @returns What is to be said of it, each with file and line.
 * @throws {InputError} With file, line and column of the first that is refused.
 */
export function restoreRulesFile(
  file: RulesFile,
  director: Director,
  text: UnderstoodText = understandFile(file),
): string[] {
  if (text.keepalived !== undefined) {
    const said = loadKeepalived(file, text, director);
    const dropped = said.find(isFault);
    if (dropped !== undefined) throw new InputError(dropped.text);
    return said.map((message) => message.text);
  }
  try {
    const idle = applyRules(text, director);
    const unknown = applyTunables(text.tunables, director);
    return warningTexts(file, [...text.warnings, ...idle, ...unknown]);
  } catch (error) {
    if (!(error instanceof IpvsadmError)) throw error;
    throw new InputError(refusalText(`${file.name}:${error.line}:`, error));
  }
}

/**
 * Puts the rules of a keepalived.conf on a director.
 *
 * @param file - The file.
 * @param text - What it says.
 * @param director - The director.
 * @returns What is to be said, in order; nothing when it is no keepalived.conf.
 */
export function loadKeepalived(
  file: RulesFile,
  { keepalived }: UnderstoodText,
  director: CommandedDirector,
): ReportedMessage[] {
  return (keepalived && file.reader?.load(file, keepalived, director)) ?? [];
}

/**
 * Warnings with the file's name.
 *
 * @param file - The file.
 * @param warnings - The warnings.
 * @returns For example `listing.txt:3: /proc/net/ip_vs shows no thresholds`.
 */
export function warningTexts({ name }: RulesFile, warnings: readonly TextWarning[]): string[] {
  return warnings.map(({ line, text }) => `${name}:${line === 0 ? '' : `${line}:`} ${text}`);
}

/**
 * Reports a refused rule.
 *
 * @param where - What stands in front of the column: the file and line, or the command.
 * @param error - The refusal.
 * @returns For example `a.rules:3:40: illegal weight specified, at 'many'`.
 */
export function refusalText(where: string, error: IpvsadmError): string {
  const { column, message, text, hint } = error;
  const known = text === '' || message.includes(text);
  const place = known ? '' : `, at '${cut(text, LONGEST_TEXT)}'`;
  // The tool's advice to try its help names a path that need not exist here.
  if (message.startsWith('Try ')) return `${where}${column}: ${hint}${place}`;
  const advice = hint === '' ? '' : `; ${hint}`;
  return `${where}${column}: ${cut(message, LONGEST_MESSAGE)}${place}${advice}`;
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

function readInput(io: Io): FoundText {
  try {
    return { name: 'standard input', text: io.in.read() };
  } catch (error) {
    throw new InputError(`standard input: cannot be read: ${fileErrorReason(error)}`);
  }
}

/** The folder of a twin: its files one after the other. */
function readFolder(path: string): FoundText {
  const names = twinFiles(readdirSync(path));
  if (names.length === 0) {
    throw new InputError(`${path}: is a folder, and none that 'ipvs twin --script' wrote`);
  }
  const texts = names.map((name) => decodeText(readFileSync(join(path, name))));
  return { name: path, text: texts.join('\n'), isTwin: true };
}

function readPath(name: string): FoundText {
  const path = existsSync(name) ? name : (examplePath(name) ?? name);
  try {
    if (existsSync(path) && statSync(path).isDirectory()) return readFolder(path);
    return { name: path, text: decodeText(readFileSync(path)) };
  } catch (error) {
    const examples = `examples are ${exampleNames().join(', ')}`;
    const advice = (error as NodeJS.ErrnoException).code === 'ENOENT' ? `; ${examples}` : '';
    throw new InputError(`${path}: cannot be read: ${fileErrorReason(error)}${advice}`);
  }
}
