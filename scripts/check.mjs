/**
 * The whole gate: every check that a change has to pass, in order, the cheap ones first.
 *
 * `npm run check -- NAME…` runs only the named steps.
 */
import { spawnSync } from 'node:child_process';
import { root } from './entries.mjs';

const steps = ['format', 'lint', 'types', 'coverage', 'docs', 'build', 'package', 'size'];

const named = process.argv.slice(2);
const unknown = named.filter((name) => !steps.includes(name));
if (unknown.length > 0) {
  console.error(`Unknown step: expected ${steps.join(', ')}, got ${unknown.join(', ')}`);
  process.exit(2);
}

for (const step of named.length > 0 ? named : steps) {
  console.log(`\n== ${step}`);
  const begun = performance.now();
  const { status } = spawnSync('npm', ['run', '--silent', step], { cwd: root, stdio: 'inherit' });
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  if (status !== 0) {
    console.error(`== ${step} failed after ${seconds} s`);
    process.exit(1);
  }
  console.log(`== ${step} passed in ${seconds} s`);
}
