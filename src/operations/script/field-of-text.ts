/**
 * `cut` and `awk` where they take one field of each line (`cut -d: -f1`, `awk -F: '{print $2}'`), `tr` and `sed` where
 * they change one text to another (`tr , ' '`, `sed 's/,/ /g'`).
 */

/**
 * Takes a field of each line, or changes a text in each.
 *
 * @param words - The command, expanded.
 * @param text - What it reads.
 * @returns What it writes; `undefined` when it is another command.
 */
export function fieldOf(words: readonly string[], text: string): string | undefined {
  const [name, ...rest] = words;
  const written = rest.join('\u0000');
  const lines = (take: (line: string) => string): string => text.split('\n').map(take).join('\n');
  if (name === 'cut') {
    const [, before, first, second, after] =
      /^(?:-d\0?([^\0])\0)?-f\0?(?:(\d+)|(\d+)\0-d\0?([^\0]))$/.exec(written) ?? [];
    const separator = before ?? after ?? '\t';
    const place = Number(first ?? second ?? 0);
    if (place === 0) return undefined;
    return lines((line) => {
      return line.includes(separator) ? (line.split(separator)[place - 1] ?? '') : line;
    });
  }
  if (name === 'tr') {
    const [from = '', to = ''] = rest;
    return rest.length === 2 && from.length === 1 && to.length === 1
      ? text.replaceAll(from, to)
      : undefined;
  }
  if (name === 'sed') {
    const [, from, to, all] =
      /^s([/|,])([\w :;,=@-]+)\1([\w .:;,=@-]*)\1(g?)$/.exec(written)?.slice(1) ?? [];
    if (from === undefined || to === undefined) return undefined;
    return lines((line) => (all === 'g' ? line.replaceAll(from, to) : line.replace(from, to)));
  }
  const [, separator, place] =
    /^(?:-F\0?([^\0\\ ])\0)?\s*\{\s*print\s+\$(\d+)\s*;?\s*\}\s*$/.exec(written) ?? [];
  if (name !== 'awk' || place === undefined || place === '0') return undefined;
  return lines((line) => {
    const fields = separator === undefined ? line.trim().split(/\s+/) : line.split(separator);
    return fields[Number(place) - 1] ?? '';
  });
}
