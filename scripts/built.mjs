/** Makes sure that the command is built, for scripts that run it right after a clone. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { root } from './entries.mjs';
import { run } from './run.mjs';

/** The built command. */
export const program = `${root}dist/cli/ipvs.js`;

/** Installs and builds what is missing. */
export function ensureBuilt() {
  if (!existsSync(`${root}node_modules/tsup`)) {
    console.error('Installing …');
    run('npm', ['ci', '--loglevel', 'error']);
  }
  if (!isBuilt()) {
    console.error('Building …');
    run('npm', ['run', '--silent', 'build']);
  }
}

/** Whether the built command is newer than every source file. */
function isBuilt() {
  if (!existsSync(program)) return false;
  const built = statSync(program).mtimeMs;
  return readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' }).every(
    (file) => statSync(`${root}src/${file}`).mtimeMs <= built,
  );
}
