/**
 * Writes what follows from something else: `exports` in package.json from the list of entries,
 * docs/error-codes.md from the table of codes, docs/api-report.txt from the exports, docs/lint-rules.md from the
 * table of rules. Tests fail when one is stale.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import ts from 'typescript';
import { apiReport } from './api-report.mjs';
import { exportsMap, root } from './entries.mjs';

const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
manifest.exports = exportsMap();
writeFileSync(`${root}package.json`, `${JSON.stringify(manifest, null, 2)}\n`);

writeFileSync(`${root}docs/error-codes.md`, errorCodesPage(await errorCodes()));

writeFileSync(`${root}docs/api-report.txt`, apiReport());

// The table of the linter's rules is TypeScript, and imports others.
execFileSync(process.execPath, ['scripts/run-typescript.mjs', 'scripts/write-lint-rules.ts'], {
  cwd: root,
  stdio: 'inherit',
});

/**
 * The table of codes, read from the source, which imports nothing.
 *
 * @returns {Promise<Record<string, string>>} Code to meaning.
 */
async function errorCodes() {
  const source = readFileSync(`${root}src/errors.ts`, 'utf8');
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  const module = await import(`data:text/javascript,${encodeURIComponent(outputText)}`);
  return module.ERROR_CODES;
}

/**
 * @param {Record<string, string>} codes - Code to meaning.
 * @returns {string} The page.
 */
function errorCodesPage(codes) {
  const rows = Object.entries(codes).map(([code, meaning]) => `- \`${code}\`: ${meaning}`);
  return `# Error codes

A clash with what is configured throws an \`IpvsError\`, and its \`code\` says which clash it was. Codes are
stable: a message may change in any version, a code only with a major one. A wrong argument is a
\`TypeError\` or a \`RangeError\` instead, and traffic never throws. \`isIpvsError\` identifies such an error also
when two copies of the package are loaded.

${rows.join('\n')}
`;
}
