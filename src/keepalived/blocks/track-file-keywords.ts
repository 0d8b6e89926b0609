/**
 * The block track_file: a file whose number servers and others go by.
 */
import type { Block, Keyword, Statement } from '../language/block-reader.js';
import { readSignedInteger } from '../numbers.js';
import type { ParseState } from './parse-state.js';
import { wordAt } from './values.js';

/** The greatest weight and first value of a tracked file; the least is its negative. */
const MAX_TRACK_WEIGHT = 254;

const file = (state: ParseState, statement: Statement): void => {
  const { log, trackFile } = state;
  const path = wordAt(statement);
  if (path === undefined) log.add('track file file name missing', statement.place);
  else if (trackFile.hasFile) {
    const text = `File already set for track file ${trackFile.name} - ignoring ${path}`;
    log.add(text, statement.place, 'warning');
  } else trackFile.hasFile = true;
};

const weight = ({ log, trackFile }: ParseState, statement: Statement): void => {
  const report = (text: string): void => log.add(text, statement.place);
  const word = wordAt(statement);
  const option = wordAt(statement, 2);
  if (word === undefined) {
    return report(`No weight specified for track file ${trackFile.name} - ignoring`);
  }
  const { value, faults } = readSignedInteger(word, -MAX_TRACK_WEIGHT, MAX_TRACK_WEIGHT);
  for (const fault of faults) report(fault);
  if (value === undefined) {
    const range = `[-${MAX_TRACK_WEIGHT}..${MAX_TRACK_WEIGHT}]`;
    report(
      `Weight (${word}) for track_file ${trackFile.name} must be between ${range} inclusive. Ignoring...`,
    );
  }
  if (option !== undefined && option !== 'reverse') {
    report(`track_file ${trackFile.name} unknown weight option ${option}`);
  }
};

const initFile = ({ log, trackFile }: ParseState, { words, place }: Statement): void => {
  for (const { text: word } of words.slice(1)) {
    if (/^[ \t]*-?\d|^-/.test(word))
      reportFirstValue(word, trackFile.name, (text) => log.add(text, place));
    else if (word !== 'overwrite') log.add(`Unknown track file init option ${word.trim()}`, place);
  }
};

/** Says what is wrong with the value a file is made with. */
function reportFirstValue(word: string, name: string, report: (text: string) => void): void {
  const { value, faults } = readSignedInteger(word, -2147483648, 2147483647);
  for (const fault of faults) report(fault);
  if (value === undefined) report(`Track file ${name} init value ${word} is invalid`);
  else if (Math.abs(value) > MAX_TRACK_WEIGHT) {
    const range = `[-${MAX_TRACK_WEIGHT}, ${MAX_TRACK_WEIGHT}]`;
    report(`Track file ${name} init value ${word} is outside sensible range ${range}`);
  }
}

const trackFileBlock: Block<ParseState> = {
  keywords: new Map<string, Keyword<ParseState>>([
    ['file', { run: file }],
    ['init_file', { run: initFile }],
    ['weight', { run: weight }],
  ]),
  end: ({ trackFile, tracked, log }, place) => {
    if (trackFile.hasFile) tracked.add(`track_file ${trackFile.name}`);
    else log.add(`No file set for track_file ${trackFile.name} - ignoring`, place);
  },
};

/** The keywords track_file and vrrp_track_file. */
export const trackFileKeyword: Keyword<ParseState> = {
  needsWord: true,
  block: trackFileBlock,
  run: (state, statement): void => {
    state.trackFile = { name: wordAt(statement) as string, hasFile: false };
  },
};
