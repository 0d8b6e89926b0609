/**
 * The first command after a clone: installs and builds what is missing, then runs a realistic rule
 * file in the simulator. Arguments are passed on: `npm start -- --seed 7`.
 */
import { spawnSync } from 'node:child_process';
import { ensureBuilt, program } from './built.mjs';
import { root } from './entries.mjs';

const rules = 'examples/rules/production.rules';

ensureBuilt();
const { status } = spawnSync(
  process.execPath,
  [program, 'simulate', rules, ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
);
process.exitCode = status ?? 1;
