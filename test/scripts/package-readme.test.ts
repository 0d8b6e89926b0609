import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { root } from '../../scripts/entries.mjs';
import {
  addressOfFiles,
  deadLinks,
  missingScripts,
  withAddresses,
} from '../../scripts/package-readme.mjs';

const base = addressOfFiles();

test('the packed README links to the files of its own version', () => {
  expect(base).toMatch(/^https:\/\/github\.com\/[\w-]+\/ipvs\/blob\/v\d+\.\d+\.\d+\/$/);
  expect(withAddresses('[a](docs/a.md#b) [c](#c) [d](https://d.example)', base)).toBe(
    `[a](${base}docs/a.md#b) [c](#c) [d](https://d.example)`,
  );
});

test('links that lead nowhere are found', () => {
  const text = `# A place\n[1](#a-place) [2](#none) [3](docs/none.md) [4](${base}LICENSE) [5](${base}none)
    [6](${base}CONTRIBUTING.md#habits) [7](${base}CONTRIBUTING.md#none)`;
  expect(deadLinks(text, base)).toEqual([
    ...['#none', 'docs/none.md', `${base}none`, `${base}CONTRIBUTING.md#none`],
  ]);
});

test('the README has no dead link when it is packed, and asks for no script that is not there', () => {
  const text = readFileSync(`${root}README.md`, 'utf8');
  expect(deadLinks(withAddresses(text, base), base)).toEqual([]);
  expect(missingScripts(text)).toEqual([]);
  expect(missingScripts('npm run none')).toEqual(['none']);
});
