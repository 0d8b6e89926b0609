/**
 * The public entries of the package: the one list from which `exports` in package.json, the build,
 * the documentation and the size limits are made.
 *
 * An entry is the folder `src/NAME/` with its `index.ts`, or the file `src/NAME.ts`. To add one, add
 * its line here and run `npm run generate`. A name with nothing on disk is skipped.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of package.json, with a slash at its end. */
export const root = fileURLToPath(new URL('../', import.meta.url));

/** One file for each algorithm, by full name, with its short one. */
export const schedulers = {
  'round-robin': 'rr',
  'weighted-round-robin': 'wrr',
  'least-connection': 'lc',
  'weighted-least-connection': 'wlc',
  'shortest-expected-delay': 'sed',
  'never-queue': 'nq',
  'weighted-failover': 'fo',
  'weighted-overflow': 'ovf',
  'power-of-two-choices': 'twos',
  'destination-hashing': 'dh',
  'source-hashing': 'sh',
  'maglev-hashing': 'mh',
  'locality-based-least-connection': 'lblc',
  'locality-based-least-connection-with-replication': 'lblcr',
};

const names = [
  '.',
  'schedulers',
  ...Object.keys(schedulers).map((name) => `schedulers/${name}`),
  'wire',
  'connections',
  'forwarding',
  'services',
  'director',
  'conntrack',
  'ipvsadm',
  'keepalived',
  'keepalived/node',
  'operations',
  'lint',
  'setup',
  'simulation',
  'captures',
  'sync',
  'sync/node',
  'health',
  'health/node',
  'metrics',
  'discovery/node',
  'run',
];

/**
 * @typedef {object} Entry
 * @property {string} name - The sub-path as `exports` has it: `.` or `./schedulers`.
 * @property {string} specifier - What an import says: `ipvs` or `ipvs/schedulers`.
 * @property {string} source - The source file, from the root: `src/schedulers/index.ts`.
 * @property {string} output - The built file without extension, from `dist/`: `schedulers/index`.
 */

/** @type {readonly Entry[]} The entries that exist. */
export const entries = names.flatMap((name) => {
  const stem = name === '.' ? 'index' : name;
  const output = [stem, `${stem}/index`].find((path) => existsSync(`${root}src/${path}.ts`));
  if (output === undefined) return [];
  const specifier = name === '.' ? 'ipvs' : `ipvs/${name}`;
  return [
    { name: name === '.' ? '.' : `./${name}`, specifier, source: `src/${output}.ts`, output },
  ];
});

/** The command's source file, from the root. */
export const command = 'src/cli/ipvs.ts';

/** Programs that run in processes of their own: source files by what is built of them. */
export const programs = {
  'cli/ipvs': command,
  'run/engine-process': 'src/run/engine-process.ts',
  'run/lab-server-process': 'src/run/lab-server-process.ts',
  'run/supervisor-process': 'src/run/supervisor-process.ts',
};

/**
 * Whether an entry is for Node alone.
 *
 * @param {string} name - Its sub-path or specifier.
 * @returns {boolean} `true` when no browser can load it.
 */
export function isForNode(name) {
  return name.endsWith('/node') || name.endsWith('/run');
}

/**
 * The `exports` of package.json.
 *
 * `module-sync` stands first, so that where Node knows it `require` and `import` share one instance.
 *
 * @returns {Record<string, unknown>} Sub-path to conditions.
 */
export function exportsMap() {
  /** @type {Record<string, unknown>} */
  const map = {};
  for (const { name, output } of entries) {
    const module = { types: `./dist/${output}.d.ts`, default: `./dist/${output}.js` };
    const common = { types: `./dist/${output}.d.cts`, default: `./dist/${output}.cjs` };
    map[name] = { 'module-sync': module, import: module, require: common };
  }
  return { ...map, './package.json': './package.json' };
}
