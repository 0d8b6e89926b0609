import { entries } from './scripts/entries.mjs';
import { pages } from './scripts/pages.mjs';

// The entry of each scheduler exports nothing that `schedulers` does not.
const documented = entries.filter(({ name }) => !name.startsWith('./schedulers/'));

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  name: 'ipvs',
  tsconfig: 'tsconfig.build.json',
  entryPoints: documented.map(({ source }) => source),
  projectDocuments: Object.values(pages).flat(),
  groupOrder: [...Object.keys(pages), 'Modules', '*'],
  navigation: { includeGroups: true },
  out: 'docs/api',
  customCss: 'docs/site.css',
  plugin: ['typedoc-plugin-mdn-links', 'typedoc-plugin-coverage', './scripts/typedoc-plugin.mjs'],
  // A file name that ends in .md is no address.
  markdownItOptions: { html: true, linkify: false },
  searchInComments: true,
  searchInDocuments: true,
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
    // What `using` calls is `close`.
    'ipvs.VirtualService.[dispose]',
    'ipvs.ServiceConnection.[dispose]',
    'health.HealthChecker.[dispose]',
    'discovery/node.DnsDiscovery.[dispose]',
  ],
  // Constants and conditions that only types are derived from.
  intentionallyNotExported: ['TYPES', 'DisposeSymbol'],
  treatWarningsAsErrors: true,
  logLevel: 'Warn',
};
