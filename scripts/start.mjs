/**
 * The first command after a clone: installs and builds what is missing, then runs a realistic rule
 * file in the simulator. Arguments are passed on: `npm start -- --seed 7`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { root } from './entries.mjs';
import { run } from './run.mjs';

const program = `${root}dist/cli/ipvs.js`;
const rules = 'examples/rules/production.rules';

if (!existsSync(`${root}node_modules/tsup`)) {
  console.error('Installing …');
  run('npm', ['ci', '--loglevel', 'error']);
}
if (!isBuilt()) {
  console.error('Building …');
  run('npm', ['run', '--silent', 'build']);
}

const { status } = spawnSync(
  process.execPath,
  [program, 'simulate', rules, ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
);
process.exitCode = status ?? 1;

/** Whether the built command is newer than every source file. */
function isBuilt() {
  if (!existsSync(program)) return false;
  const built = statSync(program).mtimeMs;
  return readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' }).every(
    (file) => statSync(`${root}src/${file}`).mtimeMs <= built,
  );
}
