import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { reflow, wrap } from '../../src/cli/wrap.js';

const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 40 });

test('wrapped lines fit, keep every word in order, and are as full as can be', () => {
  fc.assert(
    fc.property(words, fc.integer({ min: 20, max: 100 }), (list, columns) => {
      const lines = wrap(list.join(' '), columns, '  ').split('\n');
      expect(lines.flatMap((line) => line.trim().split(' '))).toEqual(list);
      for (const [index, line] of lines.entries()) {
        expect(line.length).toBeLessThanOrEqual(columns);
        const next = lines[index + 1]?.trim().split(' ')[0];
        if (next !== undefined) expect(`${line} ${next}`.length).toBeGreaterThan(columns);
      }
    }),
  );
});

test('a wrapped text keeps its own indentation, and blanks between columns', () => {
  expect(wrap('  admin  does much', 12, '    ')).toBe(
    '  admin \n    does\n    much'.replace(' \n', '\n'),
  );
  expect(wrap('  -x   a', 80)).toBe('  -x   a');
});

test('a word that is too long gets a line of its own', () => {
  expect(wrap('a 123456 b', 4)).toBe('a\n123456\nb');
});

test('paragraphs are joined and broken again, examples are not', () => {
  const text =
    '\nOne two\nthree.\n\n  ipvs example --with blanks\n\nfour:\n  ipvs a\n  ipvs b\nfive\n';
  expect(reflow(text, 9)).toBe(
    'One two\nthree.\n\n  ipvs example --with blanks\n\nfour:\n  ipvs a\n  ipvs b\nfive',
  );
});
