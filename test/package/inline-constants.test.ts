import { build } from 'esbuild';
import { expect, it } from 'vitest';
import * as groups from '../../src/connections/client-index/bucket-slots.js';
import * as record from '../../src/connections/entries/record.js';
import { inlineConstants } from '../../scripts/inline-constants.mjs';

async function bundle(entry: string, plugins: (typeof inlineConstants)[]): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    minifySyntax: true,
    plugins,
  });
  return outputFiles[0].text;
}

async function load(text: string): Promise<Record<string, unknown>> {
  return (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as Record<
    string,
    unknown
  >;
}

it('leaves no constant to be read in code that runs often', async () => {
  const entry = 'src/connections/connection-table.ts';
  expect(await bundle(entry, [])).toMatch(/\bEXACT_GROUPS\b/);
  expect(await bundle(entry, [inlineConstants])).not.toMatch(
    /\b(EXACT_GROUPS|CHUNK_MASK|LOW_HALF)\b/,
  );
});

it('keeps what a module exports, and what it computes', async () => {
  const bundled = await load(await bundle('src/connections/entries/record.ts', [inlineConstants]));
  expect({ ...bundled }).toEqual({ ...record });
  const copy = await load(
    await bundle('src/connections/client-index/bucket-slots.ts', [inlineConstants]),
  );
  expect(Object.keys(copy).toSorted()).toEqual(Object.keys(groups).toSorted());
  const words = Int32Array.from({ length: 16 }, (_, i) => i % 5);
  const { GroupPlaces } = copy as typeof groups;
  for (let fingerprint = 0; fingerprint < 6; fingerprint++) {
    const places = new groups.GroupPlaces().placesOf(words, 0, fingerprint);
    expect(new GroupPlaces().placesOf(words, 0, fingerprint)).toBe(places);
  }
});
