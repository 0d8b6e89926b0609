import { expect, it } from 'vitest';
import { restoreClassNames } from '../../scripts/class-names.mjs';

it('classes of the build have their own names back, joined declarations included', () => {
  const built = 'var A = 1, Table = class _Table { static from() { return new _Table(); } };';
  expect(restoreClassNames(built)).toBe(
    'var A = 1, Table = class Table { static from() { return new Table(); } };',
  );
  expect(restoreClassNames('var Table=class _Table{};')).toBe('var Table=class Table{};');
  expect(restoreClassNames('var Other = class _Table {};')).toBe('var Other = class _Table {};');
});
