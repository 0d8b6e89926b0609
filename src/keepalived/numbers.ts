/**
 * Numbers as the recorded program reads them, with what it says of faults.
 */

/** How numbers are read. */
export interface NumberRules {
  /** Whether rubbish behind the digits is only warned of (integers). */
  readonly tolerant: boolean;
  /** Whether a time with rubbish is its digits in microseconds; else it is refused. */
  readonly microseconds: boolean;
  /** What precedes a fault's text. */
  readonly prefix: string;
}

/** A number that was read: its value, its fault, or both. */
export interface ReadNumber {
  /** The value; `undefined` when it is refused. */
  readonly value: number | undefined;
  /** What is to be reported first. */
  readonly faults: readonly string[];
}

/** The greatest number of 32 bits. */
export const MAX_UINT32 = 4294967295;
/** The greatest delay of a check, in seconds: 2^64 − 2 microseconds. */
export const MAX_DELAY_SECONDS: number = Number('18446744073709.551614');
/** The greatest time limit of a connection, in seconds. */
export const MAX_TIMEOUT_SECONDS = 4294.967295;

/**
 * Reads an integer.
 *
 * @param text - The word.
 * @param low - The least value.
 * @param high - The greatest value.
 * @param rules - How it is read.
 * @returns The number.
 */
export function readInteger(
  text: string,
  low: number,
  high: number,
  rules: NumberRules,
): ReadNumber {
  const [, blanks = '', sign = '', digits = '', rubbish = ''] =
    /^([ \t\r\f\v]*)([+-]?)(\d*)(.*)$/s.exec(text) ?? [];
  if (sign === '-') return refused(rules, `negative number '${text}'`);
  if (rubbish !== '' || (digits === '' && sign + blanks !== '')) {
    const fault = `invalid number '${text}'`;
    if (!rules.tolerant) return refused(rules, fault);
    const checked = checkRange(text, Number(digits), low, high, rules);
    return { ...checked, faults: [rules.prefix + fault, ...checked.faults] };
  }
  return checkRange(text, Number(digits), low, high, rules);
}

function checkRange(
  text: string,
  value: number,
  low: number,
  high: number,
  rules: NumberRules,
): ReadNumber {
  if (value > MAX_UINT32) return refused(rules, `number '${text}' outside unsigned integer range`);
  if (value >= low && value <= high) return { value, faults: [] };
  return refused(rules, `number '${text}' outside range [${low}, ${high}]`);
}

/**
 * Reads an integer that may be negative. It is strict in real life, too.
 *
 * @param text - The word.
 * @param low - The least value.
 * @param high - The greatest value.
 * @returns The number.
 */
export function readSignedInteger(text: string, low: number, high: number): ReadNumber {
  const value = Number(text);
  const refuse = (fault: string): ReadNumber => ({ value: undefined, faults: [fault] });
  if (text !== '' && !/^[ \t\r\f\v]*[+-]?\d+$/.test(text))
    return refuse(`invalid number '${text}'`);
  if (value < -2147483648 || value > 2147483647) {
    return refuse(`number '${text}' outside integer range`);
  }
  if (value >= low && value <= high) return { value, faults: [] };
  return refuse(`number '${text}' outside range [${low}, ${high}]`);
}

/**
 * Reads a time.
 *
 * @param text - The word.
 * @param low - The least value in seconds.
 * @param high - The greatest value in seconds.
 * @param rules - How it is read.
 * @returns The time in seconds.
 */
export function readSeconds(
  text: string,
  low: number,
  high: number,
  rules: NumberRules,
): ReadNumber {
  const [, sign = '', whole = '', fraction = '', rubbish = ''] =
    /^[ \t\r\f\v]*([+-]?)(\d*)\.?(\d*)(.*)$/s.exec(text) ?? [];
  if (sign === '-') return refused(rules, `negative number '${text}'`);
  const faults: string[] = [];
  if (fraction.length > 6)
    faults.push(`${rules.prefix}number '${text}' has too many decimal places`);
  else if (rubbish !== '') {
    faults.push(`${rules.prefix}invalid number '${text}'`);
    const seconds = microsecondsOf(whole, fraction);
    return {
      value: rules.microseconds && seconds >= low && seconds <= high ? seconds : undefined,
      faults,
    };
  }
  const value = Math.round(Number(`0${whole}.${fraction}0`) * 1e6) / 1e6;
  if (value > MAX_DELAY_SECONDS + 0.000002) {
    return refused(rules, `number '${text}' outside unsigned decimal range`, faults);
  }
  if (value >= low && !isAbove(text, value, high)) return { value, faults };
  const range = `[${low.toFixed(6)}, ${writeLimit(high)}]`;
  return refused(rules, `number '${text}' outside range ${range}`, faults);
}

/** All digits as microseconds, up to where they do not fit. */
function microsecondsOf(whole: string, fraction: string): number {
  return Number(`0${whole}${fraction}`) / 1e6;
}

/** Compares exactly, where numbers are too coarse. */
function isAbove(text: string, value: number, high: number): boolean {
  if (high < 1e9) return value > high;
  const [whole = '', fraction = ''] = text.replace(/^[ \t\r\f\v]*\+?/, '').split('.');
  return BigInt(`0${whole}${fraction.padEnd(6, '0').slice(0, 6)}`) > 18446744073709551614n;
}

function writeLimit(high: number): string {
  return high < 1e9 ? high.toFixed(6) : '18446744073709.551614';
}

function refused(rules: NumberRules, fault: string, before: readonly string[] = []): ReadNumber {
  return { value: undefined, faults: [...before, rules.prefix + fault] };
}
