/** Every text that people have is understood by a plan and a simulation, or refused with its line. */
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/command.js';
import { LISTINGS, REFUSED, SCRIPTS } from '../operations/texts.js';
import { ipvs, temporaryFolder } from './support.js';

const empty = temporaryFolder()('empty.rules', '');
const understood = [...SCRIPTS, ...LISTINGS];

const commands: readonly (readonly [string, readonly string[]])[] = [
  ['plan', ['plan', '-', empty]],
  ['simulate', ['simulate', '-', '--connections', '50', '--clients', '5']],
];

test('there are 40 texts and more', () => {
  expect(understood.length + REFUSED.length).toBeGreaterThanOrEqual(40);
});

describe.each(commands)('ipvs %s', (name, argv) => {
  test.each(understood.filter(({ rules }) => rules !== ''))(
    'understands $feature',
    async ({ text }) => {
      const { code, err } = await ipvs(argv, { input: text });
      expect([code, code === EXIT.ok ? '' : err]).toEqual([EXIT.ok, '']);
    },
  );

  test.each(REFUSED)('refuses $feature with its line', async ({ text, line }) => {
    const { code, err } = await ipvs(argv, { input: text });
    expect(code).toBe(2);
    expect(err).toContain(`ipvs ${name}: standard input:${line}`);
  });
});
