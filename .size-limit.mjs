import { entries, schedulers } from './scripts/entries.mjs';

/** Upper limits by entry, gzipped, with everything the entry needs. */
const limits = new Map([
  ['.', '12 kB'],
  ['./schedulers', '16 kB'],
]);

const oneScheduler = entries
  .filter(({ name }) => name.startsWith('./schedulers/'))
  .map(({ name, output }) => ({
    name: `${name} (${schedulers[/** @type {keyof typeof schedulers} */ (name.split('/').pop())]})`,
    path: `dist/${output}.js`,
    limit: '4 kB',
  }));

const others = entries
  .filter(({ name }) => !name.startsWith('./schedulers/'))
  .map(({ name, output }) => ({
    name,
    path: `dist/${output}.js`,
    limit: limits.get(name) ?? '40 kB',
  }));

export default [...others, ...oneScheduler].map((check) => ({ ...check, gzip: true }));
