/**
 * The variables of a script while it is walked: known values, and what is known of the others.
 */

import { USUAL_SEPARATORS } from './field-splitting.js';

/** What is read of a script's substitutions. */
export const SUBSTITUTIONS = 'variables that the script sets, $((…)), or $(seq …)';

/** A variable whose value no reading can find out. */
export interface UnknownValue {
  /** The number of the line where it got its value. */
  readonly line: number;
  /** What gave it its value, as it is written. */
  readonly source: string;
}

/** The value of a variable: a text, the texts of a list, or unknown. */
export type Value = string | readonly string[] | UnknownValue;

/**
 * Whether a value is unknown.
 *
 * @param value - The value.
 */
export function isUnknown(value: Value): value is UnknownValue {
  return typeof value === 'object' && 'source' in value;
}

/** What a substitution in a word cannot be resolved for. */
export class Unresolved extends Error {
  /** What is written there. */
  readonly found: string;
  /** What could stand there instead, in words. */
  readonly allowed: string;

  /**
   * @param found - What is written there.
   * @param allowed - What could stand there instead, in words.
   */
  constructor(found: string, allowed: string) {
    super(found);
    this.found = found;
    this.allowed = allowed;
  }
}

/**
 * The reason why a value cannot be known; another error is thrown again.
 *
 * @param error - What was thrown.
 */
export function unresolved(error: unknown): Unresolved {
  if (error instanceof Unresolved) return error;
  throw error;
}

/** The arguments of a call, and the values that variables have again when it ends. */
interface Frame {
  parameters: readonly string[];
  readonly kept: Map<string, Value | undefined>;
}

/** The variables and arguments of a script. */
export class Variables {
  private values = new Map<string, Value>([
    ['UID', '0'],
    ['EUID', '0'],
    ['USER', 'root'],
    ['OPTIND', '1'],
    ['IFS', USUAL_SEPARATORS],
  ]);
  private readonly frames: Frame[] = [];
  /** Whether the last command is known to have succeeded. */
  succeeded = true;

  /** @param parameters - The arguments of the script. */
  constructor(parameters: readonly string[]) {
    this.frames.push({ parameters, kept: new Map() });
  }

  /** The arguments of the script, or of the function that runs. */
  get parameters(): readonly string[] {
    return this.frame.parameters;
  }

  /** Sets a variable. */
  set(name: string, value: Value): void {
    this.values.set(name, value);
  }

  /** Takes the value from a variable. */
  unset(name: string): void {
    this.values.delete(name);
  }

  /** The value of a variable; `undefined` when the script gives it none. */
  get(name: string): Value | undefined {
    return this.values.get(name);
  }

  /** Runs commands whose assignments end with them. */
  apart(action: () => void): void {
    const { values } = this;
    this.values = new Map(values);
    action();
    this.values = values;
  }

  /** Runs a function with arguments of its own, after which variables that it keeps are as they were. */
  within<T>(parameters: readonly string[], action: () => T): T {
    const kept = new Map<string, Value | undefined>();
    this.frames.push({ parameters, kept });
    try {
      return action();
    } finally {
      this.frames.pop();
      for (const [name, value] of kept) {
        if (value === undefined) this.values.delete(name);
        else this.values.set(name, value);
      }
    }
  }

  /** Makes a variable one of the function that runs. */
  keep(name: string): void {
    const { kept } = this.frame;
    if (!kept.has(name)) kept.set(name, this.values.get(name));
  }

  /** The characters that divide the values of substitutions into fields. */
  get separators(): string {
    return this.read('IFS')?.[0] ?? USUAL_SEPARATORS;
  }

  /** Gives the script, or the function that runs, other arguments. */
  setParameters(parameters: readonly string[]): void {
    this.frame.parameters = parameters;
  }

  /** Drops the first arguments, as `shift` does. */
  shift(count: number): void {
    this.frame.parameters = this.parameters.slice(count);
  }

  private get frame(): Frame {
    return this.frames.at(-1) as Frame;
  }

  /** Reads a variable or argument as texts: one, or those of a list. */
  read(name: string): readonly string[] | undefined {
    if (name === '@' || name === '*') return this.parameters;
    if (name === '#') return [String(this.parameters.length)];
    if (name === '?' && !this.succeeded) throw new Unresolved('$?', 'a status that is known');
    if (name === '?') return ['0'];
    if (/^\d+$/.test(name)) return name === '0' ? ['script'] : this.argument(Number(name));
    const value = this.values.get(name);
    if (value === undefined) return undefined;
    if (isUnknown(value)) {
      const what = `a value for ${name} that is known, line ${value.line} has`;
      throw new Unresolved(value.source, what);
    }
    return typeof value === 'string' ? [value] : value;
  }

  private argument(number: number): string[] | undefined {
    const text = this.parameters[number - 1];
    return text === undefined ? undefined : [text];
  }
}
