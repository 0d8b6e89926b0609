/**
 * Text for the width of a terminal.
 */

/**
 * Breaks a text at blanks.
 *
 * @param text - One paragraph.
 * @param columns - How many characters fit on a line; a longer word gets a line of its own.
 * @param indent - What begins each line but the first; default nothing.
 * @returns Lines joined by line feeds, without one at the end.
 */
export function wrap(text: string, columns: number, indent = ''): string {
  const lead = text.search(/\S|$/);
  const [first = '', ...words] = text.slice(lead).split(' ');
  const lines: string[] = [];
  let line = text.slice(0, lead) + first;
  for (const word of words) {
    if (line.length + 1 + word.length <= columns) line += ` ${word}`;
    else {
      lines.push(line.trimEnd());
      line = indent + word;
    }
  }
  return [...lines, line].join('\n');
}

/**
 * Breaks paragraphs; what is indented by two blanks is an example and stays as it is.
 *
 * @param text - Paragraphs with a blank line between, whose lines end anywhere.
 * @param columns - How many characters fit on a line.
 * @returns The same paragraphs, without a line feed at the end.
 */
export function reflow(text: string, columns: number): string {
  return text
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => reflowOne(paragraph, columns))
    .join('\n\n');
}

function reflowOne(paragraph: string, columns: number): string {
  const blocks: string[] = [];
  let joins = false;
  for (const line of paragraph.split('\n')) {
    const isExample = line.startsWith('  ');
    if (isExample || !joins) blocks.push(line);
    else blocks.push(`${blocks.pop() as string} ${line}`);
    joins = !isExample;
  }
  return blocks.map((each) => (each.startsWith('  ') ? each : wrap(each, columns))).join('\n');
}
