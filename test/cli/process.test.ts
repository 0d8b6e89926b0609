/**
 * What only a process of its own can show: exit codes, streams, and readers that go away.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle } from '../support/bundled-command.js';

const folder = mkdtempSync(join(tmpdir(), 'ipvs-bundle-'));
const program = join(folder, 'ipvs.mjs');

beforeAll(async () => {
  await bundle('src/cli/ipvs.ts', program);
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(...argv: string[]): ReturnType<typeof spawnSync> {
  return spawnSync(process.execPath, [program, ...argv], { encoding: 'utf8' });
}

const rules = 'examples/rules/nat-rr.rules';

test('the process ends with the exit code of the command', () => {
  expect(run('--help').status).toBe(0);
  expect(run('nosuch').status).toBe(2);
});

test('results go to standard output and complaints to standard error', () => {
  const good = run('simulate', rules, '--connections', '100');
  const bad = run('simulate');

  expect([good.stderr, bad.stdout]).toEqual(['', '']);
  expect(good.stdout).toContain('192.168.50.129:80');
  expect(bad.stderr).toContain('expected one file of rules');
});

test('a simulation on two threads prints what one prints', () => {
  const file = 'examples/rules/production.rules';
  const words = ['simulate', file, '--connections', '60000', '--workers'];
  const [one, two] = ['1', '2'].map((workers) => run(...words, workers));

  expect(one.stdout).toContain('UDP  192.0.2.53:53');
  expect(two).toMatchObject({ stdout: one.stdout, stderr: '', status: 0 });
});

test('a reader that goes away early is no error', () => {
  const script = '"$0" "$1" simulate "$2" --connections 100 --scheduler all --json | true';
  const { stderr, status } = spawnSync('sh', ['-c', script, process.execPath, program, rules], {
    encoding: 'utf8',
  });

  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
});

test('a command that was copied out of its package still works on files', () => {
  expect(run('--version').stdout).toBe('ipvs unknown\n');
  expect(run('simulate', 'nat-rr').stderr).toContain(
    'nat-rr: cannot be read: no such file or directory',
  );
});
