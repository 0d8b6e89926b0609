import { readdirSync } from 'node:fs';
import { entries } from './scripts/entries.mjs';

const guides = ['docs/guides', 'docs'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`),
);

// The entry of each scheduler exports nothing that `schedulers` does not.
const documented = entries.filter(({ name }) => !name.startsWith('./schedulers/'));

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  name: 'ipvs',
  tsconfig: 'tsconfig.build.json',
  entryPoints: documented.map(({ source }) => source),
  projectDocuments: [...guides, 'CONTRIBUTING.md', 'CHANGELOG.md'],
  out: 'docs/api',
  plugin: ['typedoc-plugin-mdn-links', 'typedoc-plugin-coverage', './scripts/playground-link.mjs'],
  includeVersion: true,
  disableSources: true,
  hideGenerator: true,
  jsDocCompatibility: { exampleTag: false },
  excludeInternal: true,
  excludePrivate: true,
  sort: ['source-order'],
  validation: {
    invalidLink: true,
    invalidPath: true,
    notDocumented: true,
    notExported: true,
    rewrittenLink: true,
    unusedMergeModuleWith: true,
  },
  // Parts of a condition on the platform's types, not members.
  intentionallyNotDocumented: [
    'health.ProbeSignal.__type.AbortSignal',
    'health.ProbeSignal.__type.AbortSignal.__type.prototype',
  ],
  treatWarningsAsErrors: true,
  logLevel: 'Warn',
};
