import { rmSync } from 'node:fs';
import { defineConfig, type Options } from 'tsup';
import { inlineConstants } from './scripts/inline-constants.mjs';
import { classNames } from './scripts/class-names.mjs';
import { docComments } from './scripts/doc-comments.mjs';
import { entries, programs } from './scripts/entries.mjs';

rmSync('dist', { recursive: true, force: true });

const published = Object.fromEntries(entries.map(({ output, source }) => [output, source]));

const aliases = Object.fromEntries(
  entries.map(({ specifier, source }) => [specifier, `./${source}`]),
);

const code: Options = {
  format: 'esm',
  target: 'es2022',
  // Without shared chunks each entry would carry its own classes, and `instanceof` would fail.
  splitting: true,
  // Deno asks for the prefix.
  removeNodeProtocol: false,
  metafile: true,
  silent: true,
  esbuildPlugins: [inlineConstants],
  plugins: [classNames, docComments],
  esbuildOptions: (options) => {
    // Puts constants in where they are used; see the plugin.
    options.minifySyntax = true;
    // A third of the package would be blanks. Names stay, and lines are short enough to find a place by.
    options.minifyWhitespace = true;
    options.lineLimit = 100;
    // The suites of `ipvs bench` import the package by its own name.
    options.alias = aliases;
  },
};

export default defineConfig([
  { ...code, entry: { ...published, ...programs } },
  {
    format: ['esm', 'cjs'],
    entry: published,
    tsconfig: 'tsconfig.build.json',
    silent: true,
    // tsup sets an option that TypeScript 6 calls deprecated.
    dts: { only: true, compilerOptions: { ignoreDeprecations: '6.0' } },
  },
]);
