/**
 * Files of rules, for every command that takes one: a path, the name of an example, or `-` for
 * standard input; rules, or whatever else rules can be read from. A refused line is reported in one form: file,
 * line, column, ipvsadm's own message.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Director } from '../director/director.js';
import { IpvsadmError } from '../ipvsadm/error.js';
import { applyRules } from '../operations/apply-rules.js';
import { applyTunables } from '../operations/apply-tunables.js';
import { TextError } from '../operations/text-error.js';
import { understand, type UnderstandOptions } from '../operations/understand.js';
import { twinFiles } from '../operations/twin.js';
import type { TextWarning, UnderstoodText } from '../operations/understood-text.js';
import { InputError } from './command.js';
import { fileErrorReason } from './file-error.js';
import type { Io } from './io.js';
import { isFault, loadParsed, parseOptionsOf } from './keepalived-file.js';
import { exampleNames, examplePath } from './package-files.js';

/** How standard input is named, as an operand. */
export const STANDARD_INPUT = '-';
/** Longer messages, and longer pieces of a line in them, are cut. */
const LONGEST_MESSAGE = 200;
const LONGEST_TEXT = 60;

/** A file of rules. */
export interface RulesFile {
  /** What it is called in messages. */
  readonly name: string;
  /** The rules. */
  readonly text: string;
  /** Whether it is the folder of a twin, whose listings have the newest server first. */
  readonly isTwin?: boolean;
}

/**
 * Reads a file of rules.
 *
 * @param name - A path, the name of an example, or `-`.
 * @param io - Where standard input comes from.
 * @returns The rules.
 * @throws {InputError} When there is no such file, or it is no text.
 */
export function readRulesFile(name: string, io: Io): RulesFile {
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
  try {
    const { isTwin = false } = file;
    const kind = isTwin ? ({ kind: 'listing' } as const) : {};
    const reading = { keepalived: parseOptionsOf(file), newestFirst: isTwin, ...kind };
    return understand(file.text, { ...reading, ...options });
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
  const { keepalived } = text;
  if (keepalived !== undefined) {
    const said = loadParsed(file, keepalived, director);
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

function readInput(io: Io): RulesFile {
  try {
    return { name: 'standard input', text: io.in.read() };
  } catch (error) {
    throw new InputError(`standard input: cannot be read: ${fileErrorReason(error)}`);
  }
}

/** The folder of a twin: its files one after the other. */
function readFolder(path: string): RulesFile {
  const names = twinFiles(readdirSync(path));
  if (names.length === 0) {
    throw new InputError(`${path}: is a folder, and none that 'ipvs twin --script' wrote`);
  }
  const texts = names.map((name) => readFileSync(join(path, name), 'utf8'));
  return { name: path, text: texts.join('\n'), isTwin: true };
}

function readPath(name: string): RulesFile {
  const path = existsSync(name) ? name : (examplePath(name) ?? name);
  try {
    if (existsSync(path) && statSync(path).isDirectory()) return readFolder(path);
    return { name: path, text: readFileSync(path, 'utf8') };
  } catch (error) {
    const examples = `examples are ${exampleNames().join(', ')}`;
    const advice = (error as NodeJS.ErrnoException).code === 'ENOENT' ? `; ${examples}` : '';
    throw new InputError(`${path}: cannot be read: ${fileErrorReason(error)}${advice}`);
  }
}
