/**
 * Finds words that a reader from outside has to translate, in comments and in the guides; the plain ones are beside
 * them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { root } from './entries.mjs';

/** The words to avoid, and what to write. */
const AVOIDED = [
  [/\b(?:tells?|told|telling)\b/gi, 'derive, notify, pass as option, distinguish, identify'],
  // Between quotes it is the user of that name.
  [/\b(?:whoever|somebody|anybody)\b|(?<![`'])\bnobody\b/gi, 'the caller, a thread, no caller'],
  [/\b(?:anew|afresh)\b/gi, 'again'],
  [/\bchance\b/gi, 'random source, random numbers, probability'],
  [/\b(?:newborn|birth|births)\b/gi, 'initial state'],
  [/\bput(?:s|ting)? together\b/gi, 'reassemble'],
  [/\bkept back\b|\bkeeps? back\b/gi, 'defer, flush'],
  [/\brehears\w+/gi, 'dry run'],
  [/\b(?:short|long) way\b/gi, 'fast path, slow path'],
  [/\b(?:lie|lies|lay) in\b/gi, 'is in, is stored in, hold'],
  [/\blegs?\b/gi, 'interface, direction'],
  [/\b(?:neighbour|colour|defence)s?\b/gi, 'neighbor, color, defense'],
];

const COMMENT = /\/\*[\s\S]*?\*\/|\/\/.*/g;
const WHOLE = /[\s\S]+/g;

/** The documents that people read. */
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...filesOf('docs', '.md').filter((path) => !path.startsWith('docs/api/')),
];

const found = [
  ...filesOf('src', '.ts').flatMap((path) => wordsIn(path, COMMENT)),
  ...documents.flatMap((path) => wordsIn(path, WHOLE)),
];

for (const line of found) console.error(line);
process.exitCode = found.length === 0 ? 0 : 1;

/**
 * @param {string} folder - A folder.
 * @param {string} suffix - How the names of its files end.
 * @returns {string[]} Their paths, with those of its folders.
 */
function filesOf(folder, suffix) {
  return readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith(suffix) && !path.includes('node_modules'));
}

/**
 * @param {string} path - A file.
 * @param {RegExp} part - The parts of its text that are read.
 * @returns {string[]} A line per word to avoid.
 */
function wordsIn(path, part) {
  const text = readFileSync(`${root}${path}`, 'utf8');
  return [...text.matchAll(part)].flatMap((section) =>
    AVOIDED.flatMap(([word, instead]) =>
      [...section[0].matchAll(/** @type {RegExp} */ (word))].map((match) => {
        const line = text.slice(0, section.index + match.index).split('\n').length;
        return `${path}:${line}: "${match[0]}": write ${instead}`;
      }),
    ),
  );
}
