import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { apiReport } from '../../scripts/api-report.mjs';
import { root } from '../../scripts/entries.mjs';

test('the public names and signatures are those of docs/api-report.txt (npm run generate)', () => {
  const written = readFileSync(`${root}docs/api-report.txt`, 'utf8').split('\n');
  const now = apiReport().split('\n');
  const before = new Set(written);
  const after = new Set(now);

  expect({
    gone: written.filter((line) => !after.has(line)),
    added: now.filter((line) => !before.has(line)),
  }).toEqual({ gone: [], added: [] });
});
