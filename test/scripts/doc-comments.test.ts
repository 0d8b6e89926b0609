import { describe, expect, it } from 'vitest';
import { withoutDocComments } from '../../scripts/doc-comments.mjs';

describe('built code', () => {
  it('leaves out doc comments, with their lines', () => {
    const code =
      'class A {\n  /**\n   * A rule.\n   */\n  pick() {}\n}\n/** One line. */\nlet a;\n';
    expect(withoutDocComments(code)).toBe('class A {\n  pick() {}\n}\nlet a;\n');
  });

  it.each([
    'let a = /* @__PURE__ */ f();\n',
    '// A note.\nlet a;\n',
    "let glob = 'src/**/*.ts';\n",
    '/* A notice. */\nlet a;\n',
  ])('keeps %j', (code) => {
    expect(withoutDocComments(code)).toBe(code);
  });
});
