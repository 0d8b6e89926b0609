/**
 * The house rules that no compiler checks: layers import downwards only, nothing happens at import
 * time, Node's own modules stay in the command and in entries for Node, and files stay small.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { programs, root } from '../scripts/entries.mjs';

const LONGEST_FILE = 400;

const SCHEDULER_INTERFACE = 'schedulers/scheduler.ts';
const BELOW_DIRECTOR = ['.', 'model', 'wire', SCHEDULER_INTERFACE];

/** The parts that a connection table owns. */
const TABLE_PARTS = ['entries', 'client-index', 'timers', 'states'].map(
  (part) => `connections/${part}`,
);
/** What other folders may import of `connections`: its own files, its doors, and keys, constants and pure tables. */
const CONNECTIONS = [
  'connections',
  'connections/doors',
  'connections/entries/connection-key.ts',
  'connections/states',
  'connections/entries/flags.ts',
  'connections/entries/initial-state.ts',
];

const SYNC_INTERFACE = ['sync/sync-part.ts', 'sync/sync-daemon.ts'];
const TRACKING_INTERFACE = ['conntrack/tracking-part.ts', 'conntrack/tracking-state.ts'];

/** What a director is configured with, and by which language. */
const CONFIGURATION = [
  ...BELOW_DIRECTOR,
  ...CONNECTIONS,
  'schedulers',
  'services',
  'statistics',
  ...SYNC_INTERFACE,
];

const UP_TO_DIRECTOR = [
  ...CONFIGURATION,
  ...TRACKING_INTERFACE,
  'ipvsadm',
  'forwarding',
  'director',
];

const BENCH = ['../bench/harness', '../bench/published'];

/**
 * What each folder of src may import, besides itself: folders, or single files. `.` is the root
 * files, of which index.ts alone imports from everywhere.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  '.': [],
  model: ['.'],
  wire: ['.'],
  captures: ['.', 'wire'],
  schedulers: ['.', 'model'],
  'connections/entries': ['.', 'model'],
  'connections/client-index': ['.', 'connections/entries'],
  'connections/timers': ['connections/entries'],
  'connections/states': ['.', 'connections/entries/flags.ts'],
  'connections/doors': [
    '.',
    'model',
    ...TABLE_PARTS,
    'connections/eviction.ts',
    'connections/lifecycle.ts',
  ],
  connections: ['.', 'model', ...TABLE_PARTS, 'connections/doors'],
  forwarding: ['.', 'model', 'wire'],
  services: ['.', 'model', ...CONNECTIONS, SCHEDULER_INTERFACE],
  helpers: ['.', 'wire'],
  sync: ['.', 'model', 'wire', ...CONNECTIONS, 'services'],
  'sync/node': ['.', 'sync', 'model/server-address.ts'],
  statistics: ['.', 'model', 'services'],
  ipvsadm: CONFIGURATION,
  conntrack: ['.', 'wire', ...CONNECTIONS, 'forwarding', 'helpers/sequence-offsets.ts'],
  director: [...CONFIGURATION, ...TRACKING_INTERFACE, 'ipvsadm', 'forwarding', 'helpers'],
  health: UP_TO_DIRECTOR,
  metrics: UP_TO_DIRECTOR,
  'discovery/node': ['.', 'model'],
  'health/node': [...UP_TO_DIRECTOR, 'health'],
  keepalived: [...UP_TO_DIRECTOR, 'health'],
  'keepalived/node': [...UP_TO_DIRECTOR, 'health', 'health/node', 'keepalived'],
  operations: [...UP_TO_DIRECTOR, 'keepalived', 'simulation'],
  setup: UP_TO_DIRECTOR,
  lint: [...UP_TO_DIRECTOR, 'keepalived', 'operations'],
  simulation: [...UP_TO_DIRECTOR, 'sync'],
  cli: [
    ...UP_TO_DIRECTOR,
    'captures',
    'health',
    'operations',
    'lint',
    'setup',
    'keepalived',
    'simulation',
    'run',
    ...BENCH,
  ],
  run: [
    ...UP_TO_DIRECTOR,
    'schedulers',
    'sync',
    'sync/node',
    'health',
    'health/node',
    'metrics',
    'ipvsadm',
  ],
  // What `ipvs bench` runs is outside of src; it imports the package by its name.
  '../bench/harness': [],
  '../bench/published': [],
};

/** Folders that may use Node's own modules. */
const forNode = ['cli', 'run', 'health/node', 'keepalived/node', 'discovery/node', 'sync/node'];

