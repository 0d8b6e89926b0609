/**
 * The tutorial on this machine: `sudo npm run lab`, or `sudo npm run lab -- dr --check`.
 */
import { spawnSync } from 'node:child_process';
import { ensureBuilt, program } from './built.mjs';

ensureBuilt();
const words = process.argv.slice(2);
const hasKind = words.some((word) => !word.startsWith('-'));
const { status } = spawnSync(
  process.execPath,
  [program, 'lab', ...(hasKind ? [] : ['nat']), ...words],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;
