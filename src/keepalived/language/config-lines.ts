/**
 * The lines of a configuration as its blocks see them: includes read, conditions decided (`@id` at the start of a line),
 * parameters replaced, sequences repeated.
 */
import type { KeepalivedBehavior } from '../behavior.js';
import type { ConfigurationEnvironment } from '../environment.js';
import type { MessageLog, Place } from '../messages.js';
import { findMatches } from './glob.js';
import { ParameterTable } from './parameters.js';
import { physicalLines } from './physical-lines.js';
import { type Repetition, repetitionIn } from './sequences.js';
import { isUnterminated, trimBlanks, withoutComment } from './words.js';

/** Files that include each other deeper than this are refused. */
const DEEPEST_INCLUDE = 64;
/** Repetitions and values within each other deeper than this are refused. */
const DEEPEST_NESTING = 256;
/** More lines than this out of repetitions and values are refused. */
const MOST_LINES = 500_000;

/** A line, ready to be divided into words. */
export interface ConfigLine {
  /** The text, without comment and blanks around it; never empty. */
  readonly text: string;
  /** Where it is; the column is that of its first character. */
  readonly place: Place;
}

/** What lines depend on. */
export interface LineContext {
  /** Where files are. */
  readonly environment: ConfigurationEnvironment;
  /** Which of the recorded habits are followed. */
  readonly behavior: KeepalivedBehavior;
  /** The configuration id, which `@id` compares with. */
  readonly configId: string;
  /** Whether every `include` must find something. */
  readonly strictIncludes: boolean;
  /** What `${_RANDOM}` is. */
  readonly random: () => number;
  /** Where messages go. */
  readonly log: MessageLog;
}

/** A file that is being read. */
interface OpenFile {
  /** What messages call it; empty for the main file. */
  readonly name: string;
  /** The folder its includes are relative to; empty, or with a slash at its end. */
  readonly folder: string;
  readonly lines: readonly string[];
  readonly depth: number;
  next: number;
}

/** Reads the lines of a configuration, one after the other. */
export class ConfigLines {
  private readonly context: LineContext;
  private readonly parameters = new ParameterTable();
  private count = 0;
  private nesting = 0;

  /** @param context - What lines depend on. */
  constructor(context: LineContext) {
    this.context = context;
    const { configId, random } = context;
    this.parameters.set('_INSTANCE', [configId]);
    this.parameters.set('_HASH', ['#']);
    this.parameters.set('_BANG', ['!']);
    this.parameters.set('_PWD', ['.']);
    this.parameters.set('_RANDOM', [String(Math.floor(random() * 0x8000))]);
  }

  /**
   * Goes through the lines of a text and of what it includes.
   *
   * @param text - The main file.
   * @returns The lines, in order.
   */
  *of(text: string): Generator<ConfigLine> {
    yield* this.file({ name: '', folder: '', depth: 0, next: 0, lines: this.divide(text) });
  }

  private divide(text: string): string[] {
    return physicalLines(text, this.context.behavior.cutsLongLines);
  }

  private *file(file: OpenFile): Generator<ConfigLine> {
    for (;;) {
      const raw = file.lines[file.next];
      if (raw === undefined) return;
      // A definition of several lines reads on from here, too.
      file.next += 1;
      const line = withoutComment(raw);
      if (line === '') continue;
      const place = { file: file.name, line: file.next, column: raw.indexOf(line) + 1 };
      yield* this.line(line, place, file, true);
    }
  }

  /** One line: its condition, then what it is. */
  private *line(line: string, place: Place, file: OpenFile, raw: boolean): Generator<ConfigLine> {
    if (!raw) this.count += 1;
    if (this.count > MOST_LINES) return this.stop('Too many lines after repetition', place);
    if (this.nesting > DEEPEST_NESTING) return this.stop('A parameter is defined by itself', place);
    const text = this.conditional(line);
    if (text === '' || this.context.log.fatal) return;
    if (isUnterminated(text)) this.context.log.add(`Unterminated quote '${text}'`, place);
    const definition = ParameterTable.definitionIn(text);
    if (definition !== undefined) return this.define(definition, raw ? file : undefined);
    yield* this.ordinary(raw ? glueBackslash(text) : text, place, file);
  }

  private *ordinary(text: string, place: Place, file: OpenFile): Generator<ConfigLine> {
    const repetition = repetitionIn(text, (part) => this.parameters.expand(part).text);
    if (repetition === undefined) yield* this.expanded(text, place, file);
    else if ('faults' in repetition) this.reportEach(repetition.faults, text, place);
    else yield* this.repeated(repetition, place, file);
  }

  private *repeated(
    { passes, rest }: Repetition,
    place: Place,
    file: OpenFile,
  ): Generator<ConfigLine> {
    const text = trimBlanks(rest);
    for (const pass of text === '' ? [] : passes) {
      for (const [name, value] of pass) this.parameters.set(name, [value]);
      yield* this.nested(text, place, file);
      if (this.context.log.fatal) return;
    }
  }

