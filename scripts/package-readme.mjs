/**
 * The README as the package has it: what it links to is in the repository and not in the package, so links are
 * addresses of the released version there.
 *
 *     node scripts/package-readme.mjs write     before packing: links become addresses
 *     node scripts/package-readme.mjs restore   after it: the README of the repository again
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { root } from './entries.mjs';

const README = `${root}README.md`;
const KEPT = `${root}.README.md.kept`;
const LINK = /\]\(([^)\s]+)\)/g;

/** @param {string} file */
const read = (file) => readFileSync(file, 'utf8');

/** Where the files of this version are, with a slash at the end. */
export function addressOfFiles() {
  const { repository, version } = JSON.parse(read(`${root}package.json`));
  return `${repository.url.replace(/^git\+|\.git$/g, '')}/blob/v${version}/`;
}

/**
 * @param {string} text - The README of the repository.
 * @param {string} base - What stands in front of paths.
 * @returns {string} The same with addresses in the place of relative links.
 */
export function withAddresses(text, base) {
  return text.replaceAll(LINK, (link, target) =>
    /^(?:[a-z]+:|#)/.test(target) ? link : `](${base}${target})`,
  );
}

/**
 * What is wrong with the links of a README that was packed.
 *
 * @param {string} text - The README.
 * @param {string} base - What stands in front of paths.
 * @returns {string[]} The links that lead nowhere.
 */
export function deadLinks(text, base) {
  const targets = [...text.matchAll(LINK)].map(([, target]) => target);
  return targets.filter((target) => {
    if (target.startsWith('#')) return !hasPlace(text, target.slice(1));
    if (!target.startsWith(base)) return !target.startsWith('https:');
    const [path = '', place] = target.slice(base.length).split('#');
    const file = root + path;
    return !existsSync(file) || (place !== undefined && !hasPlace(read(file), place));
  });
}

/**
 * The scripts that a README asks npm to run, and that package.json does not have.
 *
 * @param {string} text - The README.
 * @returns {string[]} Their names.
 */
export function missingScripts(text) {
  const { scripts } = JSON.parse(read(`${root}package.json`));
  const named = [...text.matchAll(/\bnpm run ([\w:]+)/g)].map(([, name]) => name);
  return named.filter((name) => scripts[name] === undefined);
}

/** @param {string} text @param {string} place */
function hasPlace(text, place) {
  return [...text.matchAll(/^#+ (.*)$/gm)].some(([, heading]) => placeOf(heading) === place);
}

/** @param {string} heading */
function placeOf(heading) {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** @param {string | undefined} action */
function main(action) {
  if (action === 'write') {
    const text = read(existsSync(KEPT) ? KEPT : README);
    writeFileSync(KEPT, text);
    writeFileSync(README, withAddresses(text, addressOfFiles()));
    return 0;
  }
  if (action === 'restore') {
    if (existsSync(KEPT)) renameSync(KEPT, README);
    return 0;
  }
  console.error('Usage: node scripts/package-readme.mjs write | restore');
  return 2;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.exitCode = main(process.argv[2]);
}
