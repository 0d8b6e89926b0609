/**
 * The ipvsadm commands on a command line of ours: everything behind `--`, divided by `;`.
 */

/** A command line, divided. */
export interface DividedWords {
  /** The words in front of `--`: our own. */
  readonly own: readonly string[];
  /** The words of each command of ipvsadm, in order. */
  readonly commands: readonly (readonly string[])[];
}

/**
 * Divides the words of a command line.
 *
 * A command may be written in words or in one quoted text, and a leading `ipvsadm` is dropped.
 *
 * @param argv - The words.
 * @returns Our own words, and the commands; none without `--`.
 */
export function divideWords(argv: readonly string[]): DividedWords {
  const end = argv.indexOf('--');
  if (end < 0) return { own: argv, commands: [] };
  const commands: string[][] = [];
  let command: string[] = [];
  for (const word of argv.slice(end + 1).flatMap(piecesOf)) {
    if (word === ';') {
      commands.push(command);
      command = [];
    } else command.push(word);
  }
  commands.push(command);
  const given = commands.map(withoutName).filter((words) => words.length > 0);
  return { own: argv.slice(0, end), commands: given };
}

function withoutName(words: string[]): string[] {
  return words[0] === 'ipvsadm' ? words.slice(1) : words;
}

/** The pieces of a word that holds a whole command or several; an empty word stays one. */
function piecesOf(word: string): string[] {
  return word === '' ? [''] : (word.match(/;|[^\s;]+/g) ?? []);
}
