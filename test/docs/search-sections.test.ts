import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { root } from '../../scripts/entries.mjs';
import { sectionsOf } from '../../scripts/search-sections.mjs';

test('each second-level heading is a section with its own text', () => {
  expect(sectionsOf('# Page\nintro\n## One, `x` and two\na\n### Below\nb\n## Two\nc\n')).toEqual([
    { heading: 'One, x and two', anchor: 'one-and-two', text: 'a\n### Below\nb\n' },
    { heading: 'Two', anchor: 'two', text: 'c\n' },
  ]);
});

test.each([
  ['[0.1.0] - 2026-11-30', '010-2026-11-30'],
  ['one - two - three', 'one-two---three'],
])('the anchor of %s is the one the site has', (heading, anchor) => {
  expect(sectionsOf(`## ${heading}\ntext\n`)).toMatchObject([{ heading, anchor }]);
});

test('a comment in code is no heading', () => {
  expect(sectionsOf('## One\n```sh\n## no heading\n```\n')).toHaveLength(1);
});

test.each([
  'ARP',
  'sticky',
  'weight 0',
  'conn_reuse_mode',
  'MTU',
  'several balancers',
  'NAT address',
])('the troubleshooting page has a section about %s', (word) => {
  const page = readFileSync(`${root}docs/guides/troubleshooting.md`, 'utf8');
  expect(sectionsOf(page).filter(({ heading }) => heading.includes(word))).not.toEqual([]);
});
