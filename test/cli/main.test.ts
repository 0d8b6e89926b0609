import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.js';
import { ipvs } from './support.js';

test('--help lists every command on standard output', async () => {
  const { code, out, err } = await ipvs(['--help']);

  for (const { name } of COMMANDS) expect(out).toContain(`  ${name} `);
  expect({ code, err }).toEqual({ code: 0, err: '' });
});

test('--help fits in 80 columns', async () => {
  const { out } = await ipvs(['--help'], { columns: 80 });
  expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test('--version prints the version of the package', async () => {
  const description = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

  expect(await ipvs(['--version'])).toEqual({
    code: 0,
    out: `ipvs ${description.version}\n`,
    err: '',
  });
});

test.each([[[]], [['nosuch']], [['--nosuch']], [['help', 'nosuch']]])(
  '%j is a usage error that names the commands',
  async (argv) => {
    const { code, out, err } = await ipvs(argv);

    expect({ code, out }).toEqual({ code: 2, out: '' });
    for (const { name } of COMMANDS) expect(err).toContain(name);
  },
);

const LOADED = await Promise.all(COMMANDS.map(({ load }) => load()));

describe.each(LOADED)('ipvs $name', ({ name, options, operands }) => {
  test('has one name in the table and in its file', () => {
    expect(COMMANDS.map((row) => row.name)).toContain(name);
  });

  test.each([
    [name, '--help'],
    [name, '-h'],
    ['help', name],
  ])('%s %s explains every option', async (...argv) => {
    const { code, out } = await ipvs(argv);

    expect(code).toBe(0);
    for (const option of Object.keys(options)) expect(out).toContain(`--${option}`);
  });

  test('explains itself in 80 columns', async () => {
    const { out } = await ipvs([name, '--help'], { columns: 80 });
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('refuses an unknown option and names those it has', async () => {
    const { code, out, err } = await ipvs([name, '--nosuch']);

    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain("unknown option '--nosuch'");
    for (const option of Object.keys(options)) expect(err).toContain(`--${option}`);
  });

  // A command whose operands may all be left out says so by brackets.
  test.skipIf(operands.startsWith('['))('refuses to run without operands', async () => {
    const { code, out, err } = await ipvs([name]);

    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(new RegExp(`^ipvs ${name}: .*expected`));
  });
});
