/**
 * Brace expansion of bash: `{1..3}` and `{a,b}`, outside of quotes.
 */

const GROUP =
  /^((?:[^\\'"`${]|\\.|'[^']*'|"[^"]*"|\$\{[^}]*\}|\$(?!\{))*?)\{([^{}'"]*)\}([\s\S]*)$/;
const RANGE = /^(-?\d+)\.\.(-?\d+)(?:\.\.(\d+))?$/;
/** A range of more texts is no list of servers. */
const LARGEST_RANGE = 65_536;

/**
 * Expands the braces of a word.
 *
 * @param word - The word as it is written.
 * @returns The words.
 */
export function expandBraces(word: string): string[] {
  const [, before, inside, after] = GROUP.exec(word) ?? [];
  if (before === undefined || inside === undefined || after === undefined) return [word];
  const texts = choicesOf(inside);
  if (texts === undefined) {
    return expandBraces(after).map((rest) => `${before}{${inside}}${rest}`);
  }
  const rests = expandBraces(after);
  return texts.flatMap((text) => rests.map((rest) => before + text + rest));
}

function choicesOf(inside: string): string[] | undefined {
  const [, first, last, step] = RANGE.exec(inside) ?? [];
  if (first === undefined || last === undefined) {
    return inside.includes(',') ? inside.split(',') : undefined;
  }
  const count = Math.abs(Number(last) - Number(first));
  if (count > LARGEST_RANGE) return undefined;
  const width =
    /^-?0\d/.test(first) || /^-?0\d/.test(last) ? Math.max(first.length, last.length) : 0;
  return sequence(Number(first), Number(step ?? 1) || 1, Number(last)).map((number) =>
    String(number).padStart(width, '0'),
  );
}

/**
 * The numbers from one to another.
 *
 * @param first - The first one.
 * @param step - How far apart they are, 1 or more; the direction is that of the last one.
 * @param last - None is beyond it.
 */
export function sequence(first: number, step: number, last: number): number[] {
  const count = Math.floor(Math.abs(last - first) / step) + 1;
  const sign = last < first ? -1 : 1;
  return Array.from({ length: count }, (_, index) => first + sign * index * step);
}
