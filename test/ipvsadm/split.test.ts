import { expect, it } from 'vitest';
import { splitLine } from '../../src/ipvsadm/split.js';

it('a line is divided at the blanks of Unicode, and strictly only at those of the tool', () => {
  expect(splitLine('\uFEFF-A\u00A0-t\vX').map(({ text }) => text)).toEqual(['-A', '-t', 'X']);
  expect(splitLine('-A\u00A0-t #1', true)).toEqual([
    { text: '-A\u00A0-t', column: 1 },
    { text: '#1', column: 7 },
  ]);
});

it('a line is divided at five blanks of ASCII and the space, strictly at three and the space', () => {
  const dividing = (strict: boolean): number[] =>
    Array.from({ length: 128 }, (_, code) => code).filter(
      (code) => splitLine(`a${String.fromCharCode(code)}b`, strict).length === 2,
    );
  expect(dividing(false)).toEqual([9, 10, 11, 12, 13, 32]);
  expect(dividing(true)).toEqual([9, 10, 13, 32]);
});
