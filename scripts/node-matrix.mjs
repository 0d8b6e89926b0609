/**
 * Runs the tests on several versions of Node, whose binaries npm brings along; see USAGE.
 */
import { spawnSync } from 'node:child_process';
import { root } from './entries.mjs';

const USAGE = `npm run matrix -- [--node 20,22,24,26] [ARGUMENTS OF VITEST...]

Runs the tests on each of these versions of Node, one after another, and exits with 1 when one of them fails.
Without arguments all tests run, also those of whole programs; a fast look at one version is

    npm run matrix -- --node 24 --project unit test/model test/wire
`;

const words = process.argv.slice(2);
const at = words.indexOf('--node');
const versions = (at < 0 ? '20,22,24,26' : (words[at + 1] ?? '')).split(',');
const rest = at < 0 ? words : words.toSpliced(at, 2);

if (words.includes('--help')) {
  process.stdout.write(USAGE);
} else if (versions.every((version) => /^\d+(?:\.\d+){0,2}$/u.test(version))) {
  runOn(versions);
} else {
  process.stderr.write(
    `Cannot run on Node ${JSON.stringify(versions.join(','))}: expected versions such as 22,24.21.0\n${USAGE}`,
  );
  process.exitCode = 2;
}

/**
 * Runs the tests and prints what failed.
 *
 * @param {string[]} chosen - The versions of Node.
 */
function runOn(chosen) {
  const failed = chosen.filter((version) => {
    const program = ['--yes', '--package', `node@${version}`, '--', 'node'];
    const run = (/** @type {string[]} */ args) =>
      spawnSync('npx', [...program, ...args], { cwd: root, stdio: 'inherit' });
    console.log(`\n== Node ${version}`);
    run(['--version']);
    return run(['node_modules/vitest/vitest.mjs', 'run', ...rest]).status !== 0;
  });
  console.log(failed.length === 0 ? '\nAll passed' : `\nFailed on Node ${failed.join(', ')}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}
