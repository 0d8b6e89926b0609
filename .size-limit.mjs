import { entries, schedulers } from './scripts/entries.mjs';

/** Upper limits by entry, gzipped, with everything the entry needs. */
const limits = new Map([
  ['.', '28 kB'],
  ['./director', '48 kB'],
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
  .filter(({ name }) => !name.startsWith('./schedulers/') && !name.endsWith('/node'))
  .map(({ name, output }) => ({
    name,
    path: `dist/${output}.js`,
    limit: limits.get(name) ?? '40 kB',
  }));

// Bundlers take one algorithm out of the entry that has all of them.
const oneOfAll = {
  name: './schedulers, roundRobin alone',
  path: 'dist/schedulers/index.js',
  import: '{ roundRobin }',
  limit: '2 kB',
};

/**
 * @param {object} config - How esbuild is called.
 * @returns {object} The same, without a word about chunks that an entry names and does not need.
 */
const quietly = (config) => ({ ...config, logOverride: { 'ignored-bare-import': 'silent' } });

export default [...others, oneOfAll, ...oneScheduler].map((check) => ({
  ...check,
  gzip: true,
  modifyEsbuildConfig: quietly,
}));
