/**
 * Writes docs/lint-rules.md from the table of the linter's rules: `npm run generate` does it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { lintRulesPage } from './lint-rules-page.js';

const folder = process.cwd();
const program = (name: string): string =>
  readFileSync(`${folder}/docs/examples/lint-${name}.ts`, 'utf8');
writeFileSync(`${folder}/docs/lint-rules.md`, await lintRulesPage(program));
