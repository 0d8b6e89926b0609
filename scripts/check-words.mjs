/**
 * Finds words in comments that a reader from outside has to translate; the plain ones are beside them.
 *
 * Folders that have not been cleaned yet are listed, and the list only shrinks.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { root } from './entries.mjs';

/** The words to avoid, and what to write. */
const AVOIDED = [
  [/\b(?:tells?|told|telling)\b/gi, 'derive, notify, pass as option, distinguish, identify'],
  [/\b(?:whoever|somebody|nobody)\b/gi, 'the caller, a thread, no caller'],
  [/\b(?:anew|afresh)\b/gi, 'again'],
  [/\b(?:newborn|birth|births)\b/gi, 'initial state'],
  [/\bput(?:s|ting)? together\b/gi, 'reassemble'],
  [/\bkept back\b|\bkeeps? back\b/gi, 'defer, flush'],
  [/\brehears\w+/gi, 'dry run'],
  [/\b(?:neighbour|colour|defence)s?\b/gi, 'neighbor, color, defense'],
];

/** Folders of src that are not clean yet. */
const NOT_YET = ['.', 'cli', 'health', 'ipvsadm', 'keepalived', 'pcap'];

const COMMENT = /\/\*[\s\S]*?\*\/|\/\/.*/g;

const found = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts') && !NOT_YET.includes(folderOf(path)))
  .flatMap((path) => wordsIn(path, readFileSync(`${root}src/${path}`, 'utf8')));

for (const line of found) console.error(line);
process.exitCode = found.length === 0 ? 0 : 1;

/** @param {string} path - A file below src. */
function folderOf(path) {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : '.';
}

/**
 * @param {string} path - A file below src.
 * @param {string} text - Its text.
 * @returns {string[]} A line per word to avoid.
 */
function wordsIn(path, text) {
  return [...text.matchAll(COMMENT)].flatMap((comment) =>
    AVOIDED.flatMap(([word, instead]) =>
      [...comment[0].matchAll(/** @type {RegExp} */ (word))].map((match) => {
        const line = text.slice(0, comment.index + match.index).split('\n').length;
        return `src/${path}:${line}: "${match[0]}": write ${instead}`;
      }),
    ),
  );
}
