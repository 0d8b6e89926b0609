/**
 * What follows a script's name on the command line: `--help` shows its usage, and what it does not know ends it with a
 * line and exit code 2.
 */
import { parseArgs } from 'node:util';

/**
 * Reads options.
 *
 * @template {import('node:util').ParseArgsConfig} Config
 * @param {string} usage - What `--help` shows.
 * @param {Config} config - As for `parseArgs`, without `help`.
 * @returns {ReturnType<typeof parseArgs<Config>>}
 */
export function readArguments(usage, config) {
  showHelp(usage);
  try {
    return parseArgs(config);
  } catch (error) {
    // The second sentence of Node's messages is about other ways to write it.
    return refuse(String(error instanceof Error ? error.message : error).split('. ', 1)[0] ?? '');
  }
}

/**
 * Reads whole numbers above 0, each with a default.
 *
 * @param {string} usage - What `--help` shows.
 * @param {readonly number[]} defaults - In order.
 * @returns {number[]} As many.
 */
export function readCounts(usage, defaults) {
  showHelp(usage);
  const words = process.argv.slice(2);
  const bad = words.find(
    (word, index) => index >= defaults.length || !/^[1-9]\d{0,14}$/.test(word),
  );
  if (bad !== undefined)
    refuse(`expected at most ${defaults.length} whole number(s) from 1, got ${bad}`);
  return defaults.map((each, index) => Number(words[index] ?? each));
}

/** @param {string} usage */
function showHelp(usage) {
  if (!process.argv.includes('--help', 2)) return;
  console.log(usage);
  process.exit(0);
}

/**
 * Ends the script: what it was given cannot be used.
 *
 * @param {string} message - Why.
 * @returns {never}
 */
export function refuse(message) {
  console.error(`${message} (--help shows the usage)`);
  return process.exit(2);
}
