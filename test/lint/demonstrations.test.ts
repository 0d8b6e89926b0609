/**
 * What each rule says of itself can be seen: its command shows what it says, its program proves it.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/entries.mjs';
import { LINT_RULES } from '../../src/lint/index.js';
import { ipvs, temporaryFolder } from '../cli/support.js';

const file = temporaryFolder();

const commands = LINT_RULES.flatMap((rule) =>
  'command' in rule.see ? [[rule.code, rule, rule.see] as const] : [],
);

/** Fewer connections than the command makes unasked show the same. */
const FEW = 2000;

/** What the command is called with, given the file that it is to read. */
function wordsOf(command: string, path: string): string[] {
  const [, ...words] = command.split(' ').map((word) => (word === 'bad' ? path : word));
  return words[0] === 'simulate' ? [...words, '--connections', String(FEW)] : words;
}

describe('what a command shows of a rule', () => {
  it.each(commands)('%s', async (_, rule, { command, shows }) => {
    const [first] = rule.found();
    const path = file(`${rule.code}-${first.name}`, first.text);
    const { out, err } = await ipvs(wordsOf(command, path));
    for (const text of shows) expect(out + err).toContain(text.replace('100,000', '2,000'));
    if (!command.split(' ').includes('bad')) return;
    const [good] = rule.clean();
    const other = file(`${rule.code}-clean-${good.name}`, good.text);
    const clean = await ipvs(wordsOf(command, other));
    expect(clean.out + clean.err).not.toBe(out + err);
  });
});

describe('what a program proves of a rule', () => {
  it.each(LINT_RULES.flatMap(({ see }) => ('program' in see ? [see.program] : [])))(
    '%s is a file of docs/examples',
    (program) => {
      const path = join(root, 'docs/examples', `lint-${program}.ts`);
      expect(existsSync(path), dirname(path)).toBe(true);
    },
  );

  it('is more than a host has to show', () => {
    const onHost = LINT_RULES.filter(({ see }) => 'host' in see);
    expect(onHost.length).toBeLessThan(LINT_RULES.length / 3);
  });
});
