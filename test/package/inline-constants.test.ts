import { build } from 'esbuild';
import { expect, it } from 'vitest';
import * as groups from '../../src/connections/index-groups.js';
import * as record from '../../src/connections/record.js';
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
  expect(await bundle(entry, [])).toMatch(/\bEACH_BYTE\b/);
  expect(await bundle(entry, [inlineConstants])).not.toMatch(
    /\b(EACH_BYTE|RECORD_WORDS|GENERATION)\b/,
  );
});

it('keeps what a module exports, and what it computes', async () => {
  const bundled = await load(await bundle('src/connections/record.ts', [inlineConstants]));
  expect({ ...bundled }).toEqual({ ...record });
  const copy = await load(await bundle('src/connections/index-groups.ts', [inlineConstants]));
  expect(Object.keys(copy).toSorted()).toEqual(Object.keys(groups).toSorted());
  const words = Int32Array.from({ length: 16 }, (_, i) => Math.imul(i, 0x1234567) & 0x7f7f7f7f);
  const { placesOf } = copy as typeof groups;
  for (let tag = 1; tag < 128; tag++) {
    expect(placesOf(words, 0, tag)).toBe(groups.placesOf(words, 0, tag));
  }
});