  private *nested(text: string, place: Place, file: OpenFile): Generator<ConfigLine> {
    this.nesting += 1;
    yield* this.line(text, place, file, false);
    this.nesting -= 1;
  }

  /** What is left of a line behind its condition; empty when the line does not count. */
  private conditional(line: string): string {
    if (line[0] !== '@') return line;
    const end = line.search(/[ \t\r\f\v]/);
    const condition = end === -1 ? line : line.slice(0, end);
    const negated = condition[1] === '^';
    const id = condition.slice(negated ? 2 : 1);
    const counts = negated
      ? id !== this.context.configId
      : id !== '' && id === this.context.configId;
    return counts && end !== -1 ? trimBlanks(line.slice(end)) : '';
  }

  /** A definition; its value goes on in the next line while a line of the file ends in a backslash. */
  private define(
    { name, value }: { name: string; value: string },
    file: OpenFile | undefined,
  ): void {
    const lines: string[] = [];
    let last = value;
    for (; last.endsWith('\\'); last = withoutComment(nextLine(file))) {
      lines.push(trimBlanks(last.slice(0, -1)));
    }
    this.parameters.set(name, [...lines, last]);
  }

  private *expanded(text: string, place: Place, file: OpenFile): Generator<ConfigLine> {
    const { text: expanded, following, endless } = this.parameters.expand(text);
    if (endless) return this.stop('A parameter is defined by itself', place);
    if (expanded === text) {
      yield* this.ready(text, place, file);
      return;
    }
    for (const line of [expanded, ...following]) {
      const clean = withoutComment(line);
      if (clean === '') continue;
      // A value may hold a condition, a definition, a repetition; only what is none of them is ready.
      if (/^[@$~]/.test(clean) && clean !== text) yield* this.nested(clean, place, file);
      else if (line === expanded) yield* this.ready(clean, place, file);
      else yield* this.expanded(clean, place, file);
    }
  }

  private *ready(text: string, place: Place, file: OpenFile): Generator<ConfigLine> {
    const [, mode, pattern] = /^include([rmwba]?)[ \t\r\f\v]+(.*)$/s.exec(text) ?? [];
    if (pattern === undefined) yield { text, place };
    else yield* this.include(mode, pattern, place, file);
  }

  private *include(
    mode: string,
    written: string,
    place: Place,
    file: OpenFile,
  ): Generator<ConfigLine> {
    const { environment, behavior, log, strictIncludes } = this.context;
    const pattern = behavior.quotesBelongToIncludes ? written : written.replace(/^"(.*)"$/s, '$1');
    const alternatives = pattern === '{}' ? [] : findMatches(pattern, file.folder, environment);
    const found = alternatives.flatMap(({ matches }) => matches);
    const isAll = strictIncludes || mode === 'a';
    const say = (text: string, isStrict: boolean): void => {
      log.missingFiles ||= isStrict;
      log.add(text, place, 'notice');
    };
    if (alternatives.some(({ isMissing }) => isMissing)) {
      const isStrict = isAll || (/[{}]/.test(pattern) ? 'b' : 'mw').includes(mode || '-');
      if (found.length === 0) say(`Config files missing '${written}'.`, isStrict);
      else say(`Some config files missing: "${written}".`, isStrict);
    } else if (found.length === 0 && alternatives.length > 0 && (isAll || mode === 'w')) {
      say(`No config files matched '${written}'.`, true);
    }
    if (found.some((name) => name.endsWith('/')))
      log.missingFiles ||= strictIncludes || mode !== '';
    for (const name of found) yield* this.included(name, place, file);
  }

  private *included(name: string, place: Place, file: OpenFile): Generator<ConfigLine> {
    const { environment, log } = this.context;
    if (name.endsWith('/')) {
      return log.add(`Configuration file '${name}' is a directory - skipping`, place, 'notice');
    }
    if (file.depth >= DEEPEST_INCLUDE) return this.stop(`'${name}' is included by itself`, place);
    const path = name.startsWith('/') ? name : file.folder + name;
    const text = environment.read(path);
    if (text === undefined) return log.add(`Cannot read '${name}'`, place, 'notice');
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    yield* this.file({ name, folder, depth: file.depth + 1, next: 0, lines: this.divide(text) });
  }

  private reportEach(faults: readonly string[], line: string, place: Place): void {
    for (const fault of faults) this.context.log.add(`${fault} '${line}'`, place);
  }

  private stop(text: string, place: Place): void {
    if (!this.context.log.fatal) this.context.log.add(text, place, 'fatal');
  }
}

/** The next line of a file; empty behind the last one. */
function nextLine(file: OpenFile | undefined): string {
  if (file === undefined) return '';
  file.next += 1;
  return file.lines[file.next - 1] ?? '';
}

/** Only a definition goes on behind a backslash; elsewhere it belongs to the word before. */
function glueBackslash(line: string): string {
  return line.endsWith('\\') ? trimBlanks(line.slice(0, -1)) + '\\' : line;
}
