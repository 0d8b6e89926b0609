/**
 * The laboratory as a user starts it: every step shows what it says.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundlePrograms, whatIsMissing } from './support/stage.js';

const missing = whatIsMissing('curl', 'ab', 'ping', 'nft');

describe.skipIf(missing !== '')(`the laboratory (needs root and tools; ${missing})`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'ipvs-lab-'));
  beforeAll(async () => bundlePrograms(folder), 120_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(['nat', 'dr', 'tun'])('shows what each step of %s says', (kind) => {
    const words = [join(folder, 'cli/ipvs.mjs'), 'lab', kind, '--check'];
    const { stdout, status } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    expect(stdout.split('\n').filter((line) => line.startsWith('WRONG'))).toEqual([]);
    expect(stdout).toMatch(/^\d+ steps, 0 wrong$/m);
    expect(status).toBe(0);
  });
});