/** A source file of src, by its path from there. */
interface Source {
  readonly path: string;
  readonly tree: ts.SourceFile;
  /** What it imports, as it stands there. */
  readonly imports: readonly string[];
}

const sources: readonly Source[] = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => parse(path.replaceAll('\\', '/'), readFileSync(`${root}src/${path}`, 'utf8')));

describe('the layers of src', () => {
  it('each have their place', () => {
    const homeless = sources.filter(({ path }) => mayImport[layerOf(path)] === undefined);
    expect(homeless.map(({ path }) => path)).toEqual([]);
  });

  it('import downwards only', () => {
    expect(sources.flatMap(forbiddenImports)).toEqual([]);
  });

  it('make no circle, not even of types', () => {
    expect(circles(sources)).toEqual([]);
  });

  it("keep Node's own modules to the command and to entries for Node", () => {
    expect(sources.flatMap(forbiddenNodeModules)).toEqual([]);
  });

  it('import no package', () => {
    const packages = sources.flatMap(({ imports }) =>
      imports.filter((name) => !/^(?:\.|node:)/.test(name)),
    );
    expect(packages).toEqual([]);
  });
});

describe('the connection table', () => {
  it.each([
    ['connections/timers', ['lifecycle']],
    ['connections/states', ['connection-table-options', 'eviction', 'index', 'state-machine']],
    ['connections/client-index', ['connection-table', 'lifecycle', 'lookup', 'snapshot']],
  ])('has few files that know %s', (part, files) => {
    const importers = sources
      .filter(({ path }) => posix.dirname(path) === 'connections')
      .filter((source) => targetsOf(source).some((target) => layerOf(target) === part));
    expect(new Set(importers.map(({ path }) => posix.basename(path, '.ts')))).toEqual(
      new Set(files),
    );
  });

  it('has at most 40 public members, and no base class', () => {
    const { tree } = sources.find(
      ({ path }) => path === 'connections/connection-table.ts',
    ) as Source;
    const table = tree.statements.find(ts.isClassDeclaration);
    const members = new Set(table?.members.filter(isPublic).map(({ name }) => name?.getText()));
    expect(members.size).toBeGreaterThan(30);
    expect(members.size).toBeLessThanOrEqual(40);
    expect(table?.heritageClauses).toBe(undefined);
  });

  it('is made of parts without base classes', () => {
    const chained = sources
      .filter(({ path }) => path.startsWith('connections/'))
      .filter(({ tree }) => / extends \w+ \{/.test(tree.text.replaceAll(/interface .*/g, '')));
    expect(chained.map(({ path }) => path)).toEqual([]);
  });
});

describe('every file of src', () => {
  it('does nothing and keeps no state at import time', () => {
    expect(sources.filter(isModule).flatMap(effects)).toEqual([]);
  });

  it('exports only what it declares, unless it is an index.ts, which declares nothing', () => {
    expect(sources.flatMap(misplacedExports)).toEqual([]);
  });

  it(`is at most ${LONGEST_FILE} lines long`, () => {
    const long = sources.filter(
      ({ tree }) => tree.text.trimEnd().split('\n').length > LONGEST_FILE,
    );
    expect(long.map(({ path }) => path)).toEqual([]);
  });
});

describe('the checks themselves', () => {
  it.each([
    ['an upward import', 'model/a.ts', "import '../schedulers/rr.js';"],
    ['an import of a sibling', 'connections/a.ts', "import type { A } from '../schedulers/b.js';"],
    ['records read from elsewhere', 'director/a.ts', "import '../connections/entries/record.js';"],
    ['an upward import of a part', 'connections/timers/a.ts', "import '../lifecycle.js';"],
    ['an upward import from a root file', 'a.ts', "import { b } from './model/b.js';"],
    ['a concrete scheduler', 'services/a.ts', "import { a } from '../schedulers/round-robin.js';"],
    ['an upward export', 'wire/index.ts', "export * from '../director/a.js';"],
    ['an upward import in a type', 'wire/a.ts', "type A = import('../director/a.js').A;"],
    ['an upward import at run time', 'wire/a.ts', "const a = () => import('../director/a.js');"],
  ])('find %s', (_, path, text) => {
    expect(forbiddenImports(parse(path, text))).toHaveLength(1);
  });

  it('find a circle', () => {
    const files: [string, string][] = [
      ['a.ts', "import type { B } from './b.js';"],
      ['b.ts', "import type { C } from './c.js';"],
      ['c.ts', "import { B } from './b.js';"],
    ];
    expect(circles(files.map(([path, text]) => parse(path, text)))).toEqual(['b.ts', 'c.ts']);
  });

  it('find a Node module', () => {
    expect(forbiddenNodeModules(parse('health/a.ts', "import 'node:net';"))).toHaveLength(1);
  });

  it.each([
    ['a statement', 'start();'],
    ['a variable', 'export let count = 0;'],
    ['an empty map, which can only be state', 'const cache = new Map();'],
    ['an effect in a constant', 'const port = listen();'],
    ['an effect in a static field', 'class A { static b = register(A); }'],
    ['a static block', 'class A { static { start(); } }'],
    ['a loop', 'for (const a of []) { a(); }'],
  ])('find %s at import time', (_, text) => {
    expect(effects(parse('model/a.ts', text))).toHaveLength(1);
  });

  it.each([
    ['frozen tables', 'const a = Object.freeze({ b: new Set([1, 2]), c: [/x/, 1 << 2] });'],
    ['functions', 'const a = () => start(); function b() { start(); }'],
    ['a table made by a function that is marked as pure', 'const a = /* @__PURE__ */ table(3);'],
    ['an iteration over a constant', 'const a = [1, 2].map((b) => b + 1);'],
  ])('let pass %s', (_, text) => {
    expect(effects(parse('model/a.ts', text))).toEqual([]);
  });
});

/** The folder whose rules a file follows: the longest one that has rules. */
function layerOf(path: string): string {
  const folder = posix.dirname(path);
  if (folder in mayImport) return folder;
  return folder.split('/')[0];
}

function importsOf(tree: ts.SourceFile): string[] {
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    const name = importedBy(node);
    if (name !== undefined && ts.isStringLiteral(name)) names.push(name.text);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return names;
}

/** What a node imports: as a declaration, as `import()` or as a type. */
function importedBy(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return node.arguments[0];
  }
  return ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
    ? node.argument.literal
    : undefined;
}

