/**
 * A plugin for esbuild that lets it put numeric constants in where they are used.
 *
 * It does so with the constants of files that import nothing; any other constant becomes a variable of the
 * bundle that is read, and its type checked, at each use, which a hot path feels. So each file's numeric
 * constants are given a module of their own, which holds nothing else and vanishes from the bundle.
 */
import { readFile } from 'node:fs/promises';

const NAMESPACE = 'constants';
/** What begins with a slash is a regular expression, which may hold a semicolon. */
const CONSTANT = /^(export )?const ([A-Z][A-Z0-9_]*)(?:: number)? = (?!\/)([^;'"`[\]{}]+);/gm;

/** @type {import('esbuild').Plugin} */
export const inlineConstants = {
  name: 'inline-constants',
  setup(build) {
    const constants = new Map();
    build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/, namespace: 'file' }, async ({ path }) => {
      const { module, rest } = split(await readFile(path, 'utf8'));
      constants.set(path, module);
      return { contents: rest, loader: 'ts' };
    });
    // A file asks for its own constants.
    build.onResolve({ filter: /^constants:$/ }, ({ importer }) => ({
      path: importer,
      namespace: NAMESPACE,
    }));
    build.onLoad({ filter: /./, namespace: NAMESPACE }, ({ path }) => ({
      contents: constants.get(path),
      loader: 'ts',
    }));
  },
};

/**
 * Takes the constants out of a file whose values need nothing but numbers and each other.
 *
 * @param {string} source - The file's text.
 * @returns {{ module: string, rest: string }} A module of the constants, and the file without them.
 */
function split(source) {
  /** @type {string[]} */
  const names = [];
  /** @type {string[]} */
  const exported = [];
  /** @type {string[]} */
  const statements = [];
  /**
   * @param {string} statement - A constant's declaration.
   * @param {string | undefined} isExported - Something if it is exported.
   * @param {string} name - Its name.
   * @param {string} value - What it is made of.
   * @returns {string} What stays of it: its lines, so that the others keep their numbers.
   */
  const take = (statement, isExported, name, value) => {
    const words = value.match(/\b[A-Za-z_]\w*/g) ?? [];
    if (words.some((word) => !names.includes(word))) return statement;
    names.push(name);
    if (isExported !== undefined) exported.push(name);
    statements.push(`export const ${name} = ${value};`);
    return statement.replace(/[^\n]/g, '');
  };
  const rest = source.replace(CONSTANT, take);
  if (names.length === 0) return { module: '', rest };
  const takeBack = `import { ${names.join(', ')} } from '${NAMESPACE}:';`;
  return {
    module: statements.join('\n'),
    rest: `${rest}\n${takeBack}\nexport { ${exported.join(', ')} };\n`,
  };
}
