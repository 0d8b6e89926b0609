/**
 * The version of the package.
 *
 *     node scripts/release.mjs bump 0.2.0 [2026-12-31]   writes the version and dates the changelog
 *     node scripts/release.mjs check v0.2.0              fails unless a tag, package.json and the changelog agree
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { root } from './entries.mjs';

const VERSION = /^\d+\.\d+\.\d+(?:-[0-9a-z.-]+)?$/i;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Dates the changelog's unreleased part.
 *
 * @param {string} changelog - The text of CHANGELOG.md.
 * @param {string} version - The new version.
 * @param {string} date - The day of the release, as YYYY-MM-DD.
 * @returns {string} The text with an empty unreleased part above the released one.
 */
export function dateChangelog(changelog, version, date) {
  if (!VERSION.test(version)) throw new Error(`Expected a version such as 1.2.3, got ${version}`);
  if (!DATE.test(date)) throw new Error(`Expected a date such as 2026-12-31, got ${date}`);
  if (!/^## \[?Unreleased\]?$/m.test(changelog)) {
    throw new Error('The changelog has no heading "Unreleased"');
  }
  return changelog.replace(
    /^## (\[?)Unreleased(\]?)$/m,
    (_, open, close) => `## ${open}Unreleased${close}\n\n## ${open}${version}${close} - ${date}`,
  );
}

/**
 * Why a tag cannot be published.
 *
 * @param {string} tag - The tag.
 * @param {string} version - The version of package.json.
 * @param {string} changelog - The text of CHANGELOG.md.
 * @returns {string | undefined} The reason, or `undefined` when all agree.
 */
export function refusal(tag, version, changelog) {
  if (tag !== `v${version}`) return `the tag is ${tag}, and package.json has ${version}`;
  const dated = changelog.split('\n').some((line) => {
    return line.replace(/[[\]]/g, '').startsWith(`## ${version} - `);
  });
  return dated ? undefined : `the changelog has no dated heading for ${version}`;
}

/** @param {readonly string[]} words - The command line. */
function main([action, value = '', date = new Date().toISOString().slice(0, 10)]) {
  const changelog = readFileSync(`${root}CHANGELOG.md`, 'utf8');
  const description = readFileSync(`${root}package.json`, 'utf8');
  const { version } = JSON.parse(description);
  if (action === 'bump') {
    writeFileSync(`${root}CHANGELOG.md`, dateChangelog(changelog, value, date));
    writeFileSync(`${root}package.json`, description.replace(`"${version}"`, `"${value}"`));
    console.log(`Version ${value}. Commit, then: git tag v${value}`);
    return 0;
  }
  if (action === 'check') {
    const reason = refusal(value, version, changelog);
    if (reason !== undefined) console.error(`Cannot publish: ${reason}`);
    return reason === undefined ? 0 : 1;
  }
  console.error('Usage: node scripts/release.mjs bump VERSION [DATE] | check TAG');
  return 2;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.exitCode = main(process.argv.slice(2));
}
