import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { KERNEL_CHANGES } from '../../src/model/kernel-profile.js';
import { ipvs } from './support.js';

test('a recorded kernel is its own profile', async () => {
  expect((await ipvs(['kernel', '6.12.117'])).out).toBe("6.12.117: kernel '6.12.117'\n");
});

test('what uname prints is understood, on standard input as well', async () => {
  const input = '6.1.0-44-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-06-01)\n';
  const { code, out } = await ipvs(['kernel', '-'], { input });

  expect(code).toBe(0);
  expect(out).toContain("6.1.176: kernel '6.1.176'\n\nOther than the newest kernel:\n");
  expect(out).toContain('256 × active + inactive connections (until 6.1.183 and 6.12.104)');
});

test('a release between two profiles gets the nearest, and what it does otherwise', async () => {
  const { out } = await ipvs(['kernel', '6.1.185']);

  expect(out).toContain(
    "6.1.185: kernel '6.1.192'\n\nIt was not recorded. Other than this profile:\n",
  );
  expect(out).toContain('- Addresses that lblc and lblcr remember: any number');
});

test.each([
  ['6.1.0-49-amd64', 'names a package, not a release'],
  ['6.6.30', 'expected a release of 6.1 or 6.12'],
  ['newest', 'expected a release such as 6.1.176'],
])('%s is refused with the reason', async (text, reason) => {
  const { code, err } = await ipvs(['kernel', text]);

  expect(code).toBe(2);
  expect(err).toContain(reason);
});

test('the guide shows every change with its releases', () => {
  const guide = readFileSync('docs/kernels.md', 'utf8').replaceAll(/ +/g, ' ');
  for (const { title, before, after, since } of Object.values(KERNEL_CHANGES)) {
    const [first, second] = (['6.1', '6.12'] as const).map((line) => {
      const patch = since[line];
      if (patch === undefined) return 'never';
      return patch === 0 ? 'always' : `${line}.${patch}`;
    });
    expect(guide).toContain(`| ${title} | ${before} | ${after} | ${first} | ${second} |`);
  }
});
