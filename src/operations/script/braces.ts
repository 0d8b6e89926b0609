/**
 * Brace expansion of bash: `{1..3}` and `{a,b}`, outside of quotes.
 */

const GROUP =
  /^((?:[^\\'"`${]|\\.|'[^']*'|"[^"]*"|\$\{[^}]*\}|\$(?!\{))*?)\{([^{}'"]*)\}([\s\S]*)$/;
const LETTERS = /^([A-Za-z])\.\.([A-Za-z])$/;
const RANGE = /^(-?\d+)\.\.(-?\d+)(?:\.\.(\d+))?$/;
/** More texts, of one range or of all braces of a word, are no list of servers. */
const LARGEST_RANGE = 65_536;

/**
 * Expands the braces of a word.
 *
 * @param word - The word as it is written.
 * @returns The words; the one as it is written when there would be too many.
 */
export function expandBraces(word: string): string[] {
  let words = [''];
  for (let rest = word; ;) {
    const [, before, inside, after] = GROUP.exec(rest) ?? [];
    if (before === undefined || inside === undefined || after === undefined) {
      return words.map((begun) => begun + rest);
    }
    const texts = choicesOf(inside) ?? [`{${inside}}`];
    if (words.length * texts.length > LARGEST_RANGE + 1) return [word];
    words = words.flatMap((begun) => texts.map((text) => begun + before + text));
    rest = after;
  }
}

function choicesOf(inside: string): string[] | undefined {
  const [, from, to] = LETTERS.exec(inside) ?? [];
  if (from !== undefined && to !== undefined)
    return sequence(from.charCodeAt(0), 1, to.charCodeAt(0)).map((code) =>
      String.fromCharCode(code),
    );
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
