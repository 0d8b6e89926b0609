/**
 * The public names and signatures of each entry, as text: a change of the public face shows in it.
 *
 * `docs/api-report.txt` is written by `npm run generate`; a test compares it with the sources.
 */
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { entries, root } from './entries.mjs';

const printer = ts.createPrinter({ removeComments: true, omitTrailingSemicolon: true });

/**
 * Lists what the entries export.
 *
 * @param {ts.Program} program - A program with the sources of all entries.
 * @returns {string} A section per entry, a line per name or member.
 */
export function apiReport(program = programOfEntries()) {
  const checker = program.getTypeChecker();
  const sections = entries.map(({ specifier, source }) => {
    const file = program.getSourceFile(root + source);
    const symbol = file && checker.getSymbolAtLocation(file);
    const names = symbol === undefined ? [] : checker.getExportsOfModule(symbol);
    const lines = names
      .toSorted((one, other) => (one.name < other.name ? -1 : 1))
      .flatMap((name) => linesOf(name, checker));
    return `# ${specifier}: ${names.length} names\n${lines.map((line) => `${line}\n`).join('')}`;
  });
  return sections.join('\n');
}

/** The sources of all entries, as the build compiles them. */
function programOfEntries() {
  const files = entries.map(({ source }) => root + source);
  const { config } = ts.readConfigFile(`${root}tsconfig.build.json`, (path) =>
    readFileSync(path, 'utf8'),
  );
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  return ts.createProgram(files, { ...options, stripInternal: true });
}

/**
 * @param {ts.Symbol} exported - A name that an entry exports.
 * @param {ts.TypeChecker} checker - Resolves it.
 * @returns {string[]} Its signature, and a line per public member.
 */
function linesOf(exported, checker) {
  const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
  const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
  return (symbol.declarations ?? []).flatMap((declaration) => {
    if (ts.isClassDeclaration(declaration) || ts.isInterfaceDeclaration(declaration)) {
      const kind = ts.isClassDeclaration(declaration) ? 'class' : 'interface';
      const parents = (declaration.heritageClauses ?? []).map(textOf).join(' ');
      const members = declaration.members
        .filter(isPublic)
        .map((member) => `  ${signature(member)}`);
      return [`${kind} ${exported.name} ${parents}`.trimEnd(), ...members.toSorted()];
    }
    return [signature(declaration)];
  });
}

/** @param {ts.ClassElement | ts.TypeElement} member - A member of a class or interface. */
function isPublic(member) {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  const isInternal = ts.getJSDocTags(member).some((tag) => tag.tagName.text === 'internal');
  return (ts.getCombinedModifierFlags(member) & hidden) === 0 && !isInternal;
}

/**
 * @param {ts.Node} node - A declaration.
 * @returns {string} Its text on one line, without body and value.
 */
function signature(node) {
  const text = textOf(node);
  const body = /** @type {{ body?: ts.Node, initializer?: ts.Node }} */ (node);
  const rest = body.body ?? body.initializer;
  return (rest === undefined ? text : text.slice(0, text.lastIndexOf(textOf(rest))))
    .replace(/\s*=?\s*$/, '')
    .replace(/^export /, '');
}

/** @param {ts.Node} node - A node of a source file. */
function textOf(node) {
  const text = printer.printNode(ts.EmitHint.Unspecified, node, node.getSourceFile());
  return text.replace(/\s+/g, ' ').trim();
}
