/**
 * A plugin of the build: classes keep their names.
 *
 * esbuild writes a class that refers to itself as `X = class _X { … _X … }`, so stack traces and
 * `constructor.name` say `_X`. Within the class its own name means the same as `_X`, so it is put back.
 */

const RENAMED = /\b(\w+)\s*=\s*class _\1\b/g;

/**
 * Gives the classes of a built file their names back.
 *
 * @param {string} code - The file's text.
 * @returns {string} The text, with as many lines.
 */
export function restoreClassNames(code) {
  const names = [...code.matchAll(RENAMED)].map((match) => match[1]);
  return names.reduce(
    (text, name) => text.replaceAll(new RegExp(`\\b_${name}\\b`, 'g'), name),
    code,
  );
}

/** The plugin, for `plugins` of tsup. */
export const classNames = {
  name: 'class-names',
  /**
   * @param {string} code
   * @param {{ map?: string | object | null, type: string }} file
   */
  renderChunk(code, file) {
    return file.type === 'chunk'
      ? { code: restoreClassNames(code), map: file.map ?? null }
      : undefined;
  },
};
