// What the architecture's rules need to know of a source file: what it imports, and which ambient things it uses. Read
// from the syntax tree (oxc's, which Vite brings), so that a word in a comment or a string is never taken for code.
import { type ESTree, parseSync, Visitor } from 'vite';

export interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
  readonly line: number;
}

/** Something that is there without being imported, and that only some rooms may touch. */
export interface Use {
  readonly what: string;
  readonly line: number;
}

export interface Source {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly uses: readonly Use[];
}

/** Reads `text` as the file `path`; throws a sentence when it does not parse. */
export function readSource(path: string, text: string): Source {
  const { program, errors } = parseSync(path, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path} does not parse: ${error.message}`);
  const imports: Import[] = [];
  const uses: Use[] = [];
  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length;
  const add = (node: ESTree.Node | null, typeOnly: boolean) => {
    if (node?.type !== 'Literal' || typeof node.value !== 'string') return;
    imports.push({ specifier: node.value, typeOnly, line: lineAt(node.start) });
  };
  const use = (what: string | undefined, node: ESTree.Node) => {
    if (what !== undefined) uses.push({ what, line: lineAt(node.start) });
  };
  for (const node of program.body) if (isMutable(node)) use('module state', node);
  new Visitor({
    ImportDeclaration: (node) => add(node.source, isTypeOnly(node)),
    ExportAllDeclaration: (node) => add(node.source, node.exportKind === 'type'),
    ExportNamedDeclaration: (node) => add(node.source, node.exportKind === 'type'),
    ImportExpression: (node) => add(node.source, false),
    TSImportType: (node) => add(node.source, true),
    NewExpression: (node) => {
      if (isModuleUrl(node)) add(node.arguments[0] ?? null, false);
      if (nameOf(node.callee) === 'Date' && node.arguments.length === 0) use('new Date()', node);
    },
    CallExpression: (node) => {
      if (text.slice(node.callee.start, node.callee.end) === 'import.meta.resolve')
        add(node.arguments[0] ?? null, false);
    },
    MemberExpression: (node) => use(ambient(node), node),
    VariableDeclarator: (node) => {
      if (node.init !== null && nameOf(node.init) === 'process') use('process.*', node);
    },
  }).visit(program);
  return { path, lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0), imports, uses };
}

function isTypeOnly(node: ESTree.ImportDeclaration): boolean {
  if (node.importKind === 'type') return true;
  return (
    node.specifiers.length > 0 &&
    node.specifiers.every((specifier) => specifier.type === 'ImportSpecifier' && specifier.importKind === 'type')
  );
}

/** `new URL('./worker.ts', import.meta.url)`: how a worker thread is named. A URL of data is not an import. */
function isModuleUrl(node: ESTree.NewExpression): boolean {
  const [first] = node.arguments;
  if (nameOf(node.callee) !== 'URL' || node.arguments.length !== 2) return false;
  return first?.type === 'Literal' && typeof first.value === 'string' && /^[.#].*\.(ts|tsx|mjs|js)$/.test(first.value);
}

function nameOf(node: ESTree.Node): string | undefined {
  return node.type === 'Identifier' ? node.name : undefined;
}

const AMBIENT: Readonly<Record<string, readonly string[]>> = {
  process: ['env', 'argv', 'exit', 'exitCode', 'stdout', 'stderr'],
  Date: ['now'],
  Math: ['random'],
};

function ambient(node: ESTree.MemberExpression): string | undefined {
  const object = nameOf(node.object);
  if (object === undefined) return undefined;
  if (object === 'console') return 'console';
  const property = node.computed ? undefined : nameOf(node.property);
  return property !== undefined && AMBIENT[object]?.includes(property) ? `${object}.${property}` : undefined;
}

function isMutable(node: ESTree.Node): boolean {
  const declared = node.type === 'ExportNamedDeclaration' ? node.declaration : node;
  return declared?.type === 'VariableDeclaration' && declared.kind !== 'const' && !declared.declare;
}
