/**
 * Writes docs/api/llms.txt: what the package is, with one line for each guide and each entry, for
 * readers that are programs. Format: https://llmstxt.org. Runs after typedoc, whose pages it links.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { entries, root } from './entries.mjs';
import { pages, titleOf } from './pages.mjs';

const site = `${root}docs/api`;

/** @param {string} path - From the root. */
const read = (path) => readFileSync(`${root}${path}`, 'utf8');

/**
 * The first sentence of a text, on one line.
 *
 * @param {string} text
 */
function firstSentence(text) {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return /^.*?\.(?= |$)/.exec(line)?.[0] ?? line;
}

/**
 * A line for a page; it has to be there.
 *
 * @param {string} title
 * @param {string} page - From the site's folder.
 * @param {string} about
 */
function entry(title, page, about) {
  if (!existsSync(`${site}/${page}`)) throw new Error(`No such page: ${page}`);
  return `- [${title}](${page}): ${about}`;
}

/** @param {string} path - A document, from the root. */
function page(path) {
  const text = read(path);
  const title = titleOf(text);
  const paragraphs = text.split(/\n{2,}/).map((each) => each.trim());
  const about = paragraphs.find((each) => /^(?:[A-Z“"_*]|`(?!``))/.test(each)) ?? title;
  const plain = about.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');
  return entry(title, `documents/${title.replaceAll(/[^\w,-]/g, '_')}.html`, firstSentence(plain));
}

/** @param {import('./entries.mjs').Entry} of */
function module({ name, specifier, source, output }) {
  const comment = /^\/\*\*(.*?)\*\//s.exec(read(source))?.[1] ?? '';
  const text = comment.replaceAll(/^\s*\* ?/gm, '').split('@')[0] ?? '';
  const stem = name === '.' ? 'ipvs' : output.replace(/\/index$/, '').replaceAll('/', '_');
  return entry(specifier, `modules/${stem}.html`, firstSentence(text));
}

const documents = Object.entries(pages).map(
  ([heading, files]) => `## ${heading}\n\n${files.map(page).join('\n')}`,
);
const modules = entries.filter(({ name }) => !name.startsWith('./schedulers/'));
const { description } = JSON.parse(read('package.json'));

const text = `# ipvs

> ${description}

TypeScript, no dependencies, MIT. Every scheduler also has an entry of its own, such as
\`ipvs/schedulers/round-robin\`.

${documents.join('\n\n')}

## API

${modules.map(module).join('\n')}
`;
writeFileSync(`${site}/llms.txt`, text);
