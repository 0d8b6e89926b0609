import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { root } from '../../scripts/entries.mjs';
import { lintRulesPage } from '../../scripts/lint-rules-page.js';
import { LINT_RULES } from '../../src/lint/index.js';

const page = readFileSync(`${root}docs/lint-rules.md`, 'utf8');

it('the page of rules is made from their table (npm run generate)', async () => {
  const program = (name: string): string =>
    readFileSync(`${root}docs/examples/lint-${name}.ts`, 'utf8');
  expect(page).toBe(await lintRulesPage(program));
});

it('the page has an anchor for each rule', () => {
  for (const { name } of LINT_RULES) expect(page).toContain(`\n### ${name}\n`);
});
