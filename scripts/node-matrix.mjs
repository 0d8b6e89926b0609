/**
 * Runs the tests on several versions of Node, whose binaries npm brings along:
 * `npm run matrix -- [--node 20,22,24,26] [ARGUMENTS OF VITEST...]`.
 */
import { spawnSync } from 'node:child_process';
import { root } from './entries.mjs';

const words = process.argv.slice(2);
const at = words.indexOf('--node');
const versions = (at < 0 ? '20,22,24,26' : (words[at + 1] ?? '')).split(',');
const rest = at < 0 ? words : words.toSpliced(at, 2);

const failed = versions.filter((version) => {
  const program = ['--yes', '--package', `node@${version}`, '--', 'node'];
  const run = (/** @type {string[]} */ args) =>
    spawnSync('npx', [...program, ...args], { cwd: root, stdio: 'inherit' });
  console.log(`\n== Node ${version}`);
  run(['--version']);
  return run(['node_modules/vitest/vitest.mjs', 'run', ...rest]).status !== 0;
});

console.log(failed.length === 0 ? '\nAll passed' : `\nFailed on Node ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
