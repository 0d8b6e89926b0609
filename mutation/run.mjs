/**
 * Runs the mutation tests: `npm run mutation [model|schedulers] [-- --mutate FILE …]`, both folders by default.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const stryker = fileURLToPath(
  new URL('node_modules/@stryker-mutator/core/bin/stryker.js', import.meta.url),
);
const folders = ['model', 'schedulers'];
const rest = process.argv.slice(2);
const chosen = folders.includes(rest[0]) ? [rest.shift()] : folders;

for (const folder of chosen) {
  const command = [stryker, 'run', 'mutation/stryker.config.mjs', ...rest];
  const env = { ...process.env, MUTATE: folder };
  const { status } = spawnSync(process.execPath, command, { cwd: root, env, stdio: 'inherit' });
  process.exitCode ||= status ?? 1;
}
