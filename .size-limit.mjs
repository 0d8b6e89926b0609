import { entries, isForNode, schedulers } from './scripts/entries.mjs';

/** Upper limits by entry, gzipped, with everything the entry needs. */
const limits = new Map([
  ['.', '44.2 kB'],
  // Fast paths for both families and for tunnels.
  ['./director', '88.5 kB'],
  // These understand all that is pasted, and follow loops of scripts.
  ['./lint', '94 kB'],
  // This has the director, keepalived.conf and its reload, and the loads of simulations, and grows with each of them.
  ['./operations', '150.4 kB'],
  ['./schedulers', '16 kB'],
  // These carry the cache of destinations and the rules of three kernels for it.
  ['./schedulers/locality-based-least-connection', '5.5 kB'],
  ['./schedulers/locality-based-least-connection-with-replication', '6 kB'],
]);

const oneScheduler = entries
  .filter(({ name }) => name.startsWith('./schedulers/'))
  .map(({ name, output }) => ({
    name: `${name} (${schedulers[/** @type {keyof typeof schedulers} */ (name.split('/').pop())]})`,
    path: `dist/${output}.js`,
    limit: limits.get(name) ?? '4 kB',
  }));

const others = entries
  .filter(({ name }) => !name.startsWith('./schedulers/') && !isForNode(name))
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
