/**
 * What a command loads before it does anything. Half of the time of a short command goes into that, so it is counted:
 * in files and bytes of the built package, which is bundled here as the build bundles it.
 */
import { build, type Metafile } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';
import { inlineConstants } from '../../scripts/inline-constants.mjs';
import { entries, programs, root } from '../../scripts/entries.mjs';

const KILOBYTE = 1000;

/** What a command loads. */
interface Loaded {
  /** How many files of the package. */
  readonly files: number;
  /** How long they are. */
  readonly bytes: number;
  /** The sources in them, from `src/`. */
  readonly sources: readonly string[];
}

let outputs: Metafile['outputs'];

beforeAll(async () => {
  const published = entries.map(({ output, source }) => [output, source] as const);
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { ...Object.fromEntries(published), ...programs },
    alias: Object.fromEntries(entries.map(({ specifier, source }) => [specifier, `./${source}`])),
    plugins: [inlineConstants],
    bundle: true,
    splitting: true,
    minifySyntax: true,
    minifyWhitespace: true,
    platform: 'node',
    format: 'esm',
    target: 'es2022',
    outdir: 'dist',
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  ({ outputs } = metafile);
});

/** Follows the imports that are not made later. */
function loadedBy(...starts: readonly string[]): Loaded {
  const paths = new Set<string>();
  const visit = (path: string): void => {
    if (paths.has(path)) return;
    paths.add(path);
    for (const { kind, external, path: next } of outputs[path].imports) {
      if (kind === 'import-statement' && external !== true) visit(next);
    }
  };
  for (const start of starts) {
    const entry = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === start);
    visit(entry?.[0] ?? start);
  }
  const loaded = [...paths].map((path) => outputs[path]);
  return {
    files: paths.size,
    bytes: loaded.reduce((sum, { bytes }) => sum + bytes, 0),
    sources: loaded.flatMap(({ inputs }) =>
      Object.keys(inputs).map((path) => path.replace(/^(?:constants:)?src\//, '')),
    ),
  };
}

const COMMAND = programs['cli/ipvs'];

/** What only other kinds of texts and other tasks need. */
const NOT_FOR_RULES =
  /^(?:keepalived|lint|setup|run|sync|conntrack|health|metrics|operations\/(?:script|listing)|simulation\/fleet\/(?!fleet-event|ecmp-))/;

describe('the command', () => {
  test('shows its help without the library', () => {
    const { sources, bytes } = loadedBy(COMMAND);
    expect(sources.filter((path) => !path.startsWith('cli/'))).toEqual([]);
    expect(bytes).toBeLessThan(16 * KILOBYTE);
  });

  test.each([
    ['simulate', 492],
    ['admin', 449],
    ['translate', 531],
  ])('loads for %s of plain rules neither other readers nor other tasks', (name, kilobytes) => {
    const { sources, bytes } = loadedBy(COMMAND, `src/cli/commands/${name}.ts`);
    expect(sources.filter((path) => NOT_FOR_RULES.test(path))).toEqual([]);
    expect(sources).toContain('director/director.ts');
    expect(bytes).toBeLessThan(kilobytes * KILOBYTE);
  });

  test('loads the readers of all other kinds together', () => {
    const { sources } = loadedBy('src/cli/pasted-text.ts');
    expect(sources).toContain('keepalived/parse.ts');
    expect(sources).toContain('operations/script/read-script.ts');
    expect(sources).toContain('operations/listing/read-listings.ts');
  });
});
