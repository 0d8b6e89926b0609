import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/entries.mjs';
import manifest from '../../package.json' with { type: 'json' };
import { groupOf, pages, titleOf } from '../../scripts/pages.mjs';

const files = Object.values(pages).flat();

/** Where the links and pictures of a page lead, as far as they stay in the repository. */
function targetsOf(file: string): string[] {
  const text = readFileSync(root + file, 'utf8').replaceAll(/^```.*?^```/gms, '');
  return [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
    .map((match) => match[1])
    .filter((target) => !/^[a-z]+:/.test(target));
}

describe('the pages of the site', () => {
  it('are all documents of the repository', () => {
    const written = ['docs', 'docs/guides'].flatMap((folder) =>
      readdirSync(root + folder)
        .filter((name) => name.endsWith('.md'))
        .map((name) => `${folder}/${name}`),
    );
    expect(files).toEqual(expect.arrayContaining(written));
  });

  it('have titles that tell them apart', () => {
    const titles = files.map((file) => titleOf(readFileSync(root + file, 'utf8')));
    expect(new Set(titles).size).toBe(files.length);
    expect(titles.filter((title) => groupOf(title) === undefined)).toEqual([]);
  });

  it('are linked from the README, guide by guide', () => {
    const linked = targetsOf('README.md');
    expect(
      files.filter((file) => file.startsWith('docs/guides/') && !linked.includes(file)),
    ).toEqual([]);
  });

  it('are where the playground leads to', () => {
    const page = readFileSync(`${root}docs/playground/index.html`, 'utf8');
    const linked = [...page.matchAll(/href="\.\.\/documents\/([^"]+)\.html"/g)];
    const titles = files.map((file) => titleOf(readFileSync(root + file, 'utf8')));
    const present = titles.map((title) => title.replaceAll(/[^\w,-]/g, '_'));
    expect(linked.length).toBeGreaterThan(0);
    expect(linked.map((match) => match[1]).filter((name) => !present.includes(name))).toEqual([]);
  });

  it.each([...files, 'README.md', 'examples/README.md'])('%s links to what is there', (file) => {
    const lost = targetsOf(file).filter(
      (target) => !existsSync(resolve(root, dirname(file), target)),
    );
    expect(lost).toEqual([]);
  });
});

it('The README says what each entry of the package is for', () => {
  const inside = readFileSync(root + 'README.md', 'utf8').split('## What is inside')[1];
  const written = inside.replaceAll(/`(ipvs\/\w+)`, `…\/node`/g, '`$1`, `$1/node`');
  const entries = Object.keys(manifest.exports)
    .filter((entry) => entry !== './package.json' && !entry.startsWith('./schedulers/'))
    .map((entry) => entry.replace('.', 'ipvs'));
  expect(entries.filter((entry) => !written.includes(`\`${entry}\``))).toEqual([]);
});