/** The files that a source imports. */
function targetsOf({ path, imports }: Source): string[] {
  return imports
    .filter((name) => name.startsWith('.'))
    .map((name) => posix.join(posix.dirname(path), name).replace(/\.js$/, '.ts'));
}

function isPublic(member: ts.ClassElement): boolean {
  if (ts.isConstructorDeclaration(member)) return false;
  return (
    (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.NonPublicAccessibilityModifier) === 0
  );
}

function forbiddenImports(source: Source): string[] {
  if (source.path === 'index.ts') return [];
  const layer = layerOf(source.path);
  const allowed = [layer, ...(mayImport[layer] ?? [])];
  return targetsOf(source)
    .filter((target) => !allowed.includes(layerOf(target)) && !allowed.includes(target))
    .map((target) => `${source.path} imports ${target}`);
}

/** The files that import each other in a circle, and those between two circles. */
function circles(all: readonly Source[]): string[] {
  const rest = new Map(all.map((source) => [source.path, targetsOf(source)]));
  for (let size = -1; size !== rest.size;) {
    size = rest.size;
    const imported = new Set([...rest.values()].flat());
    for (const [path, targets] of rest) {
      if (!imported.has(path) || !targets.some((target) => rest.has(target))) rest.delete(path);
    }
  }
  return [...rest.keys()];
}

