/**
 * A plugin of the build: the code leaves out doc comments, which the declarations have.
 */

/** A doc comment with lines of its own. */
const DOC_COMMENT = /^[ \t]*\/\*\*[\s\S]*?\*\/\n/gm;

/**
 * Removes the doc comments of a built file.
 *
 * @param {string} code - The file's text.
 * @returns {string} The text without them.
 */
export function withoutDocComments(code) {
  return code.replaceAll(DOC_COMMENT, '');
}

/** The plugin, for `plugins` of tsup. */
export const docComments = {
  name: 'doc-comments',
  /**
   * @param {string} code
   * @param {{ map?: string | object | null, type: string }} file
   */
  renderChunk(code, file) {
    return file.type === 'chunk'
      ? { code: withoutDocComments(code), map: file.map ?? null }
      : undefined;
  },
};
