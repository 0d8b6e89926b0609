import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/entries.mjs';
import { ERROR_CODES } from '../../src/errors.js';

const codes = Object.keys(ERROR_CODES);
const sources = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && path !== 'errors.ts')
  .map((path) => readFileSync(`${root}src/${path}`, 'utf8'))
  .join('\n');

describe('the error codes', () => {
  it('are all on their page, with their meaning, and no other is', () => {
    const page = readFileSync(`${root}docs/error-codes.md`, 'utf8');
    const rows = [...page.matchAll(/^- `(ERR_\w+)`: (.*)$/gm)].map((match) => [match[1], match[2]]);
    expect(rows, 'stale: npm run generate').toEqual(Object.entries(ERROR_CODES));
  });

  it.each(codes)('%s is raised somewhere', (code) => {
    expect(sources.includes(`'${code}'`)).toBe(true);
  });
});
