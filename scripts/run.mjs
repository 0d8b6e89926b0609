/** Runs programs for the other scripts, with their output shown or collected. */
import { spawnSync } from 'node:child_process';
import { root } from './entries.mjs';

/**
 * Runs a program of this machine and waits for it; a failure ends the script.
 *
 * @param {string} program - Its name or path.
 * @param {readonly string[]} args - Its arguments.
 * @param {string} [folder] - Where it runs; default: the root of the repository.
 * @returns {void}
 */
export function run(program, args, folder = root) {
  const { status, error } = spawnSync(program, args, { cwd: folder, stdio: 'inherit' });
  if (status !== 0) fail(`${program} ${args.join(' ')}`, error);
}

/**
 * Runs a program of this machine and collects what it writes; a failure ends the script.
 *
 * @param {string} program - Its name or path.
 * @param {readonly string[]} args - Its arguments.
 * @param {string} [folder] - Where it runs; default: the root of the repository.
 * @returns {string} What it wrote to its standard output.
 */
export function collect(program, args, folder = root) {
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) {
    process.stderr.write(`${stdout}${stderr}`);
    fail(`${program} ${args.join(' ')}`, error);
  }
  return stdout;
}

/**
 * @param {string} what - The command line.
 * @param {Error | undefined} error - Why it could not be started, if so.
 * @returns {never}
 */
function fail(what, error) {
  console.error(`failed: ${what}${error === undefined ? '' : ` (${error.message})`}`);
  process.exit(1);
}
