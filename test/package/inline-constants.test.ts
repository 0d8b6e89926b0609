import { build } from 'esbuild';
import { expect, it } from 'vitest';
import * as wheelSlots from '../../src/connections/timers/wheel-slots.js';
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
  expect(await bundle(entry, [])).toMatch(/\bEXACT_BUCKETS\b/);
  expect(await bundle(entry, [inlineConstants])).not.toMatch(
    /\b(EXACT_BUCKETS|CHUNK_MASK|LOW_HALF)\b/,
  );
});

it('keeps what a module exports, and what it computes', async () => {
  const bundled = await load(await bundle('src/connections/entries/record.ts', [inlineConstants]));
  expect({ ...bundled }).toEqual({ ...record });
  const copy = await load(await bundle('src/connections/timers/wheel-slots.ts', [inlineConstants]));
  expect(Object.keys(copy).toSorted()).toEqual(Object.keys(wheelSlots).toSorted());
  const { wheelSlotOf } = copy as typeof wheelSlots;
  for (let moment = 1; moment < 2 ** 33; moment *= 3) {
    expect(wheelSlotOf(moment, 7)).toBe(wheelSlots.wheelSlotOf(moment, 7));
  }
});
