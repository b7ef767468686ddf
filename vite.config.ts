// How the page is built: `web/` into `dist/web/`. What the first page needs is one chunk, which compresses best; charts
// and the other pages are chunks of their own, loaded when they are shown. `npm run dev` uses the same file.
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const BEGIN = here('web/main.tsx');

interface ModuleGraph {
  getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null;
}

/** Everything that `web/main.tsx` imports, directly or not, without what it imports later. */
function neededAtFirst(graph: ModuleGraph): ReadonlySet<string> {
  const needed = new Set<string>();
  const visit = (id: string): void => {
    if (needed.has(id)) return;
    needed.add(id);
    for (const imported of graph.getModuleInfo(id)?.importedIds ?? []) visit(imported);
  };
  visit(BEGIN);
  return needed;
}

/** Worked out once: chunks are made when the graph is complete. */
let needed: ReadonlySet<string> | undefined;

/**
 * Lines of packages that keep something alive that the page has no use for: prefixes for browsers older than `target` (the one
 * still needed stands in the styles), and lines of charts other than straight ones.
 */
const UNUSED: Readonly<Record<string, readonly [line: string, instead: string][]>> = {
  '/emotion-cache.browser.esm.js': [['defaultStylisPlugins = [prefixer]', 'defaultStylisPlugins = []']],
  '/uPlot.esm.js': [
    ['(paths.stepped = stepped);', ''],
    ['(paths.bars    = bars);', ''],
    ['(paths.spline  = monotoneCubic);', ''],
    ['uPlot.join = join;', ''],
  ],
};

const withoutUnused: Plugin = {
  name: 'tidewatch:without-unused',
  apply: 'build',
  transform(code, id) {
    const lines = Object.entries(UNUSED).find(([file]) => id.endsWith(file))?.[1];
    if (lines === undefined) return;
    let left = code;
    for (const [line, instead] of lines) {
      if (!left.includes(line)) this.error(`it has another shape than vite.config.ts expects: "${line}" is not in it`);
      left = left.replace(line, instead);
    }
    return { code: left, map: null };
  },
};

export default defineConfig({
  plugins: [withoutUnused],
  resolve: {
    alias: [
      { find: '@emotion/is-prop-valid', replacement: here('web/dom-props.ts') },
      { find: /^@emotion\/styled$/, replacement: here('web/styled-tags.ts') },
    ],
  },
  root: here('web'),
  base: '/',
  build: {
    outDir: here('dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    // A file inlined as `data:` would break the content security policy.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name(id, graph) {
                needed ??= neededAtFirst(graph);
                return needed.has(id) ? 'first' : null;
              },
            },
          ],
        },
      },
    },
  },
  oxc: { jsx: { runtime: 'automatic' } },
});
