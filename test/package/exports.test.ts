import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { entries, exportsMap, root, schedulers } from '../../scripts/entries.mjs';

const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
  exports: Record<string, unknown>;
  dependencies?: object;
};

describe('the public entries', () => {
  it('are what package.json exports', () => {
    expect(JSON.stringify(manifest.exports), 'stale: npm run generate').toBe(
      JSON.stringify(exportsMap()),
    );
  });

  it('name each module once', () => {
    expect(new Set(entries.map(({ output }) => output)).size).toBe(entries.length);
  });

  it.each(entries.map(({ specifier, source }) => [specifier, source]))(
    '%s resolves to its source in tests',
    async (specifier, source) => {
      const byName = (await import(specifier)) as object;
      const byPath = (await import(`${root}${source}`)) as object;
      expect(byName).toBe(byPath);
    },
  );

  it('leave no runtime dependency', () => {
    expect(manifest.dependencies).toBeUndefined();
  });
});

describe('the schedulers', () => {
  const missing = Object.keys(schedulers).filter(
    (name) => !existsSync(`${root}src/schedulers/${name}.ts`),
  );

  it('have a file each, found by the full name', () => {
    expect(missing).toEqual([]);
  });

  it('export nothing but the factory and its types from their own entry', async () => {
    for (const { specifier, name } of entries) {
      if (name.startsWith('./schedulers/')) {
        const module = (await import(specifier)) as object;
        expect([specifier, Object.values(module).map((value) => typeof value)]).toEqual([
          specifier,
          ['function'],
        ]);
      }
    }
  });
});
