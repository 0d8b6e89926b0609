import { describe, expect, it } from 'vitest';
import { ruleLinesOf } from '../../src/ipvsadm/numbered-lines.js';
import { understand } from '../../src/operations/understand.js';

describe('a large file of rules', () => {
  it('is kept as its text, and its lines are made when they are asked for', () => {
    const { rules } = understand('-A -t 192.0.2.1:80\n'.repeat(1000));
    expect(Array.isArray(rules)).toBe(false);
    expect([...rules]).toHaveLength(1000);
    expect([...rules]).toHaveLength(1000);
  });

  it('has lines with their numbers, without blank ones, comments and line ends', () => {
    const text = '\n-C\r\n  # all\n\t\n -L\t# shown\r\n-S';
    expect([...ruleLinesOf(text)]).toEqual([
      { text: '-C', line: 2 },
      { text: ' -L\t# shown', line: 5 },
      { text: '-S', line: 6 },
    ]);
    expect([...ruleLinesOf('# a\n\u00A0\n', true)].map(({ line }) => line)).toEqual([1, 2]);
  });
});