function forbiddenNodeModules(source: Source): string[] {
  if (forNode.includes(layerOf(source.path))) return [];
  return source.imports
    .filter((name) => name.startsWith('node:'))
    .map((name) => `${source.path} imports ${name}`);
}

/** Everything but the programs themselves, whose purpose is to do something. */
function isModule({ path }: Source): boolean {
  return !Object.values(programs).includes(`src/${path}`);
}

function parse(path: string, text: string): Source {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  return { path, tree, imports: importsOf(tree) };
}

function misplacedExports(source: Source): string[] {
  const isIndex = posix.basename(source.path) === 'index.ts';
  return source.tree.statements
    .filter((statement) => isIndex !== isReexport(statement))
    .filter((statement) => isIndex || ts.isExportDeclaration(statement))
    .map((statement) => `${source.path}: ${statement.getText()}`);
}

function isReexport(statement: ts.Statement): boolean {
  return ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined;
}

function effects(source: Source): string[] {
  return source.tree.statements
    .flatMap(evaluated)
    .filter((node) => node.kind !== ts.SyntaxKind.EmptyStatement)
    .map((node) => `${source.path}: ${node.getText().slice(0, 80)}`);
}

/** The parts of a statement at the top of a file that do something, or may. */
function evaluated(statement: ts.Statement): ts.Node[] {
  if (
    ts.isImportDeclaration(statement) ||
    ts.isExportDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isFunctionDeclaration(statement)
  ) {
    return [];
  }
  if (ts.isClassDeclaration(statement)) return impure(statement);
  if (!ts.isVariableStatement(statement)) return [statement];
  if (statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword)) return [];
  if ((statement.declarationList.flags & ts.NodeFlags.Const) === 0) return [statement];
  return impure(statement);
}

/** The outermost calls and assignments that run where they stand and are not known to be pure. */
function impure(node: ts.Node): ts.Node[] {
  if (ts.isFunctionLike(node)) return [];
  if (ts.isPropertyDeclaration(node) && !isStatic(node)) return [];
  if (ts.isClassStaticBlockDeclaration(node) || ts.isAwaitExpression(node)) return [node];
  if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && !isPure(node)) return [node];
  return node.getChildren().flatMap(impure);
}

function isStatic(node: ts.PropertyDeclaration): boolean {
  return node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) === true;
}

const pureCalls =
  /^(?:IpAddress\.(?:from\w+|parse)|Object\.(?:freeze|entries|keys|values|fromEntries)|Symbol|Symbol\.for|String|Number|BigInt|\w+Array\.(?:from|of)|Array\.(?:from|of)|Math\.\w+|.*\.(?:map|flatMap|filter|join|repeat|concat|slice))$/s;
const pureClasses = /^(?:Set|Map|\w*Array|RegExp|TextEncoder|TextDecoder)$/;

function isPure(node: ts.CallExpression | ts.NewExpression): boolean {
  const file = node.getSourceFile().text;
  if (file.slice(node.getFullStart(), node.getStart()).includes('@__PURE__')) return true;
  const callee = node.expression.getText();
  if (ts.isCallExpression(node)) return pureCalls.test(callee);
  // An empty collection at the top of a file is there to be filled: that is state.
  return pureClasses.test(callee) && (node.arguments ?? []).length > 0;
}
